import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const bin = join(import.meta.dirname, '..', '..', 'packages', 'cli', 'bin', 'millwright.mjs');

export interface RunningDemo {
  address: string;
  /** Everything it printed. */
  output: string;
  stop(): Promise<void>;
}

const folder = () => {
  const dir = mkdtempSync(join(tmpdir(), 'millwright-e2e-'));
  return { path: join(dir, 'demo'), remove: () => rmSync(dir, { recursive: true, force: true }) };
};

/** The demo as a user starts it, played to its end; the server stays up until it is stopped. */
export const startDemo = async (flags: string[] = []): Promise<RunningDemo> => {
  const dir = folder();
  const child: ChildProcess = spawn(process.execPath, [bin, 'demo', '--data-dir', dir.path, '--port', '0', ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const address = await new Promise<string>((resolve, reject) => {
    const take = (chunk: Buffer) => {
      output += chunk.toString();
      const found = /The server stays up.*?(http:\/\/\S+)/.exec(output)?.[1];
      if (found) resolve(found);
    };
    child.stdout?.on('data', take);
    child.stderr?.on('data', take);
    child.once('exit', (code) => reject(new Error(`the demo ended with code ${code}:\n${output}`)));
  });
  return {
    address,
    output,
    stop: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
      dir.remove();
    },
  };
};
