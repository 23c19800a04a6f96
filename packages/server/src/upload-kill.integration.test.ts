import { createHash, randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { needs, s3Settings } from '../../../scripts/testing/needs.ts';
import { aPostgresSchema } from '#platform/testing';
import { aDataDir, aProcess, type ProcessOptions, type ServerProcess } from './testing/process.ts';
import { s3Config } from './testing/storages.ts';

const partBytes = 5 * 1024 * 1024;
const file = randomBytes(3 * partBytes + 77);
const digest = `sha256:${createHash('sha256').update(file).digest('hex')}`;

const base = '/api/v1/projects/default';
const append = async (server: ServerProcess, path: string, offset: number) => {
  const reply = await fetch(`${server.address}${path}/content?offset=${offset}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/octet-stream' },
    body: file.subarray(offset, offset + partBytes),
  });
  return (await reply.json()) as { receivedBytes: number };
};
/** As far as it comes. Answers what was acknowledged. */
const send = async (server: ServerProcess, path: string, from: number) => {
  let received = from;
  try {
    while (received < file.length) received = (await append(server, path, received)).receivedBytes;
    await server.send('POST', `${path}/complete`, { digest });
  } catch {
    await server.ended;
  }
  return received;
};
const begin = async (server: ServerProcess) => {
  await server.send('POST', `${base}/experiments`, { name: 'files' });
  const run = (await server.send('POST', `${base}/runs`, { experiment: 'files' })).body as { id: string };
  const uploads = `${base}/runs/${run.id}/uploads`;
  const begun = await server.send('POST', uploads, { path: 'big.bin', sizeBytes: file.length, partBytes });
  return { run: run.id, path: `${uploads}/${(begun.body as { id: string }).id}` };
};
/** On the server after the one that was killed: it goes on from what was acknowledged, and the file is there once. */
const expectFinished = async (server: ServerProcess, at: { run: string; path: string }, acknowledged: number) => {
  const { body } = await server.send('GET', at.path);
  const { receivedBytes, state } = body as { receivedBytes: number; state: string };
  expect(receivedBytes).toBeGreaterThanOrEqual(acknowledged);
  if (state === 'open') await send(server, at.path, receivedBytes);
  const complete = await server.send('POST', `${at.path}/complete`, { digest });
  expect(complete).toMatchObject({ status: 200, body: { path: 'big.bin', digest, sizeBytes: file.length } });
  const content = await fetch(`${server.address}${base}/runs/${at.run}/artifacts/content?path=big.bin`);
  expect(Buffer.from(await content.arrayBuffer()).equals(file)).toBe(true);
  const rows = (await server.send('GET', '/api/v1/audit?limit=1000')).body as { items: { verb: string }[] };
  expect(rows.items.filter(({ verb }) => verb === 'artifact.put')).toHaveLength(1);
  expect((await server.send('GET', '/api/v1/audit/verdict')).body).toMatchObject({ intact: true });
};

let dir: ReturnType<typeof aDataDir>;
const running: ServerProcess[] = [];
beforeEach(() => {
  dir = aDataDir();
});
afterEach(async () => {
  for (const server of running.splice(0)) await server.stop();
  dir.remove();
});
const start = async (options: ProcessOptions = {}) => {
  const server = await aProcess({ dataDir: dir.path, ...options });
  running.push(server);
  return server;
};

describe('a server that is killed while a large file arrives', () => {
  const blobsIn = (folder: string): string[] =>
    readdirSync(join(dir.path, 'blobs', folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => name);

  it.each([
    'upload.part-stored:3',
    'blob.half-written:12',
    'upload.hashed',
    'upload.sealed',
    'blob.before-rename',
    'upload.adopted',
    'change.before-commit',
    'change.after-commit',
  ] as const)('at %s goes on with what it acknowledged and has the file once', async (failurePoint) => {
    const first = await start();
    const at = await begin(first);
    await first.stop();
    const second = await start({ failurePoint });
    const acknowledged = await send(second, at.path, 0);
    expect(await second.ended).toBe('SIGKILL');
    await expectFinished(await start(), at, acknowledged);
    expect(blobsIn('sha256')).toEqual([digest.slice('sha256:'.length)]);
    expect(blobsIn('uploads')).toEqual([]);
  });
});

needs('postgres', 's3')('a server on PostgreSQL and S3 that is killed while a large file arrives', () => {
  const objectsIn = async (folder: string): Promise<string[]> => {
    const { bucket, endpoint, accessKey, secretKey } = s3Settings();
    const credentials = { accessKeyId: accessKey, secretAccessKey: secretKey };
    const client = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials });
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: folder }));
    client.destroy();
    return Contents.map(({ Key = '' }) => Key);
  };

  it.each(['upload.part-stored:3', 'upload.sealed', 'upload.adopted'] as const)(
    'at %s goes on with what it acknowledged and has the file once',
    async (failurePoint) => {
      // A folder of its own: nobody else has put this content there.
      const config = s3Config(`upload-kill-${failurePoint.replace(':', '-')}`);
      const where = { databaseUrl: await aPostgresSchema(), flags: Object.entries(config).flat() };
      const first = await start({ ...where, failurePoint });
      const at = await begin(first);
      const acknowledged = await send(first, at.path, 0);
      expect(await first.ended).toBe('SIGKILL');
      await expectFinished(await start(where), at, acknowledged);
      expect(await objectsIn(config['--s3-prefix'] ?? '')).toEqual([
        expect.stringContaining(digest.slice('sha256:'.length)),
      ]);
    },
  );
});
