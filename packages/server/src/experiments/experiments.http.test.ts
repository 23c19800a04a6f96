import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DataService } from '#data';
import { lineage } from '#lineage';
import { listAudit } from '#platform/audit';
import { anApi, aPlatform, type TestApi, type TestPlatform } from '#platform/testing';
import { aDatasetVersion, aRun } from '#testing';
import { experimentsOn } from './fixtures/experiments-on.ts';
import { testStorages } from '../testing/storages.ts';
import { experiments, type ExperimentsService } from './index.ts';

const base = '/projects/default';
const bytes = { 'content-type': 'application/octet-stream' };
const json = { 'content-type': 'application/json' };
const unknownRun = `${base}/runs/run_00000000000000000000000000`;

describe.each(testStorages())('experiments over HTTP on $name', ({ database, config }) => {
  let test: TestPlatform;
  let api: TestApi;
  let service: ExperimentsService;
  let datasets: DataService;
  beforeAll(async () => {
    test = await aPlatform({ database, config: { ...config, '--max-upload-bytes': '100000' } });
    const made = experimentsOn(test.platform);
    ({ service, datasets } = made);
    api = await anApi(test, (served) => {
      lineage.routes?.(served, made.graph);
      experiments.routes?.(served, service);
    });
  });
  afterAll(async () => {
    await api.close();
    await test.close();
  });

  const audits = async () => (await listAudit(test.platform.database.db, { limit: 1000 })).items.length;
  const blobs = async () => (await test.platform.blobs.list()).blobs.length;
  /** Nothing of a refused request may be left. */
  const traces = async (runId?: string) => ({
    audits: await audits(),
    blobs: await blobs(),
    run: runId === undefined ? null : (await api.send('GET', `${base}/runs/${runId}`)).body,
  });

  it('takes a run from its start to its end', async () => {
    const version = await aDatasetVersion(datasets, test.ctx);
    expect(await api.send('POST', `${base}/experiments`, { name: 'fraud' })).toMatchObject({
      status: 201,
      body: { name: 'fraud', runCount: 0, lastRunAt: null },
    });
    const started = await api.send('POST', `${base}/runs`, {
      experiment: 'fraud',
      name: 'first try',
      datasetVersionId: version.id,
      parameters: { depth: '6' },
      tags: { team: 'risk' },
    });
    expect(started).toMatchObject({ status: 201, body: { status: 'running', owner: 'local-owner' } });
    const path = `${base}/runs/${started.body['id']}`;
    const points = [
      { key: 'auc', value: 0.5, step: 1 },
      { key: 'auc', value: 'NaN', step: 2 },
    ];
    expect(await api.send('POST', `${path}/metrics`, { points })).toMatchObject({ status: 204 });
    expect(await api.send('GET', `${path}/metrics/history?key=auc`)).toMatchObject({
      status: 200,
      body: {
        total: 2,
        sampled: false,
        points: [
          { step: 1, value: 0.5 },
          { step: 2, value: 'NaN' },
        ],
      },
    });
    const ended = await api.send('PATCH', path, { status: 'finished', note: 'good' });
    expect(ended).toMatchObject({
      status: 200,
      body: { status: 'finished', metrics: { auc: { last: 'NaN', min: 0.5 } } },
    });
    expect((await api.send('GET', path)).body).toEqual(ended.body);
    const filter = encodeURIComponent('metrics.auc.min >= 0.5 and tags.team = "risk"');
    expect((await api.send('GET', `${base}/runs?experiment=fraud&filter=${filter}`)).body).toEqual({
      items: [ended.body],
      nextCursor: null,
    });
    expect((await api.send('GET', `${base}/experiments/fraud`)).body).toMatchObject({ runCount: 1 });
    expect((await api.send('GET', `${base}/experiments`)).body['items']).toHaveLength(1);
    const graph = await api.send('GET', `${base}/lineage/run/${started.body['id']}?direction=up`);
    expect(graph.body['nodes'].map((node: { type: string }) => node.type)).toEqual([
      'run',
      'dataset-version',
      'dataset',
    ]);
  });

  it('stores a file and answers it as an attachment that nothing can run, whole and in ranges', async () => {
    const { id } = await aRun(service, test.ctx);
    const path = `${base}/runs/${id}/artifacts`;
    const page = '<script>alert(1)</script>';
    const stored = await api.send('PUT', `${path}?path=report/page.html`, page, bytes);
    expect(stored).toMatchObject({ status: 201, body: { sizeBytes: 25, mediaType: 'application/octet-stream' } });
    const read = (range = '') => api.send('GET', `${path}/content?path=report/page.html`, undefined, { range });
    expect(await read()).toMatchObject({
      status: 200,
      bytes: Buffer.from(page),
      headers: {
        'content-type': 'application/octet-stream',
        'content-disposition': 'attachment; filename=page.html',
        'content-security-policy': "sandbox; default-src 'none'",
        'x-content-type-options': 'nosniff',
      },
    });
    const part = await read('bytes=1-6');
    expect(part).toMatchObject({ status: 206, headers: { 'content-range': 'bytes 1-6/25' } });
    expect(part.bytes.toString()).toBe('script');
    expect((await read('bytes=25-')).status).toBe(416);
    expect((await api.send('GET', path)).body['items']).toEqual([stored.body]);
    const empty = await api.send('PUT', `${path}?path=empty.json`, Buffer.alloc(0), bytes);
    expect(empty).toMatchObject({ status: 201, body: { sizeBytes: 0, mediaType: 'application/json' } });
    expect((await api.send('GET', `${path}/content?path=empty.json`)).bytes).toHaveLength(0);
  });

  it.each([
    '',
    '.',
    '..',
    '../x',
    'a/../b',
    'a/..',
    './a',
    'a/./b',
    '/etc/passwd',
    '//host/x',
    'a//b',
    'a/',
    '..\\x',
    'a\\b',
    'C:\\x',
    'c:x',
    '%2e%2e/x',
    '%252e%252e%252fx',
    'a%00',
    'a\u0000b',
    'a\nb',
    'a#b',
    'a?b',
    'file://x',
    'a*',
    'x'.repeat(501),
  ])('refuses %j as the path of a file', async (name) => {
    const { id } = await aRun(service, test.ctx);
    const before = await traces(id);
    const at = `path=${encodeURIComponent(name)}`;
    const put = await api.send('PUT', `${base}/runs/${id}/artifacts?${at}`, 'x', bytes);
    expect(put).toMatchObject({ status: 400, body: { code: 'INVALID_INPUT' } });
    expect((await api.send('GET', `${base}/runs/${id}/artifacts/content?${at}`)).status).toBe(400);
    expect(await traces(id)).toEqual(before);
  });

  it('takes names that only look dangerous', async () => {
    const { id } = await aRun(service, test.ctx);
    for (const name of ['...', 'a..b', '.hidden', 'ü/日本.txt', "a'b; drop table runs", '__proto__', 'a b'])
      expect(
        await api.send('PUT', `${base}/runs/${id}/artifacts?path=${encodeURIComponent(name)}`, name, bytes),
      ).toMatchObject({ status: 201 });
    const read = await api.send('GET', `${base}/runs/${id}/artifacts/content?path=${encodeURIComponent('ü/日本.txt')}`);
    expect(read.bytes.toString()).toBe('ü/日本.txt');
  });

  it('refuses files that are too large, of another type, or for no run, and keeps nothing', async () => {
    const { id } = await aRun(service, test.ctx);
    const before = await traces(id);
    const put = (run: string, body: string | Buffer, headers: Record<string, string>) =>
      api.send('PUT', `${run}/artifacts?path=a`, body, headers);
    expect((await put(`${base}/runs/${id}`, Buffer.alloc(100_001), bytes)).status).toBe(413);
    expect((await put(`${base}/runs/${id}`, 'a,b', { 'content-type': 'text/csv' })).status).toBe(415);
    expect((await put(`${base}/runs/${id}`, '{}', json)).status).toBe(415);
    expect((await put(unknownRun, 'x', bytes)).status).toBe(404);
    expect(await traces(id)).toEqual(before);
  });

  it.each<[string, object | string]>([
    ['no points', { points: [] }],
    ['too many points', { points: Array.from({ length: 10_001 }, () => ({ key: 'a', value: 1 })) }],
    ['NaN as a bare word', '{"points":[{"key":"a","value":NaN}]}'],
    ['a text as value', { points: [{ key: 'a', value: '1' }] }],
    ['another spelling of infinity', { points: [{ key: 'a', value: 'inf' }] }],
    ['null', { points: [{ key: 'a', value: null }] }],
    ['a fraction as step', { points: [{ key: 'a', value: 1, step: 1.5 }] }],
    ['a step beyond what a number holds', { points: [{ key: 'a', value: 1, step: 2 ** 53 }] }],
    ['an instant before time', { points: [{ key: 'a', value: 1, at: -1 }] }],
    ['a key with NUL', { points: [{ key: 'a\u0000', value: 1 }] }],
    ['an endless key', { points: [{ key: 'a'.repeat(251), value: 1 }] }],
    ['an unknown property', { points: [{ key: 'a', value: 1, x: 1 }] }],
    ['one bad point among good ones', { points: [{ key: 'a', value: 1 }, { key: 'a' }] }],
  ])('refuses metrics with %s, all or nothing', async (_what, body) => {
    const { id } = await aRun(service, test.ctx);
    const before = await traces(id);
    const answer = await api.send('POST', `${base}/runs/${id}/metrics`, body, typeof body === 'string' ? json : {});
    expect(answer.status).toBe(400);
    expect(await traces(id)).toEqual(before);
  });

  it('takes the greatest and the smallest numbers there are, and refuses what JSON makes infinite', async () => {
    const { id } = await aRun(service, test.ctx);
    const values = [Number.MAX_VALUE, -Number.MAX_VALUE, Number.MIN_VALUE, 2 ** 53 + 2, 0.1];
    const points = values.map((value, index) => ({
      key: 'a',
      value,
      step: index === 0 ? Number.MAX_SAFE_INTEGER : -index,
    }));
    expect((await api.send('POST', `${base}/runs/${id}/metrics`, { points })).status).toBe(204);
    const { body } = await api.send('GET', `${base}/runs/${id}/metrics/history?key=a`);
    expect(new Set(body['points'].map((point: { value: number }) => point.value))).toEqual(new Set(values));
    const huge = await api.send('POST', `${base}/runs/${id}/metrics`, '{"points":[{"key":"b","value":1e999}]}', json);
    expect(huge.status).toBe(400);
  });

  it.each<[string, object]>([
    ['no experiment', {}],
    ['an experiment that does not exist', { experiment: 'nowhere' }],
    ['a path as experiment', { experiment: '../x' }],
    ['a parent that does not exist', { experiment: 'known', parentRunId: 'run_00000000000000000000000000' }],
    ['a parent that is no id', { experiment: 'known', parentRunId: "' or 1=1" }],
    [
      'a data set version that does not exist',
      { experiment: 'known', datasetVersionId: 'dsv_00000000000000000000000000' },
    ],
    ['a number as parameter', { experiment: 'known', parameters: { a: 1 } }],
    ['NUL in a parameter', { experiment: 'known', parameters: { a: 'x\u0000' } }],
    ['NUL in a tag', { experiment: 'known', tags: { a: '\u0000' } }],
    ['NUL in a key', { experiment: 'known', tags: { 'a\u0000': '' } }],
    ['an endless parameter', { experiment: 'known', parameters: { a: 'x'.repeat(6001) } }],
    ['a name of two lines', { experiment: 'known', name: 'a\nb' }],
    ['an unknown property', { experiment: 'known', status: 'finished' }],
  ])('refuses to start a run with %s', async (_what, body) => {
    await service.ensureExperiment(test.ctx, 'known');
    const before = await traces();
    const answer = await api.send('POST', `${base}/runs`, body);
    expect(answer.status).toBe(400);
    expect(await traces()).toEqual(before);
  });

  it('refuses to change what is settled', async () => {
    const { id } = await aRun(service, test.ctx, { parameters: { depth: '6' } });
    await service.endRun(test.ctx, id, 'failed');
    const before = await traces(id);
    const path = `${base}/runs/${id}`;
    expect(await api.send('PATCH', path, { parameters: { depth: '7' } })).toMatchObject({
      status: 409,
      body: { code: 'CONFLICT' },
    });
    expect((await api.send('PATCH', path, { status: 'finished' })).status).toBe(409);
    expect((await api.send('PATCH', path, { endedAt: 5 })).status).toBe(400);
    expect((await api.send('PATCH', path, { status: 'paused' })).status).toBe(400);
    expect((await api.send('PATCH', path, { tags: { a: 'x\u0000' } })).status).toBe(400);
    expect(await traces(id)).toEqual(before);
  });

  it('refuses names that are taken or are none, and bodies of ten megabytes', async () => {
    await service.ensureExperiment(test.ctx, 'taken');
    const before = await traces();
    expect(await api.send('POST', `${base}/experiments`, { name: 'taken' })).toMatchObject({
      status: 409,
      body: { code: 'NAME_TAKEN' },
    });
    for (const name of ['', '..', '%2e%2e', '%252e', 'a/b', 'a\\b', '/a', 'a#b', 'a\u0000', 'x'.repeat(121), 5, null])
      expect((await api.send('POST', `${base}/experiments`, { name })).status).toBe(400);
    const long = 'x'.repeat(10_000_000);
    expect((await api.send('POST', `${base}/experiments`, { name: long })).status).toBe(413);
    expect((await api.send('POST', `${base}/runs`, { experiment: 'taken', parameters: { a: long } })).status).toBe(413);
    expect(await traces()).toEqual(before);
  });

  it('answers 404 for what is unknown, also of another project', async () => {
    const { id } = await aRun(service, test.ctx, { metrics: [{ key: 'a', value: 1 }] });
    await test.platform.auth.createProject(test.ctx.actor, { name: 'other' }, 'test');
    for (const run of [unknownRun, `/projects/other/runs/${id}`]) {
      for (const part of ['', '/metrics/history?key=a', '/artifacts', '/artifacts/content?path=a'])
        expect(await api.send('GET', run + part)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
      expect((await api.send('PATCH', run, { note: 'x' })).status).toBe(404);
      expect((await api.send('POST', `${run}/metrics`, { points: [{ key: 'a', value: 1 }] })).status).toBe(404);
    }
    expect((await api.send('GET', `${base}/runs/${id}/metrics/history?key=none`)).status).toBe(404);
    expect((await api.send('GET', `${base}/runs?experiment=nowhere`)).status).toBe(404);
    expect((await api.send('GET', `${base}/runs?filter=${encodeURIComponent('nope = 1')}`)).body).toMatchObject({
      code: 'INVALID_FILTER',
    });
    for (const query of ['limit=0', 'limit=1001', 'limit=x', 'cursor=..', 'cursor=bm90', 'filter=%00'])
      expect((await api.send('GET', `${base}/runs?${query}`)).status).toBe(400);
  });

  it('deletes for good only what lies in the trash, one by one or many at once', async () => {
    const { id, experimentId } = await aRun(service, test.ctx);
    const { id: other } = await aRun(service, test.ctx, { experiment: experimentId });
    expect(await api.send('POST', `${base}/runs/${id}/purge`)).toMatchObject({
      status: 409,
      body: { code: 'CONFLICT' },
    });
    const bulk = (runs: string[], action: string, more = {}) =>
      api.send('POST', `${base}/runs/change`, { runs, action, ...more });
    expect(await bulk([id, other], 'edit', { tags: { a: 'b' } })).toMatchObject({ status: 200, body: { done: 2 } });
    expect(await bulk([id, id], 'delete')).toMatchObject({ status: 400 });
    expect(await bulk([], 'delete')).toMatchObject({ status: 400 });
    expect(await bulk([id, other], 'delete')).toMatchObject({ status: 200, body: { done: 2, failed: 0 } });
    expect(await api.send('POST', `${base}/runs/${id}/purge`)).toMatchObject({ status: 204 });
    expect(await api.send('GET', `${base}/runs/${id}`)).toMatchObject({ status: 404 });
    expect(await api.send('POST', `${base}/runs/purge`, { runs: [id, other] })).toMatchObject({
      status: 200,
      body: {
        done: 1,
        failed: 1,
        outcomes: [
          { run: id, code: 'NOT_FOUND' },
          { run: other, code: null, detail: null },
        ],
      },
    });
    expect(await api.send('POST', `${base}/experiments/${experimentId}/purge`)).toMatchObject({ status: 409 });
    await api.send('DELETE', `${base}/experiments/${experimentId}`);
    expect(await api.send('POST', `${base}/experiments/${experimentId}/purge`)).toMatchObject({ status: 204 });
    expect(await api.send('GET', `${base}/experiments/${experimentId}`)).toMatchObject({ status: 404 });
  });
});
