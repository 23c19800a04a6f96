import autocannon from 'autocannon';
import type { Load, LoadOptions } from './load.ts';

const options = JSON.parse(process.argv[2] ?? '{}') as LoadOptions;
const result = await autocannon({
  url: options.url,
  connections: options.connections,
  duration: options.seconds,
  method: (options.method ?? 'GET') as 'GET',
  ...(options.body === undefined ? {} : { body: options.body, headers: { 'content-type': 'application/json' } }),
});
const load: Load = {
  requestsPerSecond: result.requests.average,
  p50Ms: result.latency.p50,
  p99Ms: result.latency.p99,
  failures: result.non2xx + result.errors + result.timeouts,
};
process.stdout.write(JSON.stringify(load));
