import { createReadStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fail } from '#platform/errors';
import { resolveRange } from './byte-range.ts';
import { type Digest, digestFromHex, digestHex, shardedKey } from './digest.ts';
import { flush, hashFile, renameDurably, writeDurably } from './durable-file.ts';
import type {
  BlobContent,
  BlobPage,
  BlobReference,
  BlobStore,
  ByteRange,
  Inflow,
  PutOptions,
  StoredBlob,
  TempFile,
} from './port.ts';
import { onDisk } from './storage-errors.ts';
import { FileBytes } from './file-bytes.ts';
import { FileParts } from './file-parts.ts';
import { TempFolder } from './temp-folder.ts';
import { corruptDetail, verified } from './verified-stream.ts';

const rememberedFiles = 1000;

/** Blobs as files: `<root>/sha256/ab/abcd...`, unfinished ones in `<root>/temp/`. */
export class FileBlobStore implements BlobStore {
  readonly #root: string;
  readonly #temp: TempFolder;
  readonly parts: FileParts;
  /** Identity (size, time, inode) of files whose bytes were verified, so that each is hashed once per process. */
  readonly #verified = new Map<string, Promise<string>>();

  /** Where reads of a file began. */
  readonly #readBefore = new Map<string, Set<number>>();

  constructor(root: string) {
    this.#root = root;
    this.#temp = new TempFolder(join(root, 'temp'));
    this.parts = new FileParts(root, (path, reference) => this.#adopt(path, reference, {}));
  }

  async open(): Promise<this> {
    await onDisk(this.#root, async () => {
      await mkdir(join(this.#root, 'sha256'), { recursive: true });
      await this.#temp.open();
      await this.parts.open();
    });
    return this;
  }

  async put(source: Inflow | Uint8Array, options: PutOptions = {}): Promise<BlobReference> {
    return onDisk(this.#root, async () => {
      const path = this.#temp.filePath('.partial');
      try {
        return await this.#adopt(path, await writeDurably(path, source, { isDirect: true }), options);
      } catch (error) {
        await rm(path, { force: true });
        throw error;
      }
    });
  }

  async putFile(path: string, options: PutOptions = {}): Promise<BlobReference> {
    return onDisk(this.#root, async () => {
      const moved = this.#temp.filePath('.partial');
      try {
        await rename(path, moved);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
        const reference = await this.put(createReadStream(path), options);
        await rm(path);
        return reference;
      }
      const reference = await hashFile(moved);
      await flush(moved);
      return await this.#adopt(moved, reference, options);
    });
  }

  /** Renames over an existing file as well: that heals a damaged one, and open readers keep the bytes they opened. */
  async #adopt(path: string, reference: BlobReference, options: PutOptions): Promise<BlobReference> {
    const { expectedDigest } = options;
    if (expectedDigest !== undefined && expectedDigest !== reference.digest) {
      await rm(path, { force: true });
      fail('BLOB_CORRUPT', `The bytes received have the digest ${reference.digest}, announced was ${expectedDigest}.`);
    }
    const target = this.#path(reference.digest);
    // A file may have been written long before it is moved here: its time says when it was put.
    const now = new Date();
    await utimes(path, now, now);
    await renameDurably(path, target);
    this.#readBefore.delete(target);
    this.#verified.set(reference.digest, identity(target));
    return reference;
  }

  async get(digest: string, options: { range?: ByteRange } = {}): Promise<BlobContent> {
    const found = await this.stat(digest);
    if (!found) return fail('BLOB_NOT_FOUND', `There is no content ${digest}.`);
    const { sizeBytes } = found;
    const path = this.#path(found.digest);
    if (options.range) {
      const { start, end } = resolveRange(options.range, sizeBytes);
      return { stream: this.#read(path, { start, end }), sizeBytes, start, end };
    }
    return { stream: await this.#readWhole(path, found), sizeBytes, start: 0, end: sizeBytes };
  }

  async stat(digest: string): Promise<BlobReference | undefined> {
    const found = await this.#statStored(digest);
    return found && { digest: found.digest, sizeBytes: found.sizeBytes };
  }

  async #statStored(digest: string): Promise<StoredBlob | undefined> {
    const hex = digestHex(digest);
    if (hex === undefined) return undefined;
    const found = await onDisk(this.#root, () => statIfThere(this.#path(digest as Digest)));
    return found && { digest: digestFromHex(hex), sizeBytes: found.size, storedAt: Math.floor(found.mtimeMs) };
  }

  async has(digest: string): Promise<boolean> {
    return (await this.stat(digest)) !== undefined;
  }

  async delete(digest: string, options: { unlessStoredSince?: number } = {}): Promise<boolean> {
    const { unlessStoredSince = Number.POSITIVE_INFINITY } = options;
    const found = await this.#statStored(digest);
    if (!found || found.storedAt >= unlessStoredSince) return false;
    const path = this.#path(found.digest);
    return onDisk(this.#root, async () => {
      // Taken away first and looked at again: whoever puts the same bytes meanwhile makes a new file at the path.
      const taken = this.#temp.filePath('.deleted');
      try {
        await rename(path, taken);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
        throw error;
      }
      if ((await stat(taken)).mtimeMs >= unlessStoredSince) {
        await rename(taken, path);
        return false;
      }
      this.#verified.delete(digest);
      await rm(taken);
      return true;
    });
  }

  async list(options: { after?: string; limit?: number } = {}): Promise<BlobPage> {
    const limit = Math.min(options.limit ?? 1000, 1000);
    const after = digestHex(options.after ?? '') ?? '';
    const blobs = await onDisk(this.#root, async () => {
      const found: StoredBlob[] = [];
      for (const shard of (await readdir(join(this.#root, 'sha256'))).sort()) {
        if (shard < after.slice(0, 2)) continue;
        for (const hex of (await readdir(join(this.#root, 'sha256', shard))).sort()) {
          const entry = hex > after ? await this.#statStored(digestFromHex(hex)) : undefined;
          if (entry) found.push(entry);
          if (found.length > limit) return found;
        }
      }
      return found;
    });
    const page = blobs.slice(0, limit);
    const last = page.at(-1);
    return blobs.length > limit && last ? { blobs: page, next: last.digest } : { blobs: page };
  }

  async localPath(digest: string): Promise<string> {
    const found = await this.stat(digest);
    if (!found) return fail('BLOB_NOT_FOUND', `There is no content ${digest}.`);
    const path = this.#path(found.digest);
    return onDisk(this.#root, async () => {
      if (await this.#isVerified(found.digest, path)) return path;
      const verification = this.#verify(path, found.digest);
      this.#verified.set(digest, verification);
      await verification.catch((error: unknown) => {
        this.#verified.delete(digest);
        throw error;
      });
      return path;
    });
  }

  async #readWhole(path: string, { digest, sizeBytes }: BlobReference): Promise<Readable> {
    const bytes = this.#read(path, { start: 0, end: sizeBytes });
    if (await this.#isVerified(digest, path)) return bytes;
    const before = await identity(path);
    return verified(bytes, digest, () => this.#verified.set(digest, Promise.resolve(before)));
  }

  /** What is read for the first time goes past the page cache; what is read again is let in. */
  #read(path: string, span: { start: number; end: number }): Readable {
    const starts = this.#readBefore.get(path) ?? new Set();
    const isDirect = !starts.has(span.start);
    this.#readBefore.set(path, starts.add(span.start));
    if (this.#readBefore.size > rememberedFiles)
      for (const oldest of this.#readBefore.keys().take(1)) this.#readBefore.delete(oldest);
    return new FileBytes(path, span, { isDirect });
  }

  /** The very file that was hashed before: nobody wrote to it since. */
  async #isVerified(digest: Digest, path: string): Promise<boolean> {
    const known = await this.#verified.get(digest)?.catch(() => undefined);
    return known !== undefined && known === (await identity(path));
  }

  async #verify(path: string, digest: Digest): Promise<string> {
    const before = await identity(path);
    const actual = await hashFile(path);
    if (actual.digest !== digest) fail('BLOB_CORRUPT', corruptDetail(digest, actual.digest));
    return before;
  }

  async openTemp(suffix = ''): Promise<TempFile> {
    if (!/^[A-Za-z0-9.]*$/.test(suffix)) throw new TypeError(`Not a file name suffix: ${suffix}`);
    const path = this.#temp.filePath(suffix);
    const discard = () => rm(path, { force: true });
    return { path, discard, [Symbol.asyncDispose]: discard };
  }

  async removeStale(): Promise<void> {
    await onDisk(this.#root, async () => {
      await this.#temp.removeStale();
      await this.parts.removeStale();
    });
  }

  async close(): Promise<void> {
    await this.#temp.close();
  }

  #path(digest: Digest): string {
    return join(this.#root, shardedKey(digest.slice('sha256:'.length)));
  }
}

async function statIfThere(path: string) {
  try {
    return await stat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function identity(path: string): Promise<string> {
  const found = await stat(path);
  return `${found.size}-${found.mtimeMs}-${found.ino}`;
}
