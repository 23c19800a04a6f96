import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listAudit } from '#platform/audit';
import { aClock, anApi, aPlatform, type TestApi, type TestPlatform } from '#platform/testing';
import { aRun } from '#testing';
import { experimentsOn } from '../fixtures/experiments-on.ts';
import { testStorages } from '../../testing/storages.ts';
import { experiments, type ExperimentsService } from '../index.ts';

const partBytes = 5 * 1024 * 1024;
const file = randomBytes(2 * partBytes + 1234);
const digestOf = (bytes: Buffer) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const bytes = { 'content-type': 'application/octet-stream' };

describe.each(testStorages())('a large file of a run on $name', ({ database, config }) => {
  const clock = aClock(Date.now());
  let test: TestPlatform;
  let api: TestApi;
  let service: ExperimentsService;
  let base: string;
  let run: string;
  beforeAll(async () => {
    test = await aPlatform({ database, clock, config: { ...config, '--max-upload-bytes': '50000000' } });
    ({ service } = experimentsOn(test.platform));
    api = await anApi(test, (served) => experiments.routes?.(served, service));
    run = (await aRun(service, test.ctx)).id;
    base = `/projects/default/runs/${run}`;
  });
  afterAll(async () => {
    await api.close();
    await test.close();
  });

  const begin = async (path: string, more: object = {}) =>
    (await api.send('POST', `${base}/uploads`, { path, sizeBytes: file.length, partBytes, ...more })).body;
  const append = (id: string, offset: number, content: Buffer) =>
    api.send('PUT', `${base}/uploads/${id}/content?offset=${offset}`, content, bytes);
  const files = async () =>
    ((await api.send('GET', `${base}/artifacts`)).body['items'] as { path: string }[]).map(({ path }) => path);
  const audits = async () =>
    (await listAudit(test.platform.database.db, { limit: 1000 })).items.filter(({ verb }) => verb === 'artifact.put');

  it('arrives in pieces and is seen once it is whole, under its digest', async () => {
    const upload = await begin('models/big.bin');
    expect(upload).toMatchObject({
      path: 'models/big.bin',
      partBytes,
      receivedBytes: 0,
      state: 'open',
      artifact: null,
    });
    const id = String(upload['id']);
    expect(await append(id, 0, file.subarray(0, partBytes + 99))).toMatchObject({
      status: 200,
      body: { receivedBytes: partBytes },
    });
    expect((await api.send('GET', `${base}/uploads/${id}`)).body).toMatchObject({ receivedBytes: partBytes });
    // Who asks again goes on with what he began.
    expect((await begin('models/big.bin'))['id']).toBe(id);
    expect((await begin('models/big.bin', { sizeBytes: 7 }))['id']).not.toBe(id);
    expect((await api.send('POST', `${base}/uploads/${id}/complete`)).status).toBe(409);
    expect((await append(id, partBytes, file.subarray(partBytes))).body).toMatchObject({ receivedBytes: file.length });
    expect(await files()).toEqual([]);
    const before = (await audits()).length;
    const first = await api.send('POST', `${base}/uploads/${id}/complete`, { digest: digestOf(file) });
    expect(first).toMatchObject({
      status: 200,
      body: { path: 'models/big.bin', digest: digestOf(file), sizeBytes: file.length },
    });
    expect((await api.send('POST', `${base}/uploads/${id}/complete`)).body).toEqual(first.body);
    expect((await audits()).length).toBe(before + 1);
    expect((await api.send('GET', `${base}/uploads/${id}`)).body).toMatchObject({
      state: 'complete',
      artifact: first.body,
    });
    expect((await append(id, file.length, Buffer.from('more'))).status).toBe(400);
    const content = await api.send('GET', `${base}/artifacts/content?path=models/big.bin`);
    expect(content.bytes.equals(file)).toBe(true);
    const { headers } = content;
    const rest = await api.send('GET', `${base}/artifacts/content?path=models/big.bin`, undefined, {
      range: `bytes=${partBytes}-`,
      'if-range': String(headers['etag']),
    });
    expect([rest.status, rest.bytes.equals(file.subarray(partBytes))]).toEqual([206, true]);
  });

  it('keeps the whole parts of a piece that breaks off', async () => {
    const id = String((await begin('cut.bin'))['id']);
    const broken = async function* () {
      yield file.subarray(0, partBytes + 1000);
      throw new Error('the line went dead');
    };
    await expect(service.appendUpload(test.ctx, run, id, { offset: 0, source: broken() })).rejects.toThrow('dead');
    expect((await service.getUpload(test.ctx, run, id)).receivedBytes).toBe(partBytes);
    expect((await append(id, partBytes, file.subarray(partBytes))).status).toBe(200);
    expect((await api.send('POST', `${base}/uploads/${id}/complete`)).body).toMatchObject({ digest: digestOf(file) });
  });

  it('goes on by a new request while the one before hangs on a dead connection', async () => {
    const id = String((await begin('hanging.bin'))['id']);
    const hanging = async function* () {
      yield file.subarray(0, 1000);
      await new Promise(() => undefined);
    };
    const first = service.appendUpload(test.ctx, run, id, { offset: 0, source: hanging() });
    const refused = expect(first).rejects.toMatchObject({ code: 'CONFLICT' });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await append(id, 0, file)).body).toMatchObject({ receivedBytes: file.length });
    await refused;
    expect((await api.send('POST', `${base}/uploads/${id}/complete`)).body).toMatchObject({ digest: digestOf(file) });
  });

  it('refuses what does not go on where it stopped, is too little, or too much', async () => {
    const id = String((await begin('refused.bin'))['id']);
    expect(await append(id, partBytes, file)).toMatchObject({ status: 409, body: { receivedBytes: 0 } });
    expect((await append(id, 0, file.subarray(0, 1000))).body).toMatchObject({ code: 'INVALID_INPUT' });
    expect((await append(id, 0, Buffer.concat([file, file]))).body).toMatchObject({ code: 'INVALID_INPUT' });
    expect((await api.send('PUT', `${base}/uploads/${id}/content?offset=0`, { a: 1 })).status).toBe(415);
    expect((await begin('large.bin', { sizeBytes: 50_000_001 }))['code']).toBe('BODY_TOO_LARGE');
    for (const path of ['../x', '/etc/passwd', 'a//b', 'a%2e%2e/b', 'C:\\x', 'a\u0000b', '.'])
      expect((await begin(path))['code'], path).toBe('INVALID_INPUT');
    for (const more of [{ partBytes: 10 }, { sizeBytes: 0 }, { sizeBytes: 1.5 }, { other: 1 }])
      expect((await begin('x', more))['code'], JSON.stringify(more)).toBe('INVALID_INPUT');
  });

  it('keeps nothing of bytes with another digest than the announced one', async () => {
    const before = (await test.platform.blobs.list()).blobs.length;
    const id = String((await begin('other.bin'))['id']);
    await append(id, 0, file);
    const digest = digestOf(Buffer.from('other'));
    const refused = await api.send('POST', `${base}/uploads/${id}/complete`, { digest });
    expect(refused).toMatchObject({ status: 422, body: { code: 'DATA_REFUSED' } });
    expect((await api.send('GET', `${base}/uploads/${id}`)).status).toBe(404);
    expect(await files()).not.toContain('other.bin');
    expect((await test.platform.blobs.list()).blobs).toHaveLength(before);
  });

  it('is of its run, its project and those who may write there', async () => {
    const other = (await aRun(service, test.ctx)).id;
    const id = String((await begin('mine.bin'))['id']);
    const elsewhere = `/projects/default/runs/${other}/uploads/${id}`;
    expect((await api.send('GET', elsewhere)).status).toBe(404);
    expect((await api.send('PUT', `${elsewhere}/content?offset=0`, file, bytes)).status).toBe(404);
    expect((await api.send('POST', `${elsewhere}/complete`)).status).toBe(404);
    expect((await api.send('DELETE', elsewhere)).status).toBe(404);
    const ctx = { ...test.ctx, project: 'other' };
    await expect(service.getUpload(ctx, run, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const nobody = { ...test.ctx, actor: { ...test.ctx.actor, id: 'somebody' } };
    const theirs = await service.beginUpload(
      nobody,
      { root: run, path: 'mine.bin' },
      { sizeBytes: file.length, partBytes },
    );
    expect(theirs.id).not.toBe(id);
    expect(
      (await api.send('POST', `/projects/default/runs/run_${'0'.repeat(26)}/uploads`, { path: 'x', sizeBytes: 1 }))
        .status,
    ).toBe(404);
  });

  it('is given up when it is told to, or when nothing more came for three days', async () => {
    const id = String((await begin('given-up.bin'))['id']);
    await append(id, 0, file);
    expect((await api.send('DELETE', `${base}/uploads/${id}`)).status).toBe(204);
    expect((await api.send('POST', `${base}/uploads/${id}/complete`)).status).toBe(404);
    const old = String((await begin('old.bin'))['id']);
    await append(old, 0, file);
    const { id: parts } = await service.beginParts(test.ctx, { root: run, path: 'parts.bin' }, 2);
    clock.advance(2 * 3_600_000);
    await expect(
      service.putPart({ project: 'default', upload: parts }, { number: 1, sizeBytes: 4 }, Buffer.from('late') as never),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect((await api.send('GET', `${base}/uploads/${old}`)).status).toBe(200);
    clock.advance(72 * 3_600_000);
    expect((await api.send('GET', `${base}/uploads/${old}`)).status).toBe(404);
    expect(await service.removeExpiredUploads()).toBeGreaterThan(2);
    expect(await service.removeExpiredUploads()).toBe(0);
    // What they became stays.
    expect((await api.send('GET', `${base}/artifacts/content?path=models/big.bin`)).bytes.equals(file)).toBe(true);
  });
});
