import { Worker } from 'node:worker_threads';
import type { Feed, FromScoringThread, TensorValues, ToScoringThread } from './messages.ts';

export interface ScoringJob {
  digest: string;
  /** Of the model file. */
  path: string;
  rows: number;
  feeds: Feed[];
  /** Names of the tensors wanted. */
  outputs: string[];
}

export interface ScoringThread {
  /** Rejects when the model refuses the input or the thread dies; the next call then starts another thread. */
  run(job: ScoringJob): Promise<TensorValues[]>;
  /** Lets the thread finish what it has: ending it inside native code would abort the process. */
  close(): Promise<void>;
}

interface Waiting {
  resolve(outputs: TensorValues[]): void;
  reject(error: Error): void;
}

/** One thread for all models, started when it is first needed; it keeps the newest models loaded. */
export function createScoringThread(): ScoringThread {
  const waiting = new Map<number, Waiting>();
  let thread: { worker: Worker; gone: Promise<void> } | undefined;
  let nextId = 1;

  const receive = (message: FromScoringThread): void => {
    const waiter = waiting.get(message.id);
    waiting.delete(message.id);
    if (waiting.size === 0) thread?.worker.unref();
    if (message.type === 'scored') waiter?.resolve(message.outputs);
    else waiter?.reject(new Error(message.message));
  };

  const start = (): { worker: Worker; gone: Promise<void> } => {
    const worker = new Worker(new URL('./scoring-worker.ts', import.meta.url));
    let reason = 'it ended';
    worker.on('message', receive);
    worker.on('error', (error) => {
      reason = error instanceof Error ? error.message : String(error);
    });
    const gone = new Promise<void>((resolve) => {
      worker.on('exit', () => {
        thread = undefined;
        for (const { reject } of waiting.values()) reject(new Error(`The scoring thread died: ${reason}`));
        waiting.clear();
        resolve();
      });
    });
    return { worker, gone };
  };

  return {
    run(job) {
      thread ??= start();
      const { worker } = thread;
      const id = nextId++;
      const buffers = job.feeds.flatMap(({ values }) => (Array.isArray(values) ? [] : [values.buffer as ArrayBuffer]));
      worker.ref();
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        worker.postMessage({ type: 'score', id, ...job } satisfies ToScoringThread, buffers);
      });
    },
    async close() {
      if (!thread) return;
      const { worker, gone } = thread;
      worker.ref();
      worker.postMessage({ type: 'close' } satisfies ToScoringThread, []);
      await gone;
    },
  };
}
