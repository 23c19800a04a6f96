import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failingWith } from './conformance.ts';
import { type BlobStore, digestOf, openBlobStore } from './index.ts';

/** A server that refuses in the ways real ones do, which a friendly test server never shows. */
describe('refusals of the object storage', () => {
  let server: Server;
  let cacheDir: string;
  let store: BlobStore;
  let answer: { status: number; code: string };
  let requestCount: number;

  beforeEach(async () => {
    requestCount = 0;
    server = createServer((request, response) => {
      requestCount++;
      request.resume();
      request.on('end', () => {
        const status = request.method === 'HEAD' ? 404 : answer.status;
        response.writeHead(status, { 'content-type': 'application/xml' });
        response.end(
          request.method === 'HEAD' ? '' : `<Error><Code>${answer.code}</Code><Message>no</Message></Error>`,
        );
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    cacheDir = await mkdtemp(join(tmpdir(), 'blobs-s3-'));
    store = await openBlobStore({
      kind: 's3',
      bucket: 'models',
      region: 'us-east-1',
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
      pathStyle: true,
      attempts: 2,
      cacheDir,
      cacheLimitBytes: 1e6,
    });
  });
  afterEach(async () => {
    await store.close();
    server.close();
    await rm(cacheDir, { recursive: true });
  });

  it.each([
    [403, 'AccessDenied', 'STORAGE_UNAVAILABLE', 'refused access (AccessDenied)'],
    [403, 'SignatureDoesNotMatch', 'STORAGE_UNAVAILABLE', 'Check the access key'],
    [404, 'NoSuchBucket', 'STORAGE_UNAVAILABLE', 'does not exist. Create it'],
    [301, 'PermanentRedirect', 'STORAGE_UNAVAILABLE', 'Correct the region'],
    [507, 'XMinioStorageFull', 'STORAGE_FULL', 'Free space or raise its quota'],
    [400, 'QuotaExceeded', 'STORAGE_FULL', 'Free space or raise its quota'],
    [503, 'SlowDown', 'STORAGE_UNAVAILABLE', 'SlowDown, status 503'],
  ] as const)('explains %d %s', async (status, code, expected, advice) => {
    answer = { status, code };
    const put = store.put(Buffer.from('gears'));
    await expect(put).rejects.toEqual(failingWith(expected));
    await expect(put).rejects.toThrow(advice);
  });

  it('tries again before it gives up', async () => {
    answer = { status: 503, code: 'SlowDown' };
    await expect(store.put(Buffer.from('gears'))).rejects.toEqual(failingWith('STORAGE_UNAVAILABLE'));
    // One HEAD, then the PUT twice.
    expect(requestCount).toBe(3);
  });

  it('explains a storage that does not answer, and names it', async () => {
    server.close();
    server.closeAllConnections();
    const get = store.get(digestOf(Buffer.from('gears')));
    await expect(get).rejects.toEqual(failingWith('STORAGE_UNAVAILABLE'));
    await expect(get).rejects.toThrow(/bucket models at http:\/\/127\.0\.0\.1:\d+ does not answer/);
  });
});
