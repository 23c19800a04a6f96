import type { FileHandle } from 'node:fs/promises';
import { failurePoint } from '#platform/failure-points';
import { BlockRing, blockBytes } from './block-ring.ts';
import { aligned, cachedBytes, isRefusal, openDirectly } from './direct-access.ts';
import type { Inflow } from './port.ts';

/** In one call, through the cache: for more, kernels look for memory in pieces so large that they are hard to find. */
const callBytes = 512 << 10;
/** What the disk is told to keep already while more arrives, so that the last flush has little left to wait for. */
const flushEveryBytes = 16 << 20;

export interface Writing {
  /** Of the file: what lies behind its first part is then written past the page cache. */
  directPath?: string;
  /** Sees the blocks in their order; one is used again when it is done with it. */
  seen?(block: Buffer, isWhole: boolean): Promise<void>;
  /** What lies before is in the file. */
  written?(upTo: number): void;
}

/** Writes from a position on and flushes. Answers how many bytes it wrote. */
export async function writeAt(
  file: FileHandle,
  start: number,
  source: Inflow | Iterable<Uint8Array>,
  watching: Writing = {},
): Promise<number> {
  const writer = new BlockWriter(file, start, watching);
  try {
    const take = (chunk: Uint8Array): Promise<void> | undefined => writer.take(chunk);
    if ('drainTo' in source && source.drainTo) await source.drainTo(take);
    else for await (const chunk of source) await take(chunk);
    return await writer.end();
  } finally {
    // The file is closed by the caller, not under a write that is still going on.
    await writer.close();
  }
}

/** Gathers chunks into blocks; a block is written and hashed while the next ones are filled. */
class BlockWriter {
  readonly #file: FileHandle;
  readonly #start: number;
  readonly #watching: Writing;
  readonly #ring = BlockRing.take();
  #block: Buffer | null = null;
  #filled = 0;
  #takenBytes = 0;
  #writing: Promise<void> = Promise.resolve();
  #flushing: Promise<void> = Promise.resolve();
  #unflushedBytes = 0;
  #failure: { error: unknown } | null = null;
  #direct: FileHandle | null | undefined;

  constructor(file: FileHandle, start: number, watching: Writing) {
    this.#file = file;
    this.#start = start;
    this.#watching = watching;
  }

  /** A promise where it has to wait; without one the chunk is copied already. */
  take(chunk: Uint8Array): Promise<void> | undefined {
    for (let at = 0; at < chunk.byteLength; ) {
      if (this.#failure) throw this.#failure.error;
      this.#block ??= this.#ring.block();
      if (this.#block === null) return this.#ring.change().then(() => this.take(chunk.subarray(at)));
      const length = Math.min(blockBytes - this.#filled, chunk.byteLength - at);
      this.#block.set(length === chunk.byteLength ? chunk : chunk.subarray(at, at + length), this.#filled);
      this.#filled += length;
      at += length;
      if (this.#filled === blockBytes) this.#send(this.#block);
    }
    return undefined;
  }

  async end(): Promise<number> {
    if (this.#block !== null) this.#send(this.#block);
    await this.#ring.allFree();
    await this.#flushing;
    if (this.#failure) throw this.#failure.error;
    await this.#file.sync();
    return this.#takenBytes;
  }

  async close(): Promise<void> {
    if (this.#block !== null) this.#ring.giveBack(this.#block);
    this.#block = null;
    await this.#ring.allFree();
    await Promise.allSettled([this.#flushing]);
    await this.#direct?.close();
    this.#ring.leave();
  }

  #send(block: Buffer): void {
    const [content, at] = [block.subarray(0, this.#filled), this.#takenBytes];
    this.#takenBytes += this.#filled;
    this.#block = null;
    this.#filled = 0;
    const isWhole = at === 0 && content.byteLength < blockBytes;
    const seen = this.#watching.seen?.(content, isWhole);
    this.#writing = this.#writing.then(() => this.#write(content, at));
    const done = Promise.all([this.#writing, seen]).then(
      () => undefined,
      (error: unknown) => {
        this.#failure ??= { error };
      },
    );
    // Both are through with it, also when one of them failed.
    void Promise.allSettled([this.#writing, seen, done]).then(() => this.#ring.giveBack(block));
  }

  async #write(content: Buffer, at: number): Promise<void> {
    if (this.#failure) return;
    const position = this.#start + at;
    let written = at < cachedBytes ? 0 : await this.#writeDirectly(content, position);
    this.#unflushedBytes += content.byteLength - written;
    while (written < content.byteLength) {
      const length = Math.min(callBytes, content.byteLength - written);
      written += (await this.#file.write(content, written, length, position + written)).bytesWritten;
    }
    failurePoint('blob.half-written');
    this.#watching.written?.(position + content.byteLength);
    if (this.#unflushedBytes < flushEveryBytes) return;
    this.#unflushedBytes = 0;
    await this.#flushing;
    this.#flushing = this.#file.datasync();
    this.#flushing.catch(() => undefined);
  }

  /** Answers how much of it is in the file; the rest goes the usual way. */
  async #writeDirectly(content: Buffer, position: number): Promise<number> {
    const { directPath } = this.#watching;
    const length = aligned(content.byteLength);
    if (directPath === undefined || length === 0 || aligned(position) !== position) return 0;
    this.#direct ??= this.#direct === null ? null : await openDirectly(directPath, 'write');
    if (this.#direct === null) return 0;
    try {
      return (await this.#direct.write(content, 0, length, position)).bytesWritten;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      await this.#direct.close();
      this.#direct = null;
      return 0;
    }
  }
}
