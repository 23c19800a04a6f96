import { Agent, request } from 'node:http';
import { type Measured, readRequests, type Target, writeRequests } from './mlflow-requests.ts';

export interface SendOptions {
  address: string;
  /** A name of `mlflow-requests.ts`. */
  name: string;
  clients: number;
  seconds: number;
  target: Target;
}

export interface Sent {
  requests: number;
  averageMs: number;
  p95Ms: number;
  errors: number;
}

const options = JSON.parse(process.argv[2] ?? '{}') as SendOptions;
const measured = [...readRequests, ...writeRequests].find(({ name }) => name === options.name) as Measured;
const agent = new Agent({ keepAlive: true, maxSockets: options.clients });
const { hostname, port } = new URL(options.address);
let firstError = '';

const send = (path: string, body: unknown): Promise<{ status: number; text: () => string }> =>
  new Promise((resolve) => {
    const content = body === undefined ? undefined : JSON.stringify(body);
    const failed = (error: Error) => resolve({ status: 0, text: () => error.message });
    const sent = request(
      {
        agent,
        hostname,
        port,
        path,
        method: content === undefined ? 'GET' : 'POST',
        headers:
          content === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(content) },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('error', failed);
        response.once('end', () =>
          resolve({ status: response.statusCode ?? 0, text: () => Buffer.concat(chunks).toString() }),
        );
      },
    );
    sent.once('error', failed);
    sent.end(content);
  });

/** What cannot be made is counted and asked for again: a peer that fails under load must not end the measurement. */
const newRun = async (): Promise<string | null> => {
  const body = { experiment_id: options.target.written, start_time: 1 };
  for (;;) {
    const { status, text } = await send('/api/2.0/mlflow/runs/create', body);
    if (status === 200) return (JSON.parse(text()) as { run: { info: { run_id: string } } }).run.info.run_id;
    errors += 1;
    firstError ||= `runs/create: ${status} ${text().slice(0, 300)}`;
    if (performance.now() >= endsAt) return null;
  }
};

const timesMs: number[] = [];
let errors = 0;
const endsAt = performance.now() + options.seconds * 1000;
// Steps and names that no earlier process used.
const firstCount = Math.floor(Date.now() / 1000) % 100_000;

const client = async (index: number): Promise<void> => {
  for (let count = firstCount * 1000; performance.now() < endsAt; count++) {
    const run = measured.onNewRun === true ? await newRun() : undefined;
    if (run === null) return;
    const target = run === undefined ? options.target : { ...options.target, runs: [run] };
    const body = measured.body?.(target, index, count);
    const path = body === undefined ? measured.path + target.searchedRun : measured.path;
    const begun = performance.now();
    const { status, text } = await send(path, body);
    timesMs.push(performance.now() - begun);
    if (status !== 200) {
      errors += 1;
      firstError ||= `${status} ${text().slice(0, 300)}`;
    }
  }
};
await Promise.all(Array.from({ length: options.clients }, (_, index) => client(index)));
if (firstError) process.stderr.write(`${options.name}: ${firstError}\n`);
timesMs.sort((a, b) => a - b);
const sent: Sent = {
  requests: timesMs.length,
  averageMs: timesMs.reduce((sum, time) => sum + time, 0) / timesMs.length,
  p95Ms: timesMs[Math.floor(timesMs.length * 0.95)] ?? 0,
  errors,
};
process.stdout.write(JSON.stringify(sent));
