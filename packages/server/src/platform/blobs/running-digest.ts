import { Worker } from 'node:worker_threads';
import { digestFromHex, type Digest } from './digest.ts';

export type ToDigestThread = { id: number } & ({ path: string; upTo: number; isAsked: boolean } | { stop: true });
export type FromDigestThread = { id: number } & ({ hex: string } | { problem: string });

interface Waiting {
  resolve(hex: string): void;
  reject(error: Error): void;
}

const waiting = new Map<number, Waiting>();
let thread: Worker | null = null;
let lastId = 0;

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
    const asked = waiting.get(message.id);
    waiting.delete(message.id);
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
    tell({ id: this.#id, path: this.#path, upTo, isAsked: false });
  }

  /** Whether what lies there was read already. */
  hasRead(start: number): boolean {
    return this.#wantedUpTo > start;
  }

  async digest(sizeBytes: number): Promise<Digest> {
    this.#wantedUpTo = Math.max(this.#wantedUpTo, sizeBytes);
    const asked = new Promise<string>((resolve, reject) => void waiting.set(this.#id, { resolve, reject }));
    running().ref();
    tell({ id: this.#id, path: this.#path, upTo: sizeBytes, isAsked: true });
    return digestFromHex(await asked);
  }

  stop(): void {
    if (this.#wantedUpTo > 0 && thread !== null) tell({ id: this.#id, stop: true });
  }
}
