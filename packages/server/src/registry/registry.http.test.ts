import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Api } from '#platform/http';
import { anApi, testDatabases } from '#platform/testing';
import { aRegistry } from './fixtures/a-registry.ts';
import { routes } from './routes.ts';

describe.each(testDatabases)('the registry over HTTP on %s', (database) => {
  let test: Awaited<ReturnType<typeof aRegistry>>;
  let api: Api;
  const base = '/api/v1/projects/default';
  const send = (
    method: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE',
    url: string,
    options: { body?: unknown; headers?: Record<string, string> } = {},
  ) =>
    api.app.inject({
      method,
      url,
      headers: { host: 'localhost', ...options.headers },
      ...(options.body === undefined ? {} : { payload: options.body as object }),
    });
  const call = async (...input: Parameters<typeof send>) => {
    const reply = await send(...input);
    return { status: reply.statusCode, body: reply.json() as Record<string, never> };
  };

  beforeAll(async () => {
    test = await aRegistry({ database });
    ({ api } = await anApi(test, (served) => routes(served, test.service)));
  });
  afterAll(async () => {
    await api.app.close();
    await test.close();
  });

  it('create, register, decide, point an alias: every answer keeps the contract', async () => {
    expect(
      await call('POST', `${base}/models`, { body: { name: 'fraud', description: 'Card payments' } }),
    ).toMatchObject({
      status: 201,
      body: { name: 'fraud', approval: 'automatic', owner: 'local-owner', versionCount: 0, aliases: {} },
    });
    expect(await call('POST', `${base}/models`, { body: { name: 'fraud' } })).toMatchObject({
      status: 409,
      body: { code: 'NAME_TAKEN' },
    });
    const run = await test.aTrainedRun();
    const made = await call('POST', `${base}/models/fraud/versions`, { body: { runId: run.runId, note: 'first' } });
    expect(made).toMatchObject({
      status: 201,
      body: { number: 1, digest: run.modelDigest, approval: { state: 'pending', digest: null } },
    });
    const version = String(made.body['id']);
    expect(await call('PUT', `${base}/models/fraud/aliases/champion`, { body: { versionId: version } })).toMatchObject({
      status: 409,
      body: { code: 'CONFLICT' },
    });
    const decide = (body: object) => call('POST', `${base}/model-versions/${version}/approval`, { body });
    expect(await decide({ decision: 'reject', digest: run.modelDigest })).toMatchObject({ status: 400 });
    expect(
      await decide({ decision: 'approve', reason: 'looked at it', digest: `sha256:${'0'.repeat(64)}` }),
    ).toMatchObject({ status: 409, body: { code: 'STALE' } });
    expect(await decide({ decision: 'approve', reason: 'looked at it', digest: run.modelDigest })).toMatchObject({
      status: 200,
      body: { approval: { state: 'approved', by: 'local-owner', digest: run.modelDigest } },
    });
    expect(await decide({ decision: 'reject', reason: 'or not', digest: run.modelDigest })).toMatchObject({
      status: 409,
      body: { code: 'CONFLICT' },
    });
    expect(await call('PUT', `${base}/models/fraud/aliases/champion`, { body: { versionId: version } })).toMatchObject({
      status: 200,
      body: { aliases: { champion: { versionId: version, number: 1 } } },
    });
    expect((await call('GET', `${base}/model-versions/${version}`)).body).toMatchObject({ aliases: ['champion'] });
    expect((await call('GET', `${base}/models`)).body).toMatchObject({ items: [{ name: 'fraud', versionCount: 1 }] });
    expect((await call('GET', `${base}/models/fraud/versions`)).body).toMatchObject({ items: [{ number: 1 }] });
    expect((await call('DELETE', `${base}/models/fraud/aliases/champion`)).body).toMatchObject({ aliases: {} });
  });

  it('hands out the file, whole or in part, under its digest', async () => {
    await call('POST', `${base}/models`, { body: { name: 'files' } });
    const run = await test.aTrainedRun('0123456789');
    const { body } = await call('POST', `${base}/models/files/versions`, { body: { runId: run.runId } });
    const url = `${base}/model-versions/${String(body['id'])}/content`;
    const whole = await send('GET', url);
    expect([whole.statusCode, whole.body, whole.headers['etag'], whole.headers['content-length']]).toEqual([
      200,
      '0123456789',
      `"${run.modelDigest}"`,
      '10',
    ]);
    expect(whole.headers['content-disposition']).toContain('files-v1.onnx');
    const part = await send('GET', url, { headers: { range: 'bytes=2-4' } });
    expect([part.statusCode, part.body, part.headers['content-range']]).toEqual([206, '234', 'bytes 2-4/10']);
    expect((await send('GET', url, { headers: { range: 'bytes=-3' } })).body).toBe('789');
    expect((await send('GET', url, { headers: { range: 'bytes=99-' } })).statusCode).toBe(416);
  });

  it('changes and deletes models and versions, whatever they are called', async () => {
    const called = `${base}/models/${encodeURIComponent('Größe & Co. 100%')}`;
    expect(
      await call('POST', `${base}/models`, { body: { name: 'Größe & Co. 100%', approval: 'none' } }),
    ).toMatchObject({
      status: 201,
    });
    const run = await test.aTrainedRun('a model');
    const { body } = await call('POST', `${called}/versions`, { body: { runId: run.runId } });
    expect(body).toMatchObject({ approval: { state: 'approved', by: 'local-owner' }, source: null, format: 'onnx' });
    const version = `${base}/model-versions/${String(body['id'])}`;
    expect(await call('PATCH', version, { body: { note: 'noted', stage: 'Staging', tags: { a: '1' } } })).toMatchObject(
      { status: 200, body: { note: 'noted', stage: 'Staging', tags: { a: '1' } } },
    );
    expect((await call('PATCH', version, { body: { stage: 'staging' } })).status).toBe(400);
    expect(await call('PATCH', called, { body: { name: 'plain', tags: { team: 'risk' } } })).toMatchObject({
      status: 200,
      body: { name: 'plain', tags: { team: 'risk' } },
    });
    expect((await call('PATCH', `${base}/models/plain`, { body: { name: 'fraud' } })).body).toMatchObject({
      code: 'NAME_TAKEN',
    });
    expect((await send('DELETE', version)).statusCode).toBe(204);
    expect((await call('GET', version)).body).toMatchObject({ deletedAt: expect.any(Number) });
    expect((await send('DELETE', `${base}/models/plain`)).statusCode).toBe(204);
    expect((await send('DELETE', `${base}/models/plain`)).statusCode).toBe(404);
  });

  it('refuses what it does not know and names that are paths', async () => {
    for (const path of [
      'models/nobody',
      'models/nobody/versions',
      'model-versions/mv_01K9ZQ3M5D8V7W2X4Y6Z8A0B1C',
      'model-versions/mv_01K9ZQ3M5D8V7W2X4Y6Z8A0B1C/content',
    ])
      expect((await call('GET', `${base}/${path}`)).status).toBe(404);
    for (const name of ['..', '../x', 'a/b', 'a\u0000', '', 'a'.repeat(257), 7])
      expect((await call('POST', `${base}/models`, { body: { name } })).status).toBe(400);
    expect(
      await call('POST', `${base}/models/fraud/versions`, { body: { runId: 'run_01K9ZQ3M5D8V7W2X4Y6Z8A0B1C' } }),
    ).toMatchObject({ status: 400, body: { code: 'INVALID_REFERENCE' } });
    for (const alias of ['latest', 'V12', '%252e%252e', 'a%2Fb', 'a%00'])
      expect(
        (
          await call('PUT', `${base}/models/fraud/aliases/${alias}`, {
            body: { versionId: 'mv_01K9ZQ3M5D8V7W2X4Y6Z8A0B1C' },
          })
        ).status,
      ).toBe(400);
    expect(
      await call('PUT', `${base}/models/fraud/aliases/shadow`, {
        body: { versionId: 'mv_01K9ZQ3M5D8V7W2X4Y6Z8A0B1C' },
      }),
    ).toMatchObject({ status: 400, body: { code: 'INVALID_REFERENCE' } });
    expect((await call('DELETE', `${base}/models/fraud/aliases/shadow`)).status).toBe(404);
  });
});
