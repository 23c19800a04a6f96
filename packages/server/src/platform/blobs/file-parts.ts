import { constants, createReadStream } from 'node:fs';
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fail } from '#platform/errors';
import { failurePoint } from '#platform/failure-points';
import { writeAt } from './block-writer.ts';
import { flush } from './durable-file.ts';
import type { BlobReference, Inflow, PartStore, PartsUpload, StoredPart } from './port.ts';
import { RunningDigest } from './running-digest.ts';
import { onDisk } from './storage-errors.ts';

/** Longer than anybody may let an upload rest: whose row is gone lies here for nobody. */
const staleAgeMs = 9 * 24 * 3600_000;

interface Known {
  digest: RunningDigest;
  /** Ends of parts by their starts, of those that lie behind a gap. */
  waiting: Map<number, number>;
  upTo: number;
}

/**
 * Parts go straight to their place in one file, `<root>/uploads/<id>`, which is renamed when it is whole: no byte is
 * written twice. A last part whose place is not known yet waits in `<id>.last`.
 */
export class FileParts implements PartStore {
  readonly #root: string;
  readonly #folder: string;
  readonly #adopt: (path: string, reference: BlobReference) => Promise<unknown>;
  readonly #known = new Map<string, Known>();

  constructor(root: string, adopt: (path: string, reference: BlobReference) => Promise<unknown>) {
    this.#root = root;
    this.#folder = join(root, 'uploads');
    this.#adopt = adopt;
  }

  async open(): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    await this.removeStale();
  }

  async begin(id: string): Promise<PartsUpload> {
    return onDisk(this.#root, async () => {
      await (await open(this.#path(id), 'w')).close();
      await flush(this.#folder);
      return { id, storageRef: '' };
    });
  }

  async put({ id }: PartsUpload, part: { number: number; start: number | null }, source: Inflow): Promise<StoredPart> {
    const { number, start } = part;
    const known = this.#about(id);
    // Sent again: what was read of it counts no more.
    if (start !== null && known.digest.hasRead(start)) this.#forget(id);
    return onDisk(this.#root, async () => {
      const path = start === null ? this.#lastPath(id) : this.#path(id);
      const file = await open(path, start === null ? 'w' : constants.O_RDWR);
      try {
        const sizeBytes = await writeAt(file, start ?? 0, source);
        if (start !== null) this.#arrived(id, start, start + sizeBytes);
        return { number, sizeBytes, etag: `"${number}-${sizeBytes}"` };
      } finally {
        await file.close();
      }
    });
  }

  /** What lies without a gap from the beginning is read for the digest while more arrives. */
  #arrived(id: string, start: number, end: number): void {
    const known = this.#about(id);
    known.waiting.set(start, end);
    for (let next = known.waiting.get(known.upTo); next !== undefined; next = known.waiting.get(known.upTo)) {
      known.waiting.delete(known.upTo);
      if (next === known.upTo) break;
      known.upTo = next;
    }
    known.digest.advance(known.upTo);
  }

  async seal({ id }: PartsUpload, parts: readonly StoredPart[]): Promise<BlobReference> {
    const sizeBytes = parts.reduce((sum, part) => sum + part.sizeBytes, 0);
    return onDisk(this.#root, async () => {
      const file = await open(this.#path(id), constants.O_RDWR);
      try {
        const last = parts.at(-1)?.sizeBytes ?? 0;
        if (await isThere(this.#lastPath(id)))
          await writeAt(file, sizeBytes - last, createReadStream(this.#lastPath(id), { highWaterMark: 1 << 20 }));
        // Somebody may have begun to send more than he said.
        await file.truncate(sizeBytes);
        await file.sync();
      } finally {
        await file.close();
      }
      const digest = await this.#about(id).digest.digest(sizeBytes);
      failurePoint('upload.hashed');
      return { digest, sizeBytes };
    });
  }

  async adopt({ id }: PartsUpload, sealed: BlobReference): Promise<void> {
    await onDisk(this.#root, async () => {
      if (await isThere(this.#path(id))) await this.#adopt(this.#path(id), sealed);
      await rm(this.#lastPath(id), { force: true });
      this.#forget(id);
    });
  }

  async discard({ id }: PartsUpload): Promise<void> {
    this.#forget(id);
    await onDisk(this.#root, async () => {
      for (const path of [this.#path(id), this.#lastPath(id)]) await rm(path, { force: true });
    });
  }

  async removeStale(): Promise<void> {
    for (const name of await readdir(this.#folder)) {
      const path = join(this.#folder, name);
      const found = await stat(path).catch(() => undefined);
      if (found && Date.now() - found.mtimeMs > staleAgeMs) await rm(path, { force: true });
    }
  }

  #about(id: string): Known {
    const known = this.#known.get(id) ?? { digest: new RunningDigest(this.#path(id)), waiting: new Map(), upTo: 0 };
    this.#known.set(id, known);
    return known;
  }

  #forget(id: string): void {
    this.#known.get(id)?.digest.stop();
    this.#known.delete(id);
  }

  #path(id: string): string {
    if (!/^[A-Za-z0-9_]+$/.test(id)) fail('BLOB_NOT_FOUND', 'There is no such upload.');
    return join(this.#folder, id);
  }

  #lastPath(id: string): string {
    return `${this.#path(id)}.last`;
  }
}

const isThere = async (path: string): Promise<boolean> => (await stat(path).catch(() => undefined)) !== undefined;
