import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const bin = join(import.meta.dirname, '..', '..', 'packages', 'cli', 'bin', 'millwright.mjs');

export interface OurServer {
  address: string;
  pid: number;
  stop(): Promise<void>;
}

/** The server as a user starts it, in a folder of its own that goes with it. */
export const startOurs = async (
  options: { flags?: readonly string[]; env?: Record<string, string> } = {},
): Promise<OurServer> => {
  const dataDir = mkdtempSync(join(tmpdir(), 'millwright-interop-'));
  const child = spawn(
    process.execPath,
    [bin, 'up', '--data-dir', dataDir, '--port', '0', '--log-level', 'warn', ...(options.flags ?? [])],
    { cwd: dataDir, stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env['PATH'], ...options.env } },
  );
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const kill = (): boolean => child.kill('SIGKILL');
  process.once('exit', kill);
  let output = '';
  const address = await new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        output = (output + chunk.toString()).slice(-10_000);
        const found = /ready: (\S+)/.exec(output)?.[1];
        if (found) resolve(found);
      });
    child.once('exit', (code) => reject(new Error(`the server ended with code ${code}:\n${output}`)));
  });
  return {
    address,
    pid: child.pid ?? 0,
    async stop() {
      process.off('exit', kill);
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      await ended;
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
};
