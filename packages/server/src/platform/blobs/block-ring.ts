/** Large enough for a disk's full rate without a cache before it. */
export const blockBytes = 1 << 20;
const blocksPerRing = 4;
/** Of rings that nobody uses. */
const keptRings = 4;
const wasmPageBytes = 64 << 10;

declare const WebAssembly: {
  Memory: new (size: { initial: number; maximum: number; shared: true }) => { buffer: SharedArrayBuffer };
};

/** Begins at the start of a page of memory, which reading and writing past the page cache asks for and no Buffer has. */
const pages = (bytes: number): SharedArrayBuffer => {
  const count = bytes / wasmPageBytes;
  try {
    return new WebAssembly.Memory({ initial: count, maximum: count, shared: true }).buffer;
  } catch {
    // A limit on addresses. Then everything goes through the cache.
    return new SharedArrayBuffer(bytes);
  }
};

const idle: BlockRing[] = [];

/**
 * A few blocks of memory that a transfer fills and empties in turn, whatever its size. They are shared with the thread
 * that hashes, and are used again by the next transfer: memory that is asked for anew costs more than the transfer, in
 * page faults and in collections of garbage.
 */
export class BlockRing {
  readonly #free: Buffer[];
  #waiting: (() => void)[] = [];

  private constructor() {
    const memory = pages(blocksPerRing * blockBytes);
    this.#free = Array.from({ length: blocksPerRing }, (_, number) =>
      Buffer.from(memory, number * blockBytes, blockBytes),
    );
  }

  static take(): BlockRing {
    return idle.pop() ?? new BlockRing();
  }

  /** Only when nothing reads or writes a block of it any more. */
  leave(): void {
    if (this.#free.length === blocksPerRing && idle.length < keptRings) idle.push(this);
  }

  /** null: all are in use. */
  block(): Buffer | null {
    return this.#free.pop() ?? null;
  }

  giveBack(block: Buffer): void {
    this.#free.push(block);
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /** When a block was given back. */
  async change(): Promise<void> {
    await new Promise<void>((resolve) => void this.#waiting.push(resolve));
  }

  async allFree(): Promise<void> {
    while (this.#free.length < blocksPerRing) await this.change();
  }
}
