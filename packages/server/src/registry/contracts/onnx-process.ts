import { fork } from 'node:child_process';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type Cell = string | number | boolean | null;

/** Rows for a model. `calls`: one row after the other, to take the time. */
export interface OnnxJob {
  path: string;
  columns: string[];
  /** The tensor a column goes to, where it is not called like it. */
  tensors: Record<string, string>;
  rows: Cell[][];
  calls: number;
}
/** Per output one entry per row: a value, or several. */
export interface OnnxAnswer {
  outputs: Record<string, (Cell | number[])[]>;
  timesMs: number[];
}
export type OnnxMessage = { answer: OnnxAnswer } | { problem: string };

const limitMs = 60_000;

/** Asked for here, so that a test can be shut down with the server. */
export interface RunOptions {
  signal?: AbortSignal | undefined;
  timeoutMs?: number | undefined;
}

/**
 * Runs a model in a process of its own, from a folder that holds nothing else: a file that somebody uploaded can crash,
 * hang or refer to files beside it, and this server goes on. Rejects with what went wrong, in words for people.
 */
export const runOnnx = async (job: OnnxJob, { signal, timeoutMs = limitMs }: RunOptions = {}): Promise<OnnxAnswer> => {
  const folder = await mkdtemp(join(tmpdir(), 'millwright-contract-'));
  try {
    const path = join(folder, 'model.onnx');
    await copyFile(job.path, path);
    return await new Promise<OnnxAnswer>((resolve, reject) => {
      const child = fork(new URL('./onnx-child.ts', import.meta.url), [], {
        cwd: folder,
        env: {},
        execArgv: ['--max-old-space-size=512'],
        serialization: 'advanced',
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
        ...(signal ? { signal } : {}),
        killSignal: 'SIGKILL',
      });
      const timer = setTimeout(() => {
        reject(new Error(`It took longer than ${timeoutMs / 1000} s.`));
        child.kill('SIGKILL');
      }, timeoutMs);
      child.once('message', (message: OnnxMessage) => {
        if ('answer' in message) resolve(message.answer);
        else reject(new Error(message.problem));
        child.kill('SIGKILL');
      });
      child.once('error', (error) => reject(signal?.aborted ? (signal.reason as Error) : error));
      child.once('exit', (code, ended) => {
        clearTimeout(timer);
        reject(new Error(`The model ended the process that ran it (${ended ?? code}).`));
      });
      child.send({ ...job, path });
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
