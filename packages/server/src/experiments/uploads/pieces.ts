/** Cuts a stream into parts of given sizes, without holding one of them in memory. */
export class Pieces {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Uint8Array | null = null;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#chunks = source[Symbol.asyncIterator]();
  }

  async #peek(): Promise<Uint8Array | null> {
    while (this.#rest === null || this.#rest.byteLength === 0) {
      const { done, value } = await this.#chunks.next();
      if (done === true) return null;
      this.#rest = value;
    }
    return this.#rest;
  }

  /** Whether the stream has ended. */
  async isEmpty(): Promise<boolean> {
    return (await this.#peek()) === null;
  }

  /** The next so many bytes. Errors: EndOfStream when there are fewer. */
  async *take(sizeBytes: number): AsyncGenerator<Uint8Array> {
    for (let left = sizeBytes; left > 0; ) {
      const chunk = (await this.#peek()) ?? raise(new EndOfStream());
      const taken = chunk.subarray(0, left);
      this.#rest = chunk.subarray(taken.byteLength);
      left -= taken.byteLength;
      yield taken;
    }
  }
}

export class EndOfStream extends Error {}

const raise = (error: Error): never => {
  throw error;
};
