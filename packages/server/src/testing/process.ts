import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FailurePoint } from '#platform/failure-points';

const bin = join(import.meta.dirname, '..', '..', '..', 'cli', 'bin', 'millwright.mjs');
const readyWithinMs = 60_000;

export interface ServerProcess {
  address: string;
  dataDir: string;
  /** What it wrote so far, standard output and error together. */
  output(): string;
  /** A request of the machine's owner. Rejects when the process dies before it has answered. */
  send(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }>;
  /** Ends it at once, as a power cut would. */
  kill(): Promise<void>;
  /** Waits for its end; answers the signal or the exit code. */
  ended: Promise<NodeJS.Signals | number>;
  stop(): Promise<void>;
}

export interface ProcessOptions {
  /** Where it is to be killed: `name`, or `name:3` for the third passage. */
  failurePoint?: FailurePoint | `${FailurePoint}:${number}`;
  /** Start again on what a former process left. */
  dataDir?: string;
  databaseUrl?: string;
  /** A program in place of `millwright up`, for what no operation can set off. */
  script?: string;
  flags?: readonly string[];
  /** Only takes jobs; it has no address. */
  worker?: boolean;
}

export const aDataDir = (): { path: string; remove(): void } => {
  const path = mkdtempSync(join(tmpdir(), 'millwright-process-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
};

/** Starts a server in a process of its own. Answers once it is ready, or once it has ended before that. */
export const aProcess = async (options: ProcessOptions & { dataDir: string }): Promise<ServerProcess> => {
  const child: ChildProcess = spawn(
    process.execPath,
    [
      ...(options.script ? [options.script] : [bin, options.worker ? 'worker' : 'up']),
      '--data-dir',
      options.dataDir,
      '--port',
      '0',
      ...(options.flags ?? []),
    ],
    {
      cwd: options.dataDir,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        ...(options.failurePoint ? { MILLWRIGHT_FAILURE_POINT: options.failurePoint } : {}),
        ...(options.databaseUrl
          ? { MILLWRIGHT_DATABASE_URL: options.databaseUrl, MILLWRIGHT_INSTANCE_SECRET: 'test' }
          : {}),
      },
    },
  );
  let written = '';
  const ended = new Promise<NodeJS.Signals | number>((resolve) =>
    child.once('exit', (code, signal) => resolve(signal ?? code ?? -1)),
  );
  const address = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`not ready within ${readyWithinMs} ms:\n${written}`)),
      readyWithinMs,
    );
    const settle = (value: string) => {
      clearTimeout(timer);
      resolve(value);
    };
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        written += chunk.toString();
        const ready = /ready: (http:\/\/\S+)/.exec(written)?.[1];
        if (ready) settle(ready);
        if (written.includes('is taking jobs')) settle('');
      });
    void ended.then(() => settle(''));
  });
  return {
    address,
    dataDir: options.dataDir,
    output: () => written,
    async send(method, path, body) {
      const response = await fetch(address + path, {
        method,
        ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, body: text.startsWith('{') ? (JSON.parse(text) as unknown) : text };
    },
    ended,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      await ended;
    },
  };
};
