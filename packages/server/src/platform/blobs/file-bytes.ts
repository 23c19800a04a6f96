import { type FileHandle, open } from 'node:fs/promises';
import { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { callbackify } from 'node:util';
import { BlockRing, blockBytes } from './block-ring.ts';
import { aligned, cachedBytes, isRefusal, openDirectly } from './direct-access.ts';

/** Read already while one block is on its way. */
const readAhead = 2;

interface Span {
  start: number;
  /** Not included. */
  end: number;
}

/**
 * A span of a file as a stream. A response that it is piped into gets it from a few blocks of memory that are used again
 * and again; every other reader gets memory of its own.
 */
export class FileBytes extends Readable {
  readonly #path: string;
  readonly #span: Span;
  readonly #isDirect: boolean;
  #position: number;
  #file: Promise<FileHandle> | null = null;
  #direct: Promise<FileHandle | null> | null = null;

  /** @param isDirect past the page cache, where there is much of it. */
  constructor(path: string, span: Span, { isDirect = false }: { isDirect?: boolean } = {}) {
    super({ highWaterMark: blockBytes });
    this.#path = path;
    this.#span = span;
    this.#position = span.start;
    this.#isDirect = isDirect && span.end - span.start > cachedBytes;
  }

  override pipe<T extends NodeJS.WritableStream>(to: T, options?: { end?: boolean }): T {
    if (!(to instanceof ServerResponse) || options?.end === false) return super.pipe(to, options);
    void this.#deliver(to);
    return to;
  }

  override _read(): void {
    const length = Math.min(blockBytes, this.#span.end - this.#position);
    if (length === 0) return void this.push(null);
    void this.#readOn(length);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    callbackify(() => this.#close())((problem) => done(error ?? problem));
  }

  async #close(): Promise<void> {
    const opened = await Promise.allSettled([this.#file, this.#direct]);
    for (const file of opened) if (file.status === 'fulfilled') await file.value?.close();
  }

  async #readOn(length: number): Promise<void> {
    try {
      const memory = Buffer.allocUnsafeSlow(length);
      await this.#fill(memory, this.#position, length);
      this.#position += length;
      this.push(memory);
    } catch (error) {
      this.destroy(error as Error);
    }
  }

  async #deliver(to: ServerResponse): Promise<void> {
    try {
      await this.#send(to);
      to.end();
      this.push(null);
      this.resume();
    } catch (error) {
      this.destroy(error as Error);
    }
  }

  async #send(to: ServerResponse): Promise<void> {
    const ring = BlockRing.take();
    const reads: Promise<{ block: Buffer; content: Buffer }>[] = [];
    if (this.#isDirect) this.#direct = openDirectly(this.#path, 'read');
    // From the start of a page on, whatever of it is wanted.
    let next = aligned(this.#span.start);
    const read = async (block: Buffer, from: number): Promise<{ block: Buffer; content: Buffer }> => {
      const length = Math.min(blockBytes, this.#span.end - from);
      await this.#fill(block, from, length);
      return { block, content: block.subarray(Math.max(0, this.#span.start - from), length) };
    };
    const readOn = (): void => {
      while (reads.length < readAhead && next < this.#span.end) {
        const block = ring.block();
        if (block === null) return;
        const reading = read(block, next);
        reading.catch(() => undefined);
        reads.push(reading);
        next += blockBytes;
      }
    };
    readOn();
    for (let reading = reads.shift(); reading !== undefined; reading = reads.shift()) {
      const { block, content } = await reading;
      readOn();
      await written(to, content);
      ring.giveBack(block);
      readOn();
    }
    // Not after an error: something may still be reading into it, or writing from it.
    ring.leave();
  }

  /** Reads all of it. Errors: when the file ends before. */
  async #fill(block: Buffer, from: number, length: number): Promise<void> {
    let filled = await this.#readDirectly(block, from, length);
    while (filled < length) {
      // What was opened is closed already.
      if (this.destroyed) throw new Error('nobody reads the file any more');
      this.#file ??= open(this.#path);
      const file = await this.#file;
      const { bytesRead } = await file.read(block, filled, length - filled, from + filled);
      if (bytesRead === 0) throw new Error(`the file ends at ${from + filled}, not at ${this.#span.end}`);
      filled += bytesRead;
    }
  }

  async #readDirectly(block: Buffer, from: number, length: number): Promise<number> {
    const file = await this.#direct;
    if (file === null || length < blockBytes) return 0;
    try {
      return (await file.read(block, 0, length, from)).bytesRead;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return 0;
    }
  }
}

/** When the bytes are with the kernel: before that their memory is not to be touched. */
const written = (to: ServerResponse, content: Buffer): Promise<void> =>
  new Promise((resolve, reject) => void to.write(content, (error) => (error ? reject(error) : resolve())));
