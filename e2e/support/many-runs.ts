import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const program = join(import.meta.dirname, '..', '..', 'packages', 'server', 'src', 'testing', 'many-runs-server.ts');

export interface ManyRunsServer {
  address: string;
  stop(): Promise<void>;
}

/** A server with an experiment `sweep` of so many runs, in a process of its own. */
export const startManyRuns = async (runs: number, flags: readonly string[] = []): Promise<ManyRunsServer> => {
  const dir = mkdtempSync(join(tmpdir(), 'millwright-many-runs-'));
  const words = [program, '--data-dir', dir, '--port', '0', '--runs', String(runs), ...flags];
  const child: ChildProcess = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const address = await new Promise<string>((resolve, reject) => {
    const take = (chunk: Buffer) => {
      output += chunk.toString();
      const found = /ready: (http:\/\/\S+)/.exec(output)?.[1];
      if (found) resolve(found);
    };
    child.stdout?.on('data', take);
    child.stderr?.on('data', take);
    child.once('exit', (code) => reject(new Error(`the server ended with code ${code}:\n${output}`)));
  });
  return {
    address,
    stop: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
      rmSync(dir, { recursive: true, force: true });
    },
  };
};
