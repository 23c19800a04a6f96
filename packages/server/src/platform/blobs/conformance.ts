import { randomBytes } from 'node:crypto';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ErrorCode } from '#platform/errors';
import { type BlobStore, digestOf } from './index.ts';

export interface StoreUnderTest {
  store: BlobStore;
  /** Replaces stored bytes behind the store's back, also any local copy. */
  damage(digest: string, bytes: Uint8Array): Promise<void>;
  cleanUp(): Promise<void>;
}

export async function collect(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  return buffer(stream);
}

/** Chunks of an odd size, so that no boundary of the storage falls on a chunk. */
export async function* inChunks(bytes: Uint8Array, chunkBytes = 1_000_003): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
}

export function failingWith(code: ErrorCode) {
  return expect.objectContaining({ name: 'MillwrightError', code });
}

const unknownDigest = digestOf(Buffer.from('never stored'));
const text = Buffer.from('gears and levers');

/** What every blob store promises; each adapter's test calls it. */
export function describeBlobStore(title: string, openForTest: () => Promise<StoreUnderTest>): void {
  describe(title, () => {
    let subject: StoreUnderTest;
    let store: BlobStore;
    beforeEach(async () => {
      subject = await openForTest();
      store = subject.store;
    });
    afterEach(async () => {
      await store.close();
      await subject.cleanUp();
    });

    it('stores bytes under their digest and gives them back', async () => {
      const stored = await store.put(text, { mediaType: 'text/plain' });
      expect(stored).toEqual({ digest: digestOf(text), sizeBytes: 16 });
      const { stream, ...about } = await store.get(stored.digest);
      expect(about).toEqual({ sizeBytes: 16, start: 0, end: 16 });
      expect(await collect(stream)).toEqual(text);
      expect(await store.stat(stored.digest)).toEqual(stored);
    });

    it('stores the empty blob', async () => {
      const { digest } = await store.put(new Uint8Array());
      expect(await collect((await store.get(digest)).stream)).toHaveLength(0);
      expect((await stat(await store.localPath(digest))).size).toBe(0);
      await expect(store.get(digest, { range: { start: 0 } })).rejects.toEqual(failingWith('RANGE_UNSATISFIABLE'));
    });

    it('stores the same bytes once', async () => {
      const [first, second] = await Promise.all([store.put(text), store.put(inChunks(text, 3))]);
      expect(second).toEqual(first);
      expect(await store.put(text)).toEqual(first);
      expect((await store.list()).blobs).toMatchObject([first]);
    });

    it('streams content larger than one part of an upload', async () => {
      const bytes = randomBytes(20 * 1024 * 1024 + 17);
      const { digest, sizeBytes } = await store.put(inChunks(bytes), { expectedDigest: digestOf(bytes) });
      expect(sizeBytes).toBe(bytes.byteLength);
      expect((await collect((await store.get(digest)).stream)).equals(bytes)).toBe(true);
      expect((await readFile(await store.localPath(digest))).equals(bytes)).toBe(true);
    });

    it('reads ranges and clamps them to the content', async () => {
      const { digest } = await store.put(text);
      const read = async (start: number, end?: number) => {
        const content = await store.get(digest, { range: end === undefined ? { start } : { start, end } });
        return [(await collect(content.stream)).toString(), content.start, content.end, content.sizeBytes];
      };
      expect(await read(0, 5)).toEqual(['gears', 0, 5, 16]);
      expect(await read(10)).toEqual(['levers', 10, 16, 16]);
      expect(await read(15, 900)).toEqual(['s', 15, 16, 16]);
      for (const range of [{ start: 16 }, { start: -1 }, { start: 5, end: 5 }, { start: 0.5 }, { start: Number.NaN }]) {
        await expect(store.get(digest, { range })).rejects.toEqual(failingWith('RANGE_UNSATISFIABLE'));
      }
    });

    it('refuses bytes that are not the announced ones and stores nothing', async () => {
      const put = store.put(inChunks(text), { expectedDigest: unknownDigest });
      await expect(put).rejects.toEqual(failingWith('BLOB_CORRUPT'));
      await expect(store.put(text, { expectedDigest: '../../etc/passwd' })).rejects.toEqual(
        failingWith('BLOB_CORRUPT'),
      );
      expect((await store.list()).blobs).toEqual([]);
    });

    it('stores nothing, and leaves no temporary file, when the source breaks off', async () => {
      const temp = await store.openTemp();
      const before = await readdir(dirname(temp.path));
      async function* broken() {
        yield text;
        throw new Error('the sender went away');
      }
      await expect(store.put(broken())).rejects.toThrow('the sender went away');
      expect((await store.list()).blobs).toEqual([]);
      expect(await readdir(dirname(temp.path))).toEqual(before);
    });

    it('notices damaged bytes before the last chunk is delivered', async () => {
      const bytes = randomBytes(3_000_000);
      const { digest } = await store.put(bytes);
      const damaged = Buffer.from(bytes);
      damaged[17] = (damaged[17] ?? 0) ^ 1;
      await subject.damage(digest, damaged);
      let receivedBytes = 0;
      const read = async () => {
        for await (const chunk of (await store.get(digest)).stream) receivedBytes += chunk.length;
      };
      await expect(read()).rejects.toEqual(failingWith('BLOB_CORRUPT'));
      expect(receivedBytes).toBeLessThan(bytes.byteLength);
      await expect(store.localPath(digest)).rejects.toEqual(failingWith('BLOB_CORRUPT'));
    });

    it('treats every string that is no digest as unknown', async () => {
      const hex = unknownDigest.slice(7);
      const strings = [unknownDigest, '', 'sha256:', hex, `sha256:${hex.toUpperCase()}`, `${unknownDigest}/..`];
      strings.push('../../../etc/passwd', `sha256:${'../'.repeat(21)}x`, `${unknownDigest}\n`, `${unknownDigest}\0`);
      for (const digest of strings) {
        expect(await store.stat(digest)).toBeUndefined();
        expect(await store.has(digest)).toBe(false);
        expect(await store.delete(digest)).toBe(false);
        await expect(store.get(digest)).rejects.toEqual(failingWith('BLOB_NOT_FOUND'));
        await expect(store.localPath(digest)).rejects.toEqual(failingWith('BLOB_NOT_FOUND'));
      }
    });

    it('deletes', async () => {
      const { digest } = await store.put(text);
      await store.localPath(digest);
      expect(await store.delete(digest)).toBe(true);
      expect(await store.delete(digest)).toBe(false);
      expect(await store.has(digest)).toBe(false);
      await expect(store.localPath(digest)).rejects.toEqual(failingWith('BLOB_NOT_FOUND'));
    });

    it('keeps what was put again since a given time', async () => {
      const { digest } = await store.put(Buffer.from('wanted again'));
      const [stored] = (await store.list()).blobs;
      expect(Math.abs((stored?.storedAt ?? 0) - Date.now())).toBeLessThan(60_000);
      expect(await store.delete(digest, { unlessStoredSince: stored?.storedAt ?? 0 })).toBe(false);
      expect(await store.has(digest)).toBe(true);
      expect(await store.delete(digest, { unlessStoredSince: (stored?.storedAt ?? 0) + 2000 })).toBe(true);
      expect(await store.has(digest)).toBe(false);
    });

    it('lists in order of digests, page by page', async () => {
      const digests: string[] = [];
      for (let index = 0; index < 23; index++) digests.push((await store.put(Buffer.from(`blob ${index}`))).digest);
      const listed: string[] = [];
      for (let after: string | undefined, pages = 0; pages === 0 || after !== undefined; pages++) {
        const page = await store.list(after === undefined ? { limit: 5 } : { after, limit: 5 });
        expect(page.blobs.length).toBeLessThanOrEqual(5);
        listed.push(...page.blobs.map((blob) => blob.digest));
        after = page.next;
      }
      expect(listed).toEqual(digests.sort());
    });

    it('takes over a file that was produced in place', async () => {
      const temp = await store.openTemp('.parquet');
      await writeFile(temp.path, text);
      const stored = await store.putFile(temp.path);
      expect(stored).toEqual({ digest: digestOf(text), sizeBytes: 16 });
      await expect(stat(temp.path)).rejects.toThrow('ENOENT');
      expect(await readFile(await store.localPath(stored.digest))).toEqual(text);
      await temp.discard();
    });

    it('discards a produced file and refuses suffixes that could change the folder', async () => {
      const temp = await store.openTemp('.csv');
      await writeFile(temp.path, text);
      await temp.discard();
      await expect(stat(temp.path)).rejects.toThrow('ENOENT');
      await expect((async () => store.openTemp('/../x'))()).rejects.toThrow(TypeError);
    });

    it('gives concurrent callers the same verified local copy', async () => {
      const { digest } = await store.put(text);
      const paths = await Promise.all(Array.from({ length: 8 }, () => store.localPath(digest)));
      expect(new Set(paths).size).toBe(1);
      expect(await readFile(paths[0] ?? '')).toEqual(text);
    });

    describe('in parts', () => {
      const partBytes = 5 * 1024 * 1024;
      const bytes = randomBytes(2 * partBytes + 1000);
      const part = (number: number) => inChunks(bytes.subarray((number - 1) * partBytes, number * partBytes));
      const startOf = (number: number) => (number - 1) * partBytes;
      let made = 0;
      const begin = () => store.parts.begin(`upl_${Date.now()}_${made++}`);

      it('makes one blob of them, whatever order they come in, also when it is told twice', async () => {
        const upload = await begin();
        const last = await store.parts.put(upload, { number: 3, start: null }, part(3));
        const second = await store.parts.put(upload, { number: 2, start: startOf(2) }, part(2));
        await store.parts.put(upload, { number: 1, start: 0 }, inChunks(Buffer.alloc(partBytes)));
        const first = await store.parts.put(upload, { number: 1, start: 0 }, part(1));
        expect(first).toMatchObject({ number: 1, sizeBytes: partBytes });
        const parts = [first, second, last];
        const sealed = await store.parts.seal(upload, parts);
        expect(sealed).toEqual({ digest: digestOf(bytes), sizeBytes: bytes.byteLength });
        expect(await store.parts.seal(upload, parts)).toEqual(sealed);
        expect(await store.has(sealed.digest)).toBe(false);
        await store.parts.adopt(upload, sealed);
        await store.parts.adopt(upload, sealed);
        expect((await collect((await store.get(sealed.digest)).stream)).equals(bytes)).toBe(true);
        expect((await store.list()).blobs).toMatchObject([sealed]);
      });

      it('knows the digest of parts that came one behind the other, the last of them twice', async () => {
        const upload = await begin();
        const parts = [];
        for (const number of [1, 2, 3])
          parts.push(await store.parts.put(upload, { number, start: startOf(number) }, part(number)));
        await store.parts.put(upload, { number: 3, start: startOf(3) }, inChunks(Buffer.alloc(2000)));
        parts[2] = await store.parts.put(upload, { number: 3, start: startOf(3) }, part(3));
        expect((await store.parts.seal(upload, parts)).digest).toBe(digestOf(bytes));
      });

      it('takes an empty part alone', async () => {
        const upload = await begin();
        const sealed = await store.parts.seal(upload, [
          await store.parts.put(upload, { number: 1, start: 0 }, inChunks(new Uint8Array())),
        ]);
        await store.parts.adopt(upload, sealed);
        expect(await store.stat(digestOf(new Uint8Array()))).toEqual(sealed);
      });

      it('gives up what is not wanted any more, twice over', async () => {
        const upload = await begin();
        await store.parts.put(upload, { number: 1, start: 0 }, part(1));
        await store.parts.discard(upload);
        await store.parts.discard(upload);
        expect((await store.list()).blobs).toEqual([]);
      });
    });
  });
}
