import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processUse } from './process-use.ts';

const bin = join(import.meta.dirname, '..', 'packages', 'cli', 'bin', 'millwright.mjs');

export interface ServerProcess {
  address: string;
  readyMs: number;
  pid: number;
  residentBytes(): number;
  stop(): Promise<void>;
}

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
    pid: child.pid ?? 0,
    residentBytes: () => processUse(child.pid ?? 0).residentBytes,
    stop: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
      if (given === undefined) rmSync(dataDir, { recursive: true, force: true });
    },
  };
};
