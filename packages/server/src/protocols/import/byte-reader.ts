import type { FileHandle } from 'node:fs/promises';

const chunkBytes = 1 << 20;

/** Reads a file from its beginning in pieces of any length, holding one chunk of it. */
export class ByteReader {
  readonly #file: FileHandle;
  #chunk = new Uint8Array(0);
  #at = 0;
  /** Bytes given out so far. */
  position = 0;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  /** null where the file ends before that; then nothing more comes. The bytes are the caller's only until the next call. */
  async take(length: number): Promise<Uint8Array | null> {
    const rest = this.#chunk.length - this.#at;
    if (rest < length) {
      const next = new Uint8Array(Math.max(length, chunkBytes));
      next.set(this.#chunk.subarray(this.#at));
      let filled = rest;
      while (filled < length) {
        const { bytesRead } = await this.#file.read(next, filled, next.length - filled, null);
        if (bytesRead === 0) return null;
        filled += bytesRead;
      }
      this.#chunk = next.subarray(0, filled);
      this.#at = 0;
    }
    const bytes = this.#chunk.subarray(this.#at, this.#at + length);
    this.#at += length;
    this.position += length;
    return bytes;
  }
}
