import { Agent, request } from 'node:http';

export interface IngestOptions {
  address: string;
  seconds: number;
  pointsPerSecond: number;
  /** Each with a run of its own, and one request at a time. */
  writers: number;
}

export interface Ingested {
  points: number;
  seconds: number;
  /** Points per second over the worst ten seconds. */
  slowest: number;
  p95Ms: number;
  errors: number;
}

const options = JSON.parse(process.argv[2] ?? '{}') as IngestOptions;
const { hostname, port } = new URL(options.address);
const agent = new Agent({ keepAlive: true, maxSockets: options.writers });
const batch = 1000;
const keys = 20;

const post = (path: string, body: object): Promise<{ status: number; text: string }> =>
  new Promise((resolve) => {
    const content = JSON.stringify(body);
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(content) };
    const sent = request({ agent, hostname, port, path, method: 'POST', headers }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      response.once('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    sent.once('error', (error) => resolve({ status: 0, text: error.message }));
    sent.end(content);
  });

const newRun = async (): Promise<string> => {
  const { text } = await post('/api/2.0/mlflow/runs/create', { experiment_id: '0', start_time: Date.now() });
  return (JSON.parse(text) as { run: { info: { run_id: string } } }).run.info.run_id;
};

const timesMs: number[] = [];
let errors = 0;
let acknowledged = 0;
/** Acknowledged within each ten seconds. */
const periods: number[] = [];
const begun = performance.now();
const endsAt = begun + options.seconds * 1000;
const batchesPerMs = options.pointsPerSecond / batch / 1000;
let asked = 0;

const write = async (): Promise<void> => {
  const run_id = await newRun();
  for (let step = 0; performance.now() < endsAt; step += batch / keys) {
    // At the rate that is asked for, not faster: what is to be shown is that it is held.
    const due = begun + asked++ / batchesPerMs;
    const wait = due - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    const metrics = Array.from({ length: batch }, (_, index) => ({
      key: `key-${index % keys}`,
      value: Math.sin(index + step),
      timestamp: 1_600_000_000_000 + step + Math.floor(index / keys),
      step: step + Math.floor(index / keys),
    }));
    const started = performance.now();
    const { status, text } = await post('/api/2.0/mlflow/runs/log-batch', { run_id, metrics });
    const ended = performance.now();
    timesMs.push(ended - started);
    if (status === 200) {
      acknowledged += batch;
      const period = Math.floor((ended - begun) / 10_000);
      periods[period] = (periods[period] ?? 0) + batch;
    } else if (errors++ === 0) process.stderr.write(`${status} ${text.slice(0, 300)}\n`);
  }
};
await Promise.all(Array.from({ length: options.writers }, write));
const seconds = (performance.now() - begun) / 1000;
timesMs.sort((a, b) => a - b);
const whole = periods.slice(0, Math.max(1, Math.floor(seconds / 10)));
const ingested: Ingested = {
  points: acknowledged,
  seconds,
  slowest: Math.min(...whole) / 10,
  p95Ms: timesMs[Math.floor(timesMs.length * 0.95)] ?? 0,
  errors,
};
process.stdout.write(JSON.stringify(ingested));
