import { createHash, randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aDataDir, aProcess, type ProcessOptions, type ServerProcess } from './testing/process.ts';

const partBytes = 5 * 1024 * 1024;
const file = randomBytes(3 * partBytes + 77);
const digest = `sha256:${createHash('sha256').update(file).digest('hex')}`;

describe('a server that is killed while a large file arrives', () => {
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
  const blobsIn = (folder: string): string[] =>
    readdirSync(join(dir.path, 'blobs', folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => name);

  it.each([
    'upload.part-stored:3',
    'blob.half-written:5',
    'upload.hashed',
    'upload.sealed',
    'blob.before-rename',
    'upload.adopted',
    'change.before-commit',
    'change.after-commit',
  ] as const)('at %s goes on with what it acknowledged and has the file once', async (failurePoint) => {
    const first = await start();
    await first.send('POST', `${base}/experiments`, { name: 'files' });
    const run = (await first.send('POST', `${base}/runs`, { experiment: 'files' })).body as { id: string };
    const uploads = `${base}/runs/${run.id}/uploads`;
    const begun = await first.send('POST', uploads, { path: 'big.bin', sizeBytes: file.length, partBytes });
    const path = `${uploads}/${(begun.body as { id: string }).id}`;
    await first.stop();
    const second = await start({ failurePoint });
    const acknowledged = await send(second, path, 0);
    expect(await second.ended).toBe('SIGKILL');

    const third = await start();
    const { body } = await third.send('GET', path);
    const { receivedBytes, state } = body as { receivedBytes: number; state: string };
    expect(receivedBytes).toBeGreaterThanOrEqual(acknowledged);
    if (state === 'open') await send(third, path, receivedBytes);
    const complete = await third.send('POST', `${path}/complete`, { digest });
    expect(complete).toMatchObject({ status: 200, body: { path: 'big.bin', digest, sizeBytes: file.length } });
    const content = await fetch(`${third.address}${base}/runs/${run.id}/artifacts/content?path=big.bin`);
    expect(Buffer.from(await content.arrayBuffer()).equals(file)).toBe(true);
    const rows = (await third.send('GET', '/api/v1/audit?limit=1000')).body as { items: { verb: string }[] };
    expect(rows.items.filter(({ verb }) => verb === 'artifact.put')).toHaveLength(1);
    expect(blobsIn('sha256')).toEqual([digest.slice('sha256:'.length)]);
    expect(blobsIn('uploads')).toEqual([]);
    expect((await third.send('GET', '/api/v1/audit/verdict')).body).toMatchObject({ intact: true });
  });
});
