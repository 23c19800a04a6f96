import { spawn } from 'node:child_process';
import { join } from 'node:path';

export interface Load {
  requestsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
  failures: number;
}

export interface LoadOptions {
  url: string;
  connections: number;
  seconds: number;
  method?: string;
  body?: string;
}

/** Sends requests from a process of its own, so that the sender's work is not counted as the server's. */
export const load = (options: LoadOptions): Promise<Load> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'sender.ts'), JSON.stringify(options)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    child.once('exit', (code) =>
      code === 0 ? resolve(JSON.parse(text) as Load) : reject(new Error(`the sender ended with code ${code}`)),
    );
  });
