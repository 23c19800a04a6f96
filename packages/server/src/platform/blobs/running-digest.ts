import { createHash } from 'node:crypto';
import { digestFromHex, type Digest } from './digest.ts';
import { readFileBytes } from './durable-file.ts';

/**
 * The digest of a file that is still being written, computed behind the writer while the bytes are in memory anyway: when
 * the last part is there, little is left to read.
 */
export class RunningDigest {
  readonly #path: string;
  #hash = createHash('sha256');
  #upTo = 0;
  #wantedUpTo = 0;
  #running: Promise<void> | null = null;
  #isStopped = false;

  constructor(path: string) {
    this.#path = path;
  }

  /** Nothing before this is written to any more. */
  advance(upTo: number): void {
    this.#wantedUpTo = Math.max(this.#wantedUpTo, upTo);
    this.#running ??= this.#read().finally(() => {
      this.#running = null;
    });
    // Whoever asks for the digest reads again what could not be read now.
    this.#running.catch(() => undefined);
  }

  /** Whether what lies there was read already. */
  hasRead(start: number): boolean {
    return this.#wantedUpTo > start;
  }

  async #read(): Promise<void> {
    while (this.#upTo < this.#wantedUpTo && !this.#isStopped) {
      for await (const chunk of readFileBytes(this.#path, { start: this.#upTo, end: this.#wantedUpTo })) {
        if (this.#isStopped) return;
        this.#hash.update(chunk as Uint8Array);
        this.#upTo += (chunk as Uint8Array).byteLength;
      }
    }
  }

  async digest(sizeBytes: number): Promise<Digest> {
    await this.#running?.catch(() => undefined);
    this.advance(sizeBytes);
    await this.#running;
    return digestFromHex(this.#hash.copy().digest('hex'));
  }

  stop(): void {
    this.#isStopped = true;
  }
}
