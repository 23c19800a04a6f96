import { Worker } from 'node:worker_threads';
import type { Iteration } from './minimise.ts';
import type { FittedModel } from './model.ts';
import type { Agreement } from './runtime-check.ts';
import type { Signature } from './signature.ts';
import type { TableColumn, TrainingTable } from './table.ts';
import type { TrainingTarget } from './target.ts';
import { claimTermination, newThreadPhase } from './thread-phase.ts';
import { TrainingError } from './training-error.ts';
import type { ToWorker, WorkerMessage } from './worker.ts';

export interface TrainingRequest {
  trainer: string;
  table: TrainingTable;
  /** One entry per row of `table`. */
  target: TrainingTarget;
  features: string[];
  params?: Record<string, unknown>;
  sampleWeights?: Float64Array;
  /** Written into the model file beside trainer and task. */
  metadata?: Record<string, string>;
}

export interface TrainingResult {
  model: FittedModel;
  onnx: Uint8Array<ArrayBuffer>;
  signature: Signature;
  agreement: Agreement;
}

export interface RunOptions {
  onProgress?: (iteration: Iteration) => void;
  signal?: AbortSignal;
}

export interface TrainingThreads {
  /**
   * Fits, exports and checks a model in a thread. The request's arrays are copied, so the caller keeps them; columns that
   * are no feature are not sent. Rejects with the trainer's TrainingError, with `signal.reason` as soon as it aborts (the
   * thread is ended, or left to finish its last check unheard), with whatever `onProgress` throws, and with an Error when
   * the thread crashes.
   */
  train(request: TrainingRequest, options?: RunOptions): Promise<TrainingResult>;
  /** Resolves when every thread is gone; trainings that still run are waited for. */
  close(): Promise<void>;
}

export interface ThreadOptions {
  resourceLimits?: { maxOldGenerationSizeMb?: number };
  /** How long a thread waits for the next training before it ends. */
  idleMs?: number;
}

interface Thread {
  worker: Worker;
  onMessage: (message: WorkerMessage) => void;
  onGone: (reason: Error) => void;
}

const ignore = (): void => undefined;

/**
 * A thread per training that runs. One is kept a while for the next training: loading the code and ONNX Runtime takes
 * longer than most trainings do.
 */
export function createTrainingThreads({ resourceLimits, idleMs = 30_000 }: ThreadOptions = {}): TrainingThreads {
  const running = new Map<Thread, Promise<void>>();
  let spare: { thread: Thread; timer: NodeJS.Timeout } | null = null;
  let closing = false;

  const start = (): Thread => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { ...(resourceLimits && { resourceLimits }) });
    const thread: Thread = { worker, onMessage: ignore, onGone: ignore };
    let reason = new Error('The training thread ended without a result.');
    worker.on('message', (message: WorkerMessage) => thread.onMessage(message));
    worker.on('error', (error) => {
      reason = new Error(`The training thread crashed: ${messageOf(error)}`, { cause: error });
    });
    const gone = new Promise<void>((resolve) => {
      worker.on('exit', () => {
        if (spare?.thread === thread) {
          clearTimeout(spare.timer);
          spare = null;
        }
        running.delete(thread);
        thread.onGone(reason);
        resolve();
      });
    });
    running.set(thread, gone);
    return thread;
  };

  const take = (): Thread => {
    if (!spare) return start();
    const { thread, timer } = spare;
    clearTimeout(timer);
    spare = null;
    thread.worker.ref();
    return thread;
  };

  /** Asked to, a thread ends by itself: ending one from outside inside native code aborts the process. */
  const end = ({ worker }: Thread): void => {
    worker.ref();
    worker.postMessage({ type: 'end' } satisfies ToWorker, []);
  };

  const giveBack = (thread: Thread): void => {
    thread.onMessage = ignore;
    thread.onGone = ignore;
    if (closing || spare) return end(thread);
    thread.worker.unref();
    const timer = setTimeout(() => {
      spare = null;
      end(thread);
    }, idleMs).unref();
    spare = { thread, timer };
    return undefined;
  };

  return {
    async train(request, { onProgress, signal } = {}) {
      signal?.throwIfAborted();
      const phase = newThreadPhase();
      const { request: owned, buffers } = ownedCopy(request);
      const thread = take();
      return new Promise((resolve, reject) => {
        const stop = (reason: unknown): void => {
          thread.onMessage = (message) => {
            if (message.type !== 'progress') giveBack(thread);
          };
          if (claimTermination(phase)) {
            thread.onMessage = ignore;
            void thread.worker.terminate();
          }
          reject(reason);
        };
        const onAbort = () => stop(signal?.reason);
        signal?.addEventListener('abort', onAbort, { once: true });
        const settle = () => signal?.removeEventListener('abort', onAbort);
        thread.onGone = (reason) => {
          settle();
          reject(reason);
        };
        thread.onMessage = (message) => {
          if (message.type === 'progress') {
            try {
              onProgress?.(message.iteration);
            } catch (error) {
              settle();
              stop(error);
            }
            return;
          }
          settle();
          giveBack(thread);
          if (message.type === 'result') resolve(message.result);
          else reject(failureOf(message));
        };
        thread.worker.postMessage({ type: 'train', request: owned, phase } satisfies ToWorker, buffers);
      });
    },
    async close() {
      closing = true;
      if (spare) {
        clearTimeout(spare.timer);
        end(spare.thread);
        spare = null;
      }
      await Promise.all(running.values());
    },
  };
}

function failureOf({ code, message, stack }: Extract<WorkerMessage, { type: 'failure' }>): Error {
  const error = code ? new TrainingError(code, message) : new Error(message);
  if (stack) error.stack = stack;
  return error;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A request that owns its memory, which can then move to the thread without a second copy. */
function ownedCopy(request: TrainingRequest): { request: TrainingRequest; buffers: ArrayBuffer[] } {
  const buffers: ArrayBuffer[] = [];
  function copied<A extends Float64Array | Int32Array>(array: A): A {
    const copy = array.slice() as A;
    buffers.push(copy.buffer as ArrayBuffer);
    return copy;
  }
  function copiedColumn<C extends TableColumn>(column: C): C {
    return column.kind === 'number'
      ? { ...column, values: copied(column.values) }
      : { ...column, codes: copied(column.codes) };
  }
  const wanted = new Set(request.features);
  const columns = Object.entries(request.table.columns)
    .filter(([name]) => wanted.has(name))
    .map(([name, column]): [string, TableColumn] => [name, copiedColumn(column)]);
  return {
    request: {
      ...request,
      table: { rowCount: request.table.rowCount, columns: Object.fromEntries(columns) },
      target: copiedColumn(request.target),
      ...(request.sampleWeights && { sampleWeights: copied(request.sampleWeights) }),
    },
    buffers,
  };
}
