import { Worker } from 'node:worker_threads';
import type { Iteration } from './minimise.ts';
import type { FittedModel } from './model.ts';
import type { Agreement } from './runtime-check.ts';
import type { Signature } from './signature.ts';
import type { TableColumn, TrainingTable } from './table.ts';
import type { TrainingTarget } from './target.ts';
import { claimTermination, newThreadPhase } from './thread-phase.ts';
import { TrainingError } from './training-error.ts';
import type { WorkerInput, WorkerMessage } from './worker.ts';

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
  /** Limits of the thread, such as `maxOldGenerationSizeMb`. */
  resourceLimits?: { maxOldGenerationSizeMb?: number };
}

/**
 * Fits, exports and checks a model in a thread of its own. The request's arrays are copied, so the caller keeps them;
 * columns that are no feature are not sent. Rejects with the trainer's TrainingError, with `signal.reason` as soon as
 * it aborts (the thread is ended, or left to finish its last check unheard), with whatever `onProgress` throws, and
 * with an Error when the thread crashes.
 */
export async function trainInWorker(request: TrainingRequest, options: RunOptions = {}): Promise<TrainingResult> {
  const { onProgress, signal, resourceLimits } = options;
  signal?.throwIfAborted();
  const phase = newThreadPhase();
  const { request: owned, buffers } = ownedCopy(request);
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: { request: owned, phase } satisfies WorkerInput,
    transferList: buffers,
    ...(resourceLimits && { resourceLimits }),
  });
  return new Promise((resolve, reject) => {
    let stopped = false;
    let settle: () => void = () => reject(new Error('The training thread ended without a result.'));
    const stop = (reason: unknown) => {
      stopped = true;
      if (claimTermination(phase)) void worker.terminate();
      reject(reason);
    };
    const onAbort = () => stop(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    worker.on('message', (message: WorkerMessage) => {
      if (message.type === 'result') settle = () => resolve(message.result);
      else if (message.type === 'failure') settle = () => reject(failureOf(message));
      else if (!stopped) {
        try {
          onProgress?.(message.iteration);
        } catch (error) {
          stop(error);
        }
      }
    });
    worker.on('error', (error) => {
      settle = () => reject(new Error(`The training thread crashed: ${messageOf(error)}`, { cause: error }));
    });
    // Settled only here, so that no thread is left behind a finished training.
    worker.on('exit', () => {
      signal?.removeEventListener('abort', onAbort);
      settle();
    });
  });
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
