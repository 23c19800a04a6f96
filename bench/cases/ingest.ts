import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Case } from '../case.ts';
import { startServer } from '../server-process.ts';
import type { IngestOptions, Ingested } from './ingest-sender.ts';

/** Ten minutes, as was promised; for a look, fewer. */
const seconds = Number(process.env['MILLWRIGHT_BENCH_SECONDS'] ?? 600);
const pointsPerSecond = 50_000;
const writers = 20;

/** Points that never cease: batches of 1,000, each acknowledged after its commit, on embedded storage. */
export const ingest: Case = {
  name: 'ingest',
  async run(say) {
    const server = await startServer();
    try {
      const options: IngestOptions = { address: server.address, seconds, pointsPerSecond, writers };
      const child = spawn(process.execPath, [join(import.meta.dirname, 'ingest-sender.ts'), JSON.stringify(options)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let text = '';
      child.stdout.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      let largest = 0;
      let begun = performance.now();
      const watch = setInterval(() => {
        largest = Math.max(largest, server.residentBytes());
        if (performance.now() - begun < 30_000) return;
        begun = performance.now();
        say(`${(server.residentBytes() / 1e6).toFixed(0)} MB`);
      }, 500);
      const code = await new Promise((resolve) => child.once('exit', resolve));
      clearInterval(watch);
      if (code !== 0) throw new Error(`the sender ended with code ${String(code)}`);
      const sent = JSON.parse(text) as Ingested;
      const over = `over ${seconds} s`;
      return [
        {
          name: `metric points acknowledged, ${over}`,
          value: sent.points / sent.seconds,
          unit: 'points/s',
          // The sender keeps to that rate, and ends with the request it is in.
          against: { name: 'limit', value: pointsPerSecond * 0.999, kind: 'at least' },
        },
        { name: `in the slowest ten seconds, ${over}`, value: sent.slowest, unit: 'points/s' },
        { name: `log-batch of 1,000, p95, ${over}`, value: sent.p95Ms, unit: 'ms' },
        {
          name: `requests that failed, ${over}`,
          value: sent.errors,
          unit: 'requests',
          against: { name: 'limit', value: 0, kind: 'at most' },
        },
        {
          name: `largest resident memory, ${over}`,
          value: largest / 1e6,
          unit: 'MB',
          against: { name: 'limit', value: 300, kind: 'at most' },
        },
      ];
    } finally {
      await server.stop();
    }
  },
};
