import { readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lineage } from '#lineage';
import { listAudit } from '#platform/audit';
import { anApi, aPlatform, type TestApi, type TestPlatform } from '#platform/testing';
import { aCsv, aDataset, aDatasetVersion } from '#testing';
import { testStorages } from '../testing/storages.ts';
import { data, type DataService } from './index.ts';

const csv = { 'content-type': 'text/csv' };
const parquet = { 'content-type': 'application/vnd.apache.parquet' };
const base = '/projects/default';

describe.each(testStorages())('data over HTTP on $name', ({ database, config }) => {
  let test: TestPlatform;
  let api: TestApi;
  let service: DataService;
  beforeAll(async () => {
    test = await aPlatform({ database, config: { ...config, '--max-upload-bytes': '200000' } });
    const graph = lineage.create(test.platform, {});
    service = data.create(test.platform, { lineage: graph });
    api = await anApi(test, (served) => {
      lineage.routes?.(served, graph);
      data.routes?.(served, service);
    });
  });
  afterAll(async () => {
    await api.close();
    await test.close();
  });

  /** Everything a refused request must leave as it was. */
  const traces = async () => {
    const temp = join(test.dir, database === 'postgres' ? 'blob-cache' : 'blobs', 'temp');
    const files = (await Promise.all((await readdir(temp)).map((folder) => readdir(join(temp, folder))))).flat();
    const { blobs } = await test.platform.blobs.list();
    const { items } = await listAudit(test.platform.database.db, { limit: 1000 });
    return { files, blobs: blobs.length, audits: items.length };
  };

  it('takes a data set from its creation to a download', async () => {
    const created = await api.send('POST', `${base}/datasets`, {
      name: 'payments',
      timeColumn: 'at',
      targetColumn: 'fraud',
    });
    expect(created).toMatchObject({
      status: 201,
      body: { health: 'empty', latestVersion: null, owner: 'local-owner' },
    });
    const uploaded = await api.send('POST', `${base}/datasets/payments/versions?note=first`, aCsv(), csv);
    expect(uploaded).toMatchObject({ status: 201, body: { number: 1, rowCount: 120, note: 'first' } });
    const { id, digest, sizeBytes } = uploaded.body;
    expect((await api.send('GET', `${base}/datasets/payments`)).body).toMatchObject({
      health: 'ok',
      latestVersion: { id },
    });
    expect((await api.send('GET', `${base}/datasets`)).body['items']).toHaveLength(1);
    expect((await api.send('GET', `${base}/datasets/payments/versions`)).body['items']).toEqual([uploaded.body]);
    expect((await api.send('GET', `${base}/dataset-versions/${id}`)).body).toEqual(uploaded.body);
    const preview = await api.send('GET', `${base}/dataset-versions/${id}/rows?offset=2&limit=2`);
    expect(preview.body).toMatchObject({
      rowCount: 120,
      rows: [
        [Date.UTC(2026, 0, 1, 0, 2), 2, 'FR', false],
        [Date.UTC(2026, 0, 1, 0, 3), 3, 'DE', false],
      ],
    });
    const whole = await api.send('GET', `${base}/dataset-versions/${id}/content`);
    expect(whole).toMatchObject({
      status: 200,
      headers: {
        'content-length': String(sizeBytes),
        etag: `"${digest}"`,
        'content-disposition': 'attachment; filename=payments-v1.parquet',
      },
    });
    const again = await api.send('POST', `${base}/datasets/payments/versions`, whole.bytes, parquet);
    expect(again).toMatchObject({ status: 201, body: { id } });
    const graph = await api.send('GET', `${base}/lineage/dataset-version/${id}?direction=up`);
    expect(graph.body['nodes']).toMatchObject([{ label: 'payments v1' }, { label: 'payments' }]);
  });

  it('answers ranges of a download', async () => {
    const { id, sizeBytes, digest } = await aDatasetVersion(service, test.ctx);
    const get = (range: string, more = {}) =>
      api.send('GET', `${base}/dataset-versions/${id}/content`, undefined, { range, ...more });
    const { bytes } = await get('');
    const first = await get('bytes=0-3');
    expect(first).toMatchObject({
      status: 206,
      headers: { 'content-range': `bytes 0-3/${sizeBytes}`, 'content-length': '4' },
    });
    expect(first.bytes.toString()).toBe('PAR1');
    expect((await get('bytes=-4')).bytes.toString()).toBe('PAR1');
    expect((await get(`bytes=10-${sizeBytes * 2}`)).bytes).toEqual(bytes.subarray(10));
    expect((await get('bytes=4-', { 'if-range': `"${digest}"` })).status).toBe(206);
    expect((await get('bytes=4-', { 'if-range': '"other"' })).bytes).toEqual(bytes);
    for (const range of ['bytes=0-1,5-6', 'rows=1-2', 'bytes=5-1', 'bytes=-'])
      expect(await get(range)).toMatchObject({ status: 200, bytes });
    for (const range of [`bytes=${sizeBytes}-`, 'bytes=-0'])
      expect(await get(range)).toMatchObject({ status: 416, body: { code: 'RANGE_UNSATISFIABLE' } });
  });

  it.each<[string, string | Buffer, string]>([
    ['an empty file', '', 'empty'],
    ['a header alone', 'at,amount,country,fraud\n', 'no rows'],
    ['a quote that is never closed', 'at,amount,country,fraud\n2026-01-01,1,"DE,true\n', 'never closed'],
    ['a row with too few fields', `${aCsv({ rows: 3 })}2026-01-01,1\n`, 'Line 5'],
    ['a row with too many fields', `${aCsv({ rows: 3 })}2026-01-01,1,DE,true,more\n`, 'Line 5'],
    ['a column missing', aCsv({ rows: 3 }).replaceAll(/^([^,]*),[^,]*/gm, '$1'), 'The column amount is missing'],
    ['two columns of one name', 'at,amount,amount,fraud\n2026-01-01,1,DE,true\n', 'both named amount'],
    ['an unnamed column', 'at,,country,fraud\n2026-01-01,1,DE,true\n', 'no name'],
    [
      'bytes that are no UTF-8',
      Buffer.concat([
        Buffer.from('at,amount,country,fraud\n2026-01-01,1,'),
        Buffer.from([0xff, 0xfe]),
        Buffer.from(',true\n'),
      ]),
      'UTF-8',
    ],
    ['NUL bytes', 'at,amount,country,fraud\n2026-01-01,1,D\u0000E,true\n', '0x00'],
    ['gzip', gzipSync(aCsv()), 'gzip'],
    [
      'a number beyond any',
      'at,amount,country,fraud\n2026-01-01,99999999999999999999,DE,true\n',
      'column amount: "99999999999999999999" is not a whole number',
    ],
    ['a number that is none', 'at,amount,country,fraud\n2026-01-01,1e5,DE,true\n', '"1e5"'],
    ['a date that is none', 'at,amount,country,fraud\n2026-02-30,1,DE,true\n', 'column at: "2026-02-30"'],
    ['a value of 150 kB', `at,amount,country,fraud\n2026-01-01,${'9'.repeat(150_000)},DE,true\n`, '…'],
  ])('refuses a CSV with %s, keeping nothing but the refusal', async (_what, body, part) => {
    const { name, id } = await aDataset(service, test.ctx, { timeColumn: 'at' });
    await aDatasetVersion(service, test.ctx, { dataset: name });
    const before = await traces();
    const answer = await api.send('POST', `${base}/datasets/${name}/versions`, body, csv);
    expect(answer).toMatchObject({
      status: 422,
      body: { code: 'DATA_REFUSED', detail: expect.stringContaining(part) },
    });
    expect(answer.body['problems'].length).toBeGreaterThan(0);
    expect(answer.body['detail'].length).toBeLessThan(500);
    expect(await traces()).toEqual({ ...before, audits: before.audits + 1 });
    const refusals = (await api.send('GET', `${base}/datasets/${name}/refusals`)).body['items'];
    expect(refusals).toMatchObject([
      { datasetId: id, by: 'local-owner', problems: [{ message: answer.body['problems'][0].message }] },
    ]);
    expect((await api.send('GET', `${base}/datasets/${name}`)).body).toMatchObject({
      health: 'failing',
      latestVersion: { number: 1 },
    });
  });

  it('refuses a file that breaks a check with 422', async () => {
    const { name } = await aDataset(service, test.ctx);
    await api.send('POST', `${base}/datasets/${name}/checks`, {
      kind: 'row-count',
      parameters: { min: 1000 },
      severity: 'error',
    });
    const answer = await api.send('POST', `${base}/datasets/${name}/versions`, aCsv(), csv);
    expect(answer).toMatchObject({
      status: 422,
      body: { code: 'CHECKS_FAILED', problems: [{ message: 'There are 120 rows, at least 1000 are needed' }] },
    });
  });

  it('refuses a body that is too large, of another type, or for no data set, and keeps nothing', async () => {
    const { name } = await aDataset(service, test.ctx);
    const before = await traces();
    const post = (path: string, body: string | object, headers: Record<string, string>) =>
      api.send('POST', `${base}/datasets/${path}/versions`, body, headers);
    expect(await post(name, aCsv({ rows: 20_000 }), csv)).toMatchObject({
      status: 413,
      body: { code: 'BODY_TOO_LARGE' },
    });
    for (const type of ['application/octet-stream', 'application/json', 'application/xml', 'text/plain'])
      expect(await post(name, '{}', { 'content-type': type })).toMatchObject({ status: 415 });
    expect(await post('nothing', aCsv(), csv)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    expect(await traces()).toEqual(before);
  });

  it('keeps nothing of an upload whose sender goes away', async () => {
    const { name } = await aDataset(service, test.ctx);
    const before = await traces();
    const { port } = new URL(await api.api.app.listen({ host: '127.0.0.1', port: 0 }));
    const socket = connect(Number(port), '127.0.0.1');
    const head = ['host: localhost', 'content-type: text/csv', 'content-length: 1000'].join('\r\n');
    socket.write(`POST /api/v1${base}/datasets/${name}/versions HTTP/1.1\r\n${head}\r\n\r\n${aCsv({ rows: 5 })}`);
    await expect.poll(async () => (await traces()).files.length).toBe(1);
    socket.destroy();
    await expect.poll(traces).toEqual(before);
    expect((await api.send('GET', `${base}/datasets/${name}/refusals`)).body['items']).toEqual([]);
  });

  it.each([
    '',
    '..',
    '../x',
    '..%2fx',
    '%2e%2e',
    '%252e%252e',
    'a/b',
    'a\\b',
    '/etc/passwd',
    'a#b',
    'a?b',
    'a b',
    'a\u0000',
    '.hidden',
    '-x',
    'x'.repeat(121),
    'é',
  ])('refuses %j as a name', async (name) => {
    const before = await traces();
    expect(await api.send('POST', `${base}/datasets`, { name })).toMatchObject({
      status: 400,
      body: { code: 'INVALID_INPUT' },
    });
    const read = await api.send('GET', `${base}/datasets/${encodeURIComponent(name)}/checks`);
    expect([400, 404]).toContain(read.status);
    expect(await traces()).toEqual(before);
  });

  it.each([
    '../datasets',
    '%2e%2e/datasets',
    'datasets/..%2f..%2faudit',
    'datasets/%00',
    'datasets/%ff',
    'dataset-versions/dsv_1/rows',
    'dataset-versions/..%2fx/content',
  ])('answers 4xx to the address %s', async (path) => {
    const { status } = await api.send('GET', `${base}/${path}`);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
  });

  it('refuses names that are taken, bodies that are no JSON, and what is too long', async () => {
    const { name } = await aDataset(service, test.ctx);
    const before = await traces();
    expect(await api.send('POST', `${base}/datasets`, { name })).toMatchObject({
      status: 409,
      body: { code: 'NAME_TAKEN' },
    });
    const json = { 'content-type': 'application/json' };
    for (const body of [
      '{',
      '{"name": NaN}',
      '[]',
      'null',
      '"x"',
      '{"name":"a","extra":1}',
      '{"name":5}',
      '{"name":"a","description":"\\u0000"}',
    ])
      expect((await api.send('POST', `${base}/datasets`, body, json)).status).toBe(400);
    expect(
      (await api.send('POST', `${base}/datasets`, { name: 'a', description: 'x'.repeat(10_000_000) })).status,
    ).toBe(413);
    expect((await api.send('POST', `${base}/datasets`, { name: 'a', description: 'x'.repeat(5_000_000) })).status).toBe(
      400,
    );
    expect(await traces()).toEqual(before);
  });

  it('answers 404 to ids that are unknown, also of another project', async () => {
    const { id, datasetId } = await aDatasetVersion(service, test.ctx);
    await test.platform.auth.createProject(test.ctx.actor, { name: 'other' }, 'test');
    for (const path of [
      `datasets/${datasetId}`,
      `dataset-versions/${id}`,
      `dataset-versions/${id}/rows`,
      `dataset-versions/${id}/content`,
      `datasets/${datasetId}/versions`,
      `datasets/${datasetId}/refusals`,
    ])
      expect(await api.send('GET', `/projects/other/${path}`)).toMatchObject({
        status: 404,
        body: { code: 'NOT_FOUND' },
      });
    expect((await api.send('GET', '/projects/nowhere/datasets')).status).toBe(404);
    expect(
      (
        await api.send('PATCH', `${base}/datasets/${datasetId}/checks/chk_00000000000000000000000000`, {
          enabled: false,
        })
      ).status,
    ).toBe(404);
  });

  it.each<[Record<string, unknown>, string]>([
    [{ kind: 'unique' }, 'needs the column'],
    [{ kind: 'row-count', column: 'amount', parameters: { min: 1 } }, 'leave column out'],
    [{ kind: 'row-count', parameters: { min: -1 } }, 'whole number from 0 on'],
    [{ kind: 'row-count', parameters: {} }, 'whole number'],
    [{ kind: 'unique', column: 'none' }, 'no column none'],
    [{ kind: 'unique', column: 'amount', parameters: { x: 1 } }, 'takes no parameters'],
    [{ kind: 'not-missing', column: 'amount', parameters: { maxFraction: 1.5 } }, 'from 0 to 1'],
    [{ kind: 'in-range', column: 'amount', parameters: {} }, 'min, max or both'],
    [{ kind: 'in-range', column: 'amount', parameters: { min: 2, max: 1 } }, 'at most max'],
    [{ kind: 'in-range', column: 'amount', parameters: { min: '1' } }, 'finite number'],
    [{ kind: 'in-range', column: 'country', parameters: { min: 1 } }, 'column of numbers'],
    [{ kind: 'in-set', column: 'country', parameters: { values: [] } }, 'a list of 1'],
    [{ kind: 'in-set', column: 'country', parameters: { values: [{}] } }, 'a list of 1'],
    [{ kind: 'in-set', column: 'country', parameters: { values: [5] } }, '5 is no string'],
    [{ kind: 'in-set', column: 'amount', parameters: { values: ['5'] } }, '"5" is no number'],
    [{ kind: 'column-present', column: 'amount', parameters: { type: 'text' } }, 'one of number'],
    [{ kind: 'column-present', column: 'amount', parameters: { type: 'string' } }, 'holds integer values'],
    [{ kind: 'nonsense', column: 'amount' }, 'kind'],
  ])('refuses the check %j', async (check, part) => {
    const { datasetId } = await aDatasetVersion(service, test.ctx);
    const before = await traces();
    const answer = await api.send('POST', `${base}/datasets/${datasetId}/checks`, { severity: 'error', ...check });
    expect(answer).toMatchObject({
      status: 400,
      body: { code: 'INVALID_INPUT', detail: expect.stringContaining(part) },
    });
    expect(await traces()).toEqual(before);
  });

  it('changes a check, and refuses parameters it cannot have', async () => {
    const { datasetId } = await aDatasetVersion(service, test.ctx);
    const path = `${base}/datasets/${datasetId}/checks`;
    const created = await api.send('POST', path, {
      kind: 'in-range',
      column: 'amount',
      parameters: { min: 0 },
      severity: 'warning',
    });
    expect(created).toMatchObject({
      status: 201,
      body: { origin: 'user', enabled: true, parameters: { min: 0, max: null, maxFraction: 0 } },
    });
    const one = `${path}/${created.body['id']}`;
    expect(await api.send('PATCH', one, { enabled: false, severity: 'error', parameters: { max: 5 } })).toMatchObject({
      status: 200,
      body: { enabled: false, severity: 'error', parameters: { min: null, max: 5 } },
    });
    expect((await api.send('PATCH', one, { parameters: { values: [1] } })).status).toBe(400);
    expect((await api.send('GET', path)).body['items'].at(-1)).toMatchObject({ enabled: false, severity: 'error' });
  });
});
