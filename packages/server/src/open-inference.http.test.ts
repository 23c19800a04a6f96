import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemActor } from '#platform/auth';
import { aServer, type TestServer } from './testing/server.ts';
import { testStorages } from './testing/storages.ts';

const rows = Array.from({ length: 200 }, (_, i) => `${i},${i % 3 === 0 ? 'FR' : 'DE'},${i > 100 ? 'fraud' : 'ok'}`);
const csv = `amount,country,class\n${rows.join('\n')}\n`;
const amount = (data: unknown[], more: object = {}) => ({
  name: 'amount',
  shape: [data.length, 1],
  datatype: 'FP64',
  data,
  ...more,
});
const country = (data: unknown[], more: object = {}) => ({
  name: 'country',
  shape: [data.length, 1],
  datatype: 'BYTES',
  data,
  ...more,
});

describe.each(testStorages())('the Open Inference Protocol on $name', ({ database, config }) => {
  let server: TestServer;
  const request = async (
    method: 'GET' | 'POST' | 'DELETE',
    url: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ) => {
    const reply = await server.asOwner({
      method,
      url,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return {
      status: reply.statusCode,
      headers: reply.headers,
      body: reply.body === '' ? null : (JSON.parse(reply.body) as Record<string, never>),
    };
  };
  const infer = (inputs: unknown[], more: object = {}, path = '/v2/models/payments/infer') =>
    request('POST', path, { inputs, ...more });
  const api = async (
    url: string,
    body: unknown,
    headers: Record<string, string> = {},
    method: 'POST' | 'PUT' = 'POST',
  ) => {
    const reply = await server.asOwner({
      method,
      url: `/api/v1/projects/default${url}`,
      headers: { 'content-type': 'application/json', ...headers },
      payload: typeof body === 'string' ? body : JSON.stringify(body),
    });
    expect([reply.statusCode, reply.body]).toEqual([expect.toSatisfy((status: number) => status < 300), reply.body]);
    return JSON.parse(reply.body) as Record<string, string>;
  };

  beforeAll(async () => {
    server = await aServer({ database, config });
    await api('/datasets', { name: 'payments', targetColumn: 'class' });
    const version = await api('/datasets/payments/versions', csv, { 'content-type': 'text/csv' });
    await api('/experiments', { name: 'fraud' });
    const run = await api('/train', {
      datasetVersionId: version['id'],
      experiment: 'fraud',
      trainer: 'logistic',
      target: 'class',
      holdoutFraction: 0,
    });
    await api('/models', { name: 'fraud' });
    const model = await api('/models/fraud/versions', { runId: run['runId'] });
    const approver = await server.token('approver');
    await api(
      `/model-versions/${model['id']}/approval`,
      { decision: 'approve', reason: 'looked at it', digest: model['digest'] },
      approver,
    );
    await api('/models/fraud/aliases/champion', { versionId: model['id'] }, {}, 'PUT');
    await api('/endpoints', { name: 'payments', model: 'fraud' });
  });
  afterAll(() => server.close());

  it('describes the server, its health and its models', async () => {
    for (const path of ['/v2', '/v2/'])
      expect(await request('GET', path)).toMatchObject({ status: 200, body: { name: 'millwright', extensions: [] } });
    expect(await request('GET', '/v2/health/live')).toMatchObject({ status: 200, body: { live: true } });
    expect(await request('GET', '/v2/health/ready')).toMatchObject({ status: 200, body: { live: true, ready: true } });
    expect((await request('GET', '/v2/models')).body).toEqual({ models: ['payments'] });
    for (const path of ['/v2/models/payments', '/v2/models/payments/versions/1'])
      expect((await request('GET', path)).body).toMatchObject({
        name: 'payments',
        versions: ['1'],
        platform: 'onnx_onnxruntime',
        inputs: [
          { name: 'amount', datatype: 'FP64', shape: [-1, 1] },
          { name: 'country', datatype: 'BYTES', shape: [-1, 1] },
        ],
        outputs: [
          { name: 'label', datatype: 'BYTES', shape: [-1] },
          { name: 'probabilities', datatype: 'FP64', shape: [-1, 2] },
        ],
      });
    expect(await request('GET', '/v2/models/payments/versions/1/ready')).toMatchObject({
      status: 200,
      body: { name: 'payments', ready: true },
    });
  });

  it('infers, echoes the id and names variant, version and prediction in headers', async () => {
    const reply = await infer([amount([5, 190]), country([['DE'], ['FR']])], { id: 'my-id' });
    expect(reply).toMatchObject({
      status: 200,
      headers: { 'x-millwright-variant': 'champion', 'x-millwright-model-version': '1' },
      body: { model_name: 'payments', model_version: '1', id: 'my-id' },
    });
    const [label, probabilities] = (reply.body?.['outputs'] ?? []) as unknown as {
      name: string;
      shape: number[];
      data: number[];
    }[];
    expect(label).toEqual({ name: 'label', shape: [2], datatype: 'BYTES', data: ['ok', 'fraud'] });
    expect(probabilities?.shape).toEqual([2, 2]);
    expect((probabilities?.data[0] ?? 0) + (probabilities?.data[1] ?? 0)).toBeCloseTo(1);
    const given = (reply.body?.['parameters'] ?? { prediction_ids: [] }) as unknown as { prediction_ids: string[] };
    const ids = given.prediction_ids;
    expect([ids.length, reply.headers['x-millwright-prediction-id']]).toEqual([2, ids[0]]);
  });

  it('gives a reply an id of its own when the request has none, and takes null for a missing number', async () => {
    const { status, body } = await infer([amount([null]), country([null])]);
    expect([status, typeof body?.['id']]).toEqual([200, 'string']);
  });

  it('answers only the outputs asked for', async () => {
    const { body } = await infer([amount([1]), country(['DE'])], { outputs: [{ name: 'label' }] });
    expect(((body?.['outputs'] ?? []) as unknown as unknown[]).length).toBe(1);
    expect(await infer([amount([1]), country(['DE'])], { outputs: [{ name: 'logits' }] })).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining("'logits'") },
    });
  });

  it.each([
    ['GET', '/v2/models/none', 404],
    ['GET', '/v2/models/none/ready', 404],
    ['POST', '/v2/models/none/infer', 404],
    ['GET', '/v2/models/payments/versions/7', 404],
    ['POST', '/v2/models/payments/versions/7/infer', 404],
    ['POST', '/v2/models/payments/versions/..%2f..%2fx/infer', 404],
    ['GET', '/v2/nothing', 404],
    ['GET', '/v2/models/payments/infer', 405],
    ['POST', '/v2/models/payments', 405],
    ['DELETE', '/v2/models/payments/infer', 405],
    ['POST', '/v2/health/live', 405],
  ] as const)('answers %s %s with %i and {"error"}', async (method, path, status) => {
    const reply = await request(
      method,
      path,
      method === 'POST' ? { inputs: [amount([1]), country(['DE'])] } : undefined,
    );
    expect(reply).toMatchObject({ status, body: { error: expect.any(String) } });
  });

  it.each([
    ['no JSON', '{"inputs": [', 400],
    ['NaN', '{"inputs": [NaN]}', 400],
    ['nothing', '', 400],
    ['a list', '[]', 400],
    ['no inputs', '{}', 400],
    ['a number as id', '{"id": 3, "inputs": []}', 400],
    ['a prototype', '{"__proto__": {"inputs": []}}', 400],
  ])('refuses a body that is %s', async (_what, body, status) => {
    expect(await request('POST', '/v2/models/payments/infer', body)).toMatchObject({
      status,
      body: { error: expect.any(String) },
    });
  });

  it('refuses inputs that do not fit the model, naming them', async () => {
    expect(await infer([amount([1])])).toMatchObject({ status: 400, body: { error: "Input 'country' is missing." } });
    expect(await infer([amount(['1']), country(['DE'])])).toMatchObject({
      status: 400,
      body: { error: "Input 'amount' value 1: is a string, not a number." },
    });
  });

  it('refuses other media types and binary tensors', async () => {
    expect(
      await request('POST', '/v2/models/payments/infer', 'amount=1', { 'content-type': 'text/plain' }),
    ).toMatchObject({ status: 415, body: { error: expect.any(String) } });
    expect(
      await request('POST', '/v2/models/payments/infer', '{}', { 'inference-header-content-length': '2' }),
    ).toMatchObject({ status: 501 });
  });

  it('asks for permission before it reads anything', async () => {
    const send = (headers: Record<string, string>, method: 'GET' | 'POST', path: string) =>
      server.inject({
        method,
        url: `/v2/models${path}`,
        headers: { 'content-type': 'application/json', ...headers },
        ...(method === 'POST' ? { payload: '{' } : {}),
      });
    expect((await send({}, 'POST', '/payments/infer')).statusCode).toBe(401);
    expect((await send({}, 'GET', '')).statusCode).toBe(401);
    const viewer = await server.token('viewer');
    expect((await send(viewer, 'GET', '/payments')).statusCode).toBe(200);
    expect((await send(viewer, 'POST', '/payments/infer')).statusCode).toBe(403);
    expect((await send(await server.token('editor'), 'POST', '/payments/infer')).statusCode).toBe(400);
    await server.app.platform.auth.createProject(systemActor('test'), { name: 'other' }, 'test');
    const elsewhere = await server.token('editor', { project: 'other' });
    expect((await send(elsewhere, 'GET', '/payments')).statusCode).toBe(403);
    expect((await send(elsewhere, 'GET', '')).json()).toEqual({ models: [] });
    const single = await server.token('editor', { resource: 'endpoint/payments' });
    expect((await send(single, 'GET', '/payments')).statusCode).toBe(200);
  });
});
