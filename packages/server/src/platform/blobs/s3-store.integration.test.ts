import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListMultipartUploadsCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { collect, describeBlobStore, failingWith, inChunks } from './conformance.ts';
import { shardedKey } from './digest.ts';
import { openBlobStore, type S3BlobOptions } from './index.ts';

const env = process.env;
const endpoint = env['MILLWRIGHT_TEST_S3_ENDPOINT'];
const bucket = env['MILLWRIGHT_TEST_S3_BUCKET'] ?? 'millwright-test';
const credentials = {
  accessKeyId: env['MILLWRIGHT_TEST_S3_ACCESS_KEY'] ?? 'test',
  secretAccessKey: env['MILLWRIGHT_TEST_S3_SECRET_KEY'] ?? 'test',
};

async function openTestStore(overrides: Partial<S3BlobOptions> = {}) {
  const cacheDir = await mkdtemp(join(tmpdir(), 'blobs-s3-'));
  const keyPrefix = `${randomUUID()}/`;
  const connection = { region: 'us-east-1', endpoint: endpoint ?? '', credentials };
  const client = new S3Client({ ...connection, forcePathStyle: true });
  const options = { bucket, ...connection, pathStyle: true, keyPrefix, cacheDir, cacheLimitBytes: 1e9, ...overrides };
  const store = await openBlobStore({ kind: 's3', ...options });
  const keyOf = (digest: string) => keyPrefix + shardedKey(digest.slice(7));
  const localFileOf = (digest: string) => join(cacheDir, shardedKey(digest.slice(7)));
  const cleanUp = async () => {
    client.destroy();
    await rm(cacheDir, { recursive: true });
  };
  return { store, client, keyPrefix, keyOf, localFileOf, cleanUp };
}

const withServer = endpoint === undefined ? describe.skip : describe;
withServer(`blobs on S3 (${endpoint ?? 'skipped: set MILLWRIGHT_TEST_S3_ENDPOINT'})`, () => {
  describeBlobStore('blobs on S3', async () => {
    const { store, client, keyOf, localFileOf, cleanUp } = await openTestStore();
    const damage = async (digest: string, bytes: Uint8Array) => {
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: keyOf(digest), Body: bytes }));
      await rm(localFileOf(digest), { force: true });
    };
    return { store, damage, cleanUp };
  });

  it('fetches a damaged local copy anew', async () => {
    const { store, localFileOf, cleanUp } = await openTestStore();
    const { digest } = await store.put(Buffer.from('gears'));
    const path = await store.localPath(digest);
    expect(path).toBe(localFileOf(digest));
    await writeFile(path, 'geari!');
    expect(await readFile(await store.localPath(digest), 'utf8')).toBe('gears');
    await store.close();
    await cleanUp();
  });

  it('evicts the local copies used longest ago, but none handed out in the last quarter of an hour', async () => {
    let nowMs = Date.parse('2026-01-01T00:00:00Z');
    const { store, localFileOf, cleanUp } = await openTestStore({ cacheLimitBytes: 2500, nowMs: () => nowMs });
    const digests: string[] = [];
    for (let index = 0; index < 4; index++) digests.push((await store.put(randomBytes(1000))).digest);
    const [first = '', second = '', third = '', fourth = ''] = digests;
    const isLocal = async (digest: string) => (await stat(localFileOf(digest)).catch(() => undefined)) !== undefined;
    for (const digest of [first, second, third]) await store.localPath(digest);
    expect(await Promise.all(digests.map(isLocal))).toEqual([true, true, true, false]);
    nowMs += 3600_000;
    await store.localPath(first);
    expect(await Promise.all(digests.map(isLocal))).toEqual([true, false, true, false]);
    await store.localPath(fourth);
    expect(await Promise.all(digests.map(isLocal))).toEqual([true, false, false, true]);
    await store.close();
    await cleanUp();
  });

  it('aborts a multipart upload that fails', async () => {
    const { store, client, keyPrefix, cleanUp } = await openTestStore();
    const temp = await store.openTemp();
    await writeFile(temp.path, randomBytes(9 * 1024 * 1024));
    const { uploadFile } = await import('./s3-upload.ts');
    const sdk = await import('@aws-sdk/client-s3');
    const source = { path: temp.path, sizeBytes: 30 * 1024 * 1024, key: `${keyPrefix}broken`, mediaType: undefined };
    await expect(uploadFile({ client, sdk, bucket }, source)).rejects.toThrow('became shorter');
    const list = new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: keyPrefix });
    expect((await client.send(list)).Uploads ?? []).toEqual([]);
    await store.close();
    await cleanUp();
  });

  it('says what to do when the bucket does not exist', async () => {
    const { store, cleanUp } = await openTestStore({ bucket: `missing-${randomUUID()}` });
    const put = store.put(Buffer.from('gears'));
    await expect(put).rejects.toEqual(failingWith('STORAGE_UNAVAILABLE'));
    await expect(put).rejects.toThrow('does not exist. Create it');
    await expect(store.list()).rejects.toEqual(failingWith('STORAGE_UNAVAILABLE'));
    await store.close();
    await cleanUp();
  });

  it('streams a blob that another process stored, without a local copy', async () => {
    const { store, keyPrefix, cleanUp } = await openTestStore();
    const bytes = randomBytes(10 * 1024 * 1024);
    const { digest } = await store.put(inChunks(bytes));
    const other = await openTestStore({ keyPrefix });
    expect((await collect((await other.store.get(digest)).stream)).equals(bytes)).toBe(true);
    for (const opened of [store, other.store]) await opened.close();
    for (const remove of [cleanUp, other.cleanUp]) await remove();
  });
});
