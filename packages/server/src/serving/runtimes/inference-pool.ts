import type { Clock } from '#platform/clock';
import { fail, MillwrightError } from '#platform/errors';
import type { Log } from '#platform/log';
import { type InferenceThread, type ThreadEvents, startInferenceThread } from './inference-thread.ts';
import { type InputValues, type OutputTensor, outputRows, packInput } from './tensors.ts';
import type { FromInferenceThread, ModelTensors } from './worker-messages.ts';

export interface InferencePoolOptions {
  threads: number;
  clock: Clock;
  log: Log;
  /** A request that was not answered after this time fails. */
  deadlineMs?: number;
  /** Rows computed together; a larger request goes alone. */
  maxBatchRows?: number;
  maxQueuedRequests?: number;
  startThread?: (events: ThreadEvents) => InferenceThread;
}

export interface ModelFile {
  digest: string;
  tensors: ModelTensors;
  /** Asked again when a thread is replaced: a cached file may have gone meanwhile. */
  path(): Promise<string>;
}

interface Waiting {
  columns: readonly InputValues[];
  rows: number;
  deadlineAt: number;
  /** Failed in company: tried once more by itself, so that only the request at fault fails. */
  alone: boolean;
  resolve(outputs: OutputTensor[]): void;
  reject(error: Error): void;
}

interface Model {
  file: ModelFile;
  users: number;
  splittable: boolean;
  queue: Waiting[];
  loading: Map<Slot, { resolve(): void; reject(error: Error): void }>;
  loaded: Promise<void>;
}

interface Slot {
  thread: InferenceThread;
  ready: Set<string>;
  batches: Map<number, { model: Model; requests: Waiting[]; rows: number }>;
  crashes: number;
}

/** Two batches per thread: it computes one while the next one is handed over. */
const batchesPerThread = 2;
const sweepMs = 250;

/**
 * Runs models in threads. Batching costs no delay: whatever was asked while the threads were busy is computed together.
 * A model is loaded and run once before it counts as loaded; who loads it releases it. A thread that dies is replaced.
 */
export class InferencePool {
  readonly #options: Required<InferencePoolOptions>;
  readonly #models = new Map<string, Model>();
  #slots: Slot[] = [];
  #queued = 0;
  #nextBatchId = 1;
  #pumping = false;
  #closed = false;
  #sweep: NodeJS.Timeout | undefined;

  constructor(options: InferencePoolOptions) {
    this.#options = {
      deadlineMs: 10_000,
      maxBatchRows: 256,
      maxQueuedRequests: 20_000,
      startThread: startInferenceThread,
      ...options,
    };
  }

  /** Errors: MODEL_REFUSED (ONNX Runtime does not take it), MODEL_NOT_READY (its thread died). */
  async load(file: ModelFile): Promise<void> {
    if (this.#closed) fail('SHUTTING_DOWN', 'The server is shutting down.');
    let model = this.#models.get(file.digest);
    if (!model) {
      model = { file, users: 0, splittable: true, queue: [], loading: new Map(), loaded: Promise.resolve() };
      this.#models.set(file.digest, model);
      this.#startThreads();
      model.loaded = Promise.all(this.#slots.map((slot) => this.#loadInto(slot, model as Model))).then(() => undefined);
    }
    model.users++;
    try {
      await model.loaded;
    } catch (error) {
      this.release(file.digest);
      throw error;
    }
  }

  release(digest: string): void {
    const model = this.#models.get(digest);
    if (!model || --model.users > 0) return;
    this.#forgetWhenUnused(model);
  }

  /** Outputs in the order of the model's tensors. Errors: MODEL_NOT_READY, OVERLOADED. */
  run(digest: string, columns: readonly InputValues[], rows: number): Promise<OutputTensor[]> {
    const model = this.#models.get(digest);
    if (!model || !this.#slots.some((slot) => slot.ready.has(digest)))
      return Promise.reject(new MillwrightError('MODEL_NOT_READY', 'The model is not loaded. Try again in a moment.'));
    if (this.#queued >= this.#options.maxQueuedRequests)
      return Promise.reject(
        new MillwrightError(
          'OVERLOADED',
          'Too many predictions wait for the model. Send fewer at a time, or start more threads with --inference-workers.',
        ),
      );
    return new Promise((resolve, reject) => {
      this.#queued++;
      model.queue.push({
        columns,
        rows,
        deadlineAt: this.#options.clock.now() + this.#options.deadlineMs,
        alone: false,
        resolve,
        reject,
      });
      if (this.#pumping) return;
      this.#pumping = true;
      // Requests that were read in the same turn of the event loop go together.
      setImmediate(() => this.#pump());
    });
  }

  /** Waits for what runs, then ends the threads. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#sweep);
    for (const model of this.#models.values())
      this.#failQueue(model, new MillwrightError('SHUTTING_DOWN', 'The server is shutting down.'));
    await Promise.all(this.#slots.map((slot) => slot.thread.close()));
    this.#slots = [];
  }

  #startThreads(): void {
    if (this.#slots.length > 0) return;
    for (let i = 0; i < this.#options.threads; i++) this.#slots.push(this.#newSlot(0));
    this.#sweep = setInterval(() => this.#failOverdue(), sweepMs).unref();
  }

  #newSlot(crashes: number): Slot {
    const slot: Slot = { thread: null as never, ready: new Set(), batches: new Map(), crashes };
    slot.thread = this.#options.startThread({
      message: (message) => this.#receive(slot, message),
      crashed: (reason) => this.#replace(slot, reason),
    });
    return slot;
  }

  async #loadInto(slot: Slot, model: Model): Promise<void> {
    const path = await model.file.path();
    if (this.#models.get(model.file.digest) !== model) return;
    await new Promise<void>((resolve, reject) => {
      model.loading.set(slot, { resolve, reject });
      slot.thread.post({ type: 'load', digest: model.file.digest, path, tensors: model.file.tensors });
    });
  }

  #receive(slot: Slot, message: FromInferenceThread): void {
    if (message.type === 'loaded' || message.type === 'load-failed') {
      const model = this.#models.get(message.digest);
      const waiter = model?.loading.get(slot);
      model?.loading.delete(slot);
      if (message.type === 'load-failed')
        return waiter?.reject(
          new MillwrightError('MODEL_REFUSED', `ONNX Runtime does not take the model: ${message.message}`),
        );
      slot.ready.add(message.digest);
      slot.crashes = 0;
      if (model && !message.splittable) model.splittable = false;
      return waiter?.resolve();
    }
    const batch = slot.batches.get(message.batchId);
    slot.batches.delete(message.batchId);
    if (batch) {
      if (message.type === 'ran') this.#answer(batch.requests, batch.rows, message.outputs);
      else this.#retryAlone(batch.model, batch.requests, message.message);
    }
    this.#pump();
    return undefined;
  }

  #answer(requests: readonly Waiting[], batchRows: number, outputs: readonly OutputTensor[]): void {
    let row = 0;
    for (const request of requests) {
      const from = row;
      request.resolve(outputs.map((output) => outputRows(output, from, request.rows, batchRows)));
      row += request.rows;
    }
  }

  #retryAlone(model: Model, requests: readonly Waiting[], message: string): void {
    if (requests.length === 1) return requests[0]?.reject(new InferenceError(message));
    for (const request of requests) request.alone = true;
    this.#queued += requests.length;
    model.queue.unshift(...requests);
    return undefined;
  }

  #pump(): void {
    this.#pumping = false;
    if (this.#queued === 0) return;
    for (const model of this.#models.values()) {
      while (model.queue.length > 0) {
        const slot = this.#freeSlot(model.file.digest);
        if (!slot) break;
        this.#send(slot, model);
      }
      if (model.users <= 0) this.#forgetWhenUnused(model);
    }
  }

  #freeSlot(digest: string): Slot | undefined {
    let free: Slot | undefined;
    for (const slot of this.#slots) {
      if (slot.batches.size < (free?.batches.size ?? batchesPerThread) && slot.ready.has(digest)) free = slot;
    }
    return free;
  }

  #send(slot: Slot, model: Model): void {
    const requests = this.#takeBatch(model);
    const rows = requests.reduce((sum, request) => sum + request.rows, 0);
    const feeds = model.file.tensors.inputs.map((input, index) =>
      packInput(
        input,
        requests.map((request) => request.columns[index] as InputValues),
        rows,
      ),
    );
    const batchId = this.#nextBatchId++;
    slot.batches.set(batchId, { model, requests, rows });
    const buffers = feeds.flatMap((feed) => (Array.isArray(feed) ? [] : [feed.buffer as ArrayBuffer]));
    slot.thread.post({ type: 'run', batchId, digest: model.file.digest, rows, feeds }, buffers);
  }

  #takeBatch(model: Model): Waiting[] {
    const { queue } = model;
    let count = 1;
    let rows = queue[0]?.rows ?? 0;
    if (model.splittable && !queue[0]?.alone) {
      for (; count < queue.length; count++) {
        const next = queue[count] as Waiting;
        if (next.alone || rows + next.rows > this.#options.maxBatchRows) break;
        rows += next.rows;
      }
    }
    this.#queued -= count;
    return queue.splice(0, count);
  }

  #replace(slot: Slot, reason: string): void {
    this.#options.log.error('an inference thread died and is replaced', { reason });
    const error = new MillwrightError(
      'MODEL_NOT_READY',
      'The thread that ran the model died. It is being replaced; try again in a moment.',
    );
    for (const batch of slot.batches.values()) for (const request of batch.requests) request.reject(error);
    this.#slots = this.#slots.filter((other) => other !== slot);
    for (const model of this.#models.values()) {
      model.loading.get(slot)?.reject(error);
      model.loading.delete(slot);
      if (!this.#slots.some((other) => other.ready.has(model.file.digest))) this.#failQueue(model, error);
    }
    if (this.#closed) return;
    setTimeout(() => this.#startAgain(slot.crashes + 1), Math.min(5000, 50 * 2 ** slot.crashes)).unref();
  }

  #startAgain(crashes: number): void {
    if (this.#closed) return;
    const slot = this.#newSlot(crashes);
    this.#slots.push(slot);
    for (const model of this.#models.values()) {
      this.#loadInto(slot, model).then(
        () => this.#pump(),
        (error: unknown) =>
          this.#options.log.error('a model could not be loaded again', { digest: model.file.digest, error }),
      );
    }
  }

  #failOverdue(): void {
    const now = this.#options.clock.now();
    const error = new MillwrightError('OVERLOADED', `The model did not answer within ${this.#options.deadlineMs} ms.`);
    for (const model of this.#models.values()) {
      const overdue = model.queue.findIndex((request) => request.deadlineAt > now);
      const expired = model.queue.splice(0, overdue < 0 ? model.queue.length : overdue);
      this.#queued -= expired.length;
      for (const request of expired) request.reject(error);
    }
    for (const slot of this.#slots)
      for (const batch of slot.batches.values())
        for (const request of batch.requests) if (request.deadlineAt <= now) request.reject(error);
  }

  #failQueue(model: Model, error: Error): void {
    this.#queued -= model.queue.length;
    for (const request of model.queue.splice(0)) request.reject(error);
  }

  /** A thread takes messages in order, so what was sent before is still computed. */
  #forgetWhenUnused(model: Model): void {
    if (model.users > 0 || model.queue.length > 0) return;
    const { digest } = model.file;
    this.#models.delete(digest);
    for (const slot of this.#slots) {
      slot.ready.delete(digest);
      slot.thread.post({ type: 'release', digest });
    }
  }
}

/** The model failed on this input: the fault is neither the caller's form nor the server's state. */
export class InferenceError extends MillwrightError {
  constructor(detail: string) {
    super('MODEL_REFUSED', `The model failed on this input: ${detail}`);
    this.name = 'InferenceError';
  }
}
