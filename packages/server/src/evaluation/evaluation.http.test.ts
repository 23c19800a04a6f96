import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { paymentsCsv } from './fixtures/payments.ts';
import { type TheStages, theRoutes, theStages } from './fixtures/the-stages.ts';

describe('training and evaluation over HTTP', () => {
  let stages: TheStages;
  let app: Awaited<ReturnType<typeof theRoutes>>;
  let datasetVersionId: string;
  const request = async (method: 'GET' | 'POST', path: string, payload?: object) => {
    const reply = await app.inject({
      method,
      url: `/api/v1${path}`,
      headers: { host: '127.0.0.1' },
      ...(payload ? { payload } : {}),
    });
    return { status: reply.statusCode, body: reply.json() };
  };
  beforeAll(async () => {
    stages = await theStages('sqlite');
    datasetVersionId = await stages.upload(paymentsCsv(600), { timeColumn: 'at' });
    await stages.experiments.createExperiment(stages.test.ctx, { name: 'fraud' });
    app = await theRoutes(stages);
  });
  afterAll(async () => {
    await app.close();
    await stages.close();
  });

  it('lists the trainers with the form of their parameters', async () => {
    const { status, body } = await request('GET', '/trainers');
    expect(status).toBe(200);
    expect(body.items.map(({ name, task }: { name: string; task: string }) => [name, task])).toEqual([
      ['logistic', 'classification'],
      ['ridge', 'regression'],
    ]);
    expect(body.items[0].parameters.properties.lambda).toMatchObject({ type: 'number', default: 1 });
  });

  it('trains from the body of a request, and shows what was made of it', async () => {
    const body = {
      datasetVersionId,
      experiment: 'fraud',
      trainer: 'logistic',
      target: 'fraud',
      features: ['amount', 'country'],
      windows: [null, 200],
    };
    const trained = await request('POST', '/projects/default/train', body);
    expect(trained).toMatchObject({ status: 201, body: { holdoutFrom: 450, timeColumn: 'at' } });
    const { runId } = trained.body;
    const made = await stages.evaluation.evaluate(stages.test.ctx, {
      runId,
      rules: [{ kind: 'value', metric: 'accuracy', atLeast: 0.6 }],
      rulesFixedAt: 0,
    });
    expect((await request('GET', `/projects/default/evaluations/${made.id}`)).body).toEqual(
      JSON.parse(JSON.stringify(made)),
    );
    const list = await request('GET', `/projects/default/evaluations?runId=${runId}`);
    expect(list.body.items.map(({ id }: { id: string }) => id)).toEqual([made.id]);
  });

  it('answers with what is wrong', async () => {
    const body = { datasetVersionId, experiment: 'fraud', trainer: 'logistic', target: 'fraud' };
    const answer = (more: object) => request('POST', '/projects/default/train', { ...body, ...more });
    expect(await answer({ target: 'x' })).toMatchObject({
      status: 422,
      body: { code: 'TRAINING_FAILED', detail: expect.stringContaining('"x" is not a column') },
    });
    expect(await answer({ parameters: { lambda: 'much' } })).toMatchObject({
      status: 422,
      body: { code: 'TRAINING_FAILED' },
    });
    expect(await answer({ experiment: 'none' })).toMatchObject({ status: 400, body: { code: 'INVALID_REFERENCE' } });
    expect(await answer({ datasetVersionId: 'dsv_00000000000000000000000000' })).toMatchObject({
      status: 400,
      body: { code: 'INVALID_REFERENCE' },
    });
    expect(await answer({ windows: [1] })).toMatchObject({ status: 400, body: { code: 'INVALID_INPUT' } });
    expect((await request('GET', '/projects/default/evaluations/evl_00000000000000000000000000')).status).toBe(404);
  });
});
