import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const bin = join(import.meta.dirname, '..', 'packages', 'cli', 'bin', 'millwright.mjs');

export interface ServerProcess {
  address: string;
  readyMs: number;
  residentBytes(): number;
  stop(): Promise<void>;
}

const residentOf = (child: ChildProcess): number => {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
};

/** A server of its own, started like a user would, in a folder that is removed afterwards unless it was given. */
export const startServer = async (
  flags: string[] = [],
  { dataDir: given }: { dataDir?: string } = {},
): Promise<ServerProcess> => {
  const dataDir = given ?? mkdtempSync(join(tmpdir(), 'millwright-bench-'));
  const begun = performance.now();
  const child = spawn(
    process.execPath,
    [bin, 'up', '--data-dir', dataDir, '--port', '0', '--log-level', 'warn', ...flags],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const address = await new Promise<string>((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const found = /ready: (\S+)/.exec(text)?.[1];
      if (found) resolve(found);
    });
    child.once('exit', (code) => reject(new Error(`the server ended with code ${code}`)));
  });
  return {
    address,
    readyMs: performance.now() - begun,
    residentBytes: () => residentOf(child),
    stop: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
      if (given === undefined) rmSync(dataDir, { recursive: true, force: true });
    },
  };
};
