import type { BlobReference, BlobStore } from './port.ts';

/** A path handed out stays valid this long, so that the library it was handed to has surely opened the file. */
const handedOutForMs = 15 * 60_000;

/** Bounds a local store by evicting what was used longest ago. The bound may be exceeded by copies just handed out. */
export class LocalCache {
  readonly #store: BlobStore;
  readonly #limitBytes: number;
  readonly #nowMs: () => number;
  /** Oldest use first: a Map keeps insertion order, and every use inserts anew. */
  readonly #entries = new Map<string, { sizeBytes: number; usedAtMs: number }>();
  #totalBytes = 0;

  constructor(store: BlobStore, limitBytes: number, nowMs: () => number) {
    this.#store = store;
    this.#limitBytes = limitBytes;
    this.#nowMs = nowMs;
  }

  /** Copies of an earlier process count as not used yet, in no particular order. */
  async load(): Promise<void> {
    for (let after: string | undefined, more = true; more; ) {
      const page = await this.#store.list(after === undefined ? {} : { after });
      for (const blob of page.blobs) this.#enter(blob, 0);
      after = page.next;
      more = after !== undefined;
    }
    await this.#evict();
  }

  async used(blob: BlobReference): Promise<void> {
    this.forget(blob.digest);
    this.#enter(blob, this.#nowMs());
    await this.#evict();
  }

  forget(digest: string): void {
    const known = this.#entries.get(digest);
    if (!known) return;
    this.#totalBytes -= known.sizeBytes;
    this.#entries.delete(digest);
  }

  #enter(blob: BlobReference, usedAtMs: number): void {
    this.#entries.set(blob.digest, { sizeBytes: blob.sizeBytes, usedAtMs });
    this.#totalBytes += blob.sizeBytes;
  }

  async #evict(): Promise<void> {
    const newestEvictableMs = this.#nowMs() - handedOutForMs;
    for (const [digest, { usedAtMs }] of this.#entries) {
      if (this.#totalBytes <= this.#limitBytes || usedAtMs > newestEvictableMs) return;
      this.forget(digest);
      await this.#store.delete(digest);
    }
  }
}
