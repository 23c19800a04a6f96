import { Worker } from 'node:worker_threads';
import { type Digest, digestFromHex, digestOf } from './digest.ts';

/** Of a file as far as it is written, or of memory. Only what has a `request` is answered. */
export type ToDigestThread = { id: number; request?: number } & (
  | { path: string; upTo: number }
  | { memory: SharedArrayBuffer; start: number; length: number }
  | { end: true }
  | { stop: true }
);
/** `hex`: empty where no digest was asked for. */
export type FromDigestThread = { request: number } & ({ hex: string } | { problem: string });

interface Waiting {
  resolve(hex: string): void;
  reject(error: Error): void;
}

const waiting = new Map<number, Waiting>();
let thread: Worker | null = null;
let lastId = 0;
let lastRequest = 0;

/** Whoever waits is told; what the thread knew is read again by the next one. */
const lost = (error: Error): void => {
  thread = null;
  for (const { reject } of waiting.values()) reject(error);
  waiting.clear();
};

const running = (): Worker => {
  if (thread) return thread;
  const started = new Worker(new URL('./digest-thread.ts', import.meta.url));
  started.on('message', (message: FromDigestThread) => {
    const asked = waiting.get(message.request);
    waiting.delete(message.request);
    if (waiting.size === 0) started.unref();
    if ('hex' in message) asked?.resolve(message.hex);
    else asked?.reject(new Error(message.problem));
  });
  started.on('error', lost);
  started.on('exit', (code) => lost(new Error(`the thread that hashes files ended with code ${code}`)));
  started.unref();
  thread = started;
  return started;
};

const tell = (message: ToDigestThread): void => running().postMessage(message, []);

const ask = (message: ToDigestThread): Promise<string> => {
  const request = ++lastRequest;
  const asked = new Promise<string>((resolve, reject) => void waiting.set(request, { resolve, reject }));
  running().ref();
  tell({ ...message, request });
  return asked;
};

/** The digest of blocks of shared memory, computed in another thread while they are written, too. */
export class BlocksDigest {
  readonly #id = ++lastId;
  #isBegun = false;
  #ofWhole: Digest | null = null;

  /** A block may be written to again when it is kept. What is the whole content is hashed here: it is small. */
  async add(block: Buffer, isWhole: boolean): Promise<void> {
    if (isWhole) {
      this.#ofWhole = digestOf(block);
      return;
    }
    this.#isBegun = true;
    const memory = block.buffer as unknown as SharedArrayBuffer;
    await ask({ id: this.#id, memory, start: block.byteOffset, length: block.byteLength });
  }

  /** When all that was added was kept. */
  async digest(): Promise<Digest> {
    if (this.#ofWhole !== null) return this.#ofWhole;
    return this.#isBegun ? digestFromHex(await ask({ id: this.#id, end: true })) : digestOf(new Uint8Array());
  }

  /** Before its digest was asked for. */
  stop(): void {
    if (this.#isBegun && thread !== null) tell({ id: this.#id, stop: true });
  }
}

/**
 * The digest of a file that is still being written, computed behind the writer and in another thread: hashing takes as long
 * as everything else, and when the last byte is written little is left to read.
 */
export class RunningDigest {
  readonly #path: string;
  readonly #id = ++lastId;
  #wantedUpTo = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** Nothing before this is written to any more. */
  advance(upTo: number): void {
    if (upTo <= this.#wantedUpTo) return;
    this.#wantedUpTo = upTo;
    tell({ id: this.#id, path: this.#path, upTo });
  }

  /** Whether what lies there was read already. */
  hasRead(start: number): boolean {
    return this.#wantedUpTo > start;
  }

  async digest(sizeBytes: number): Promise<Digest> {
    this.#wantedUpTo = Math.max(this.#wantedUpTo, sizeBytes);
    return digestFromHex(await ask({ id: this.#id, path: this.#path, upTo: sizeBytes }));
  }

  stop(): void {
    if (this.#wantedUpTo > 0 && thread !== null) tell({ id: this.#id, stop: true });
  }
}
