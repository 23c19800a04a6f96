import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aServer, type TestServer } from '../../../testing/server.ts';

const id = '0192f0aa00007fffabcdef0123456789';

describe('ids given out by clients', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await aServer();
  });
  afterAll(() => server.close());

  const post = async (path: string, payload: object, headers = {}) => {
    const reply = await server.asOwner({
      method: 'POST',
      url: `/api/2.0/mlflow/${path}`,
      payload,
      headers: { 'content-type': 'application/json', ...headers },
    });
    return { status: reply.statusCode, body: reply.json() };
  };
  const create = (experiment: string, runId: string, headers = {}) =>
    post('runs/create', { experiment_id: experiment, run_name: 'first' }, { 'x-millwright-run-id': runId, ...headers });

  it('make one run, however often and however many at once ask for it', async () => {
    const replies = await Promise.all(Array.from({ length: 5 }, () => create('0', id)));
    for (const { status, body } of replies) {
      expect(status).toBe(200);
      expect(body.run.info).toMatchObject({ run_id: id, run_name: 'first', experiment_id: '0' });
    }
    await post('runs/log-parameter', { run_id: id, key: 'depth', value: '6' });
    expect((await create('0', id)).body.run.data.params).toEqual([{ key: 'depth', value: '6' }]);
    expect((await post('runs/search', { experiment_ids: ['0'] })).body.runs).toHaveLength(1);
  });

  it('make one logged model', async () => {
    const make = (experiment: string) =>
      post('logged-models', { experiment_id: experiment, name: 'm' }, { 'x-millwright-model-id': `m-${id}` });
    for (const { status, body } of [await make('0'), await make('0')]) {
      expect(status).toBe(200);
      expect(body.model.info).toMatchObject({ model_id: `m-${id}`, experiment_id: '0' });
    }
    const found = await post('logged-models/search', { experiment_ids: ['0'] });
    expect(found.body.models).toHaveLength(1);
    const other = (await post('experiments/create', { name: 'of models' })).body.experiment_id;
    expect((await make(other)).status).toBe(400);
  });

  it('are refused in another experiment and in another project, and when they are none', async () => {
    const other = (await post('experiments/create', { name: 'other' })).body.experiment_id;
    expect((await create('0', id)).status).toBe(200);
    expect((await create(other, id)).status).toBe(400);
    await server.asOwner({ method: 'POST', url: '/api/v1/projects', payload: { name: 'elsewhere' } });
    const there = { 'x-mlflow-workspace': 'elsewhere' };
    const elsewhere = (await post('experiments/create', { name: 'other' }, there)).body.experiment_id;
    expect((await create(elsewhere, id, there)).status).toBe(400);
    for (const wrong of ['', 'abc', id.toUpperCase(), `${id}0`]) expect((await create('0', wrong)).status).toBe(400);
  });
});
