import { stat } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import type { Log } from '#platform/log';

/** Frames are pages of 4 KiB. */
export interface WalState {
  frames: number;
}

export interface Checkpoints {
  /** Something was committed. */
  committed(): void;
  close(): Promise<void>;
}

/** Looked at this often while there are commits. */
const intervalMs = 250;
/** 4 MiB. A log that never was larger is left to the end. */
const smallestLogBytes = 4_194_304;
/** 32 MiB: beyond it the log begins anew, for which writers must pause for a moment. */
const framesBeforeRestart = 8192;

/**
 * Copies what the write-ahead log holds into the database file, in a thread of its own: it is the slow half of writing,
 * and would otherwise happen inside of some request's commit. `pauseWriters` runs its argument while no transaction is
 * open: only then can the log begin anew instead of growing for as long as somebody writes.
 */
export const createCheckpoints = (
  path: string,
  { pauseWriters, log }: { pauseWriters: (run: () => Promise<void>) => Promise<void>; log: Log },
): Checkpoints => {
  let worker: Worker | null = null;
  let timer: NodeJS.Timeout | null = null;
  let working: Promise<void> | null = null;
  let isDirty = false;

  const ask = (mode: 'PASSIVE' | 'RESTART'): Promise<WalState> => {
    worker ??= new Worker(new URL('./checkpoint-thread.ts', import.meta.url), {
      workerData: { path },
      resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 1 },
    }).once('error', (error) => {
      worker = null;
      log.warn('the write-ahead log could not be copied; trying again', { error });
    });
    worker.unref();
    const asked = worker;
    return new Promise((resolve, reject) => {
      const ended = (code: number): void => reject(new Error(`the thread of checkpoints ended with code ${code}`));
      asked.once('exit', ended);
      asked.once('message', (answer: WalState | { problem: string }) => {
        asked.off('exit', ended);
        if ('problem' in answer) reject(new Error(answer.problem));
        else resolve(answer);
      });
      asked.postMessage(mode, []);
    });
  };
  const work = async (): Promise<void> => {
    if ((await stat(`${path}-wal`)).size < smallestLogBytes) return;
    const { frames } = await ask('PASSIVE');
    if (frames > framesBeforeRestart) await pauseWriters(async () => void (await ask('RESTART')));
  };
  const tick = (): void => {
    timer = null;
    if (!isDirty) return;
    isDirty = false;
    working = work()
      .catch((error: unknown) => log.warn('the write-ahead log could not be copied; trying again', { error }))
      .finally(() => {
        working = null;
        if (isDirty) schedule();
      });
  };
  const schedule = (): void => {
    timer ??= setTimeout(tick, intervalMs).unref();
  };
  return {
    committed() {
      isDirty = true;
      if (working === null) schedule();
    },
    async close() {
      if (timer) clearTimeout(timer);
      await working;
      const ending = worker;
      worker = null;
      if (ending === null) return;
      const ended = new Promise((resolve) => ending.once('exit', resolve));
      // The process must not end before it.
      ending.ref();
      ending.postMessage('END', []);
      await ended;
    },
  };
};
