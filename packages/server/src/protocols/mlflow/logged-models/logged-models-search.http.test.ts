import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '#platform/testing';
import { anMlflowApi, type MlflowAnswer, type MlflowApi } from '../fixtures/an-mlflow-api.ts';

describe.each(testDatabases)('the search for logged models over MLflow on %s', (database) => {
  let api: MlflowApi;
  let made = 0;
  beforeAll(async () => {
    api = await anMlflowApi({ database });
  });
  afterAll(() => api.close());

  const anExperiment = async (): Promise<string> =>
    (await api.send('POST', '/experiments/create', { name: `experiment ${++made}` })).body['experiment_id'];
  const aRun = async (experiment: string): Promise<string> =>
    (await api.send('POST', '/runs/create', { experiment_id: experiment })).body['run'].info.run_id;
  const create = (body: object) => api.send('POST', '/logged-models', body);
  const aModel = async (more: object = {}): Promise<string> =>
    (await create({ experiment_id: await anExperiment(), name: 'forest', ...more })).body['model'].info.model_id;
  const get = (model: string, query = '') => api.send('GET', `/logged-models/${model}${query}`);
  const log = (run: string, metric: object) =>
    api.send('POST', '/runs/log-metric', { run_id: run, key: 'acc', value: 0.5, timestamp: 1, step: 0, ...metric });

  let experiment = '';
  const ids: string[] = [];
  beforeAll(async () => {
    experiment = await anExperiment();
    const run = await aRun(experiment);
    for (const [name, depth, on] of [
      ['ant', '1', 'wine'],
      ['bee', '2', 'wine'],
      ['cow', '3', 'beer'],
      ['dog', '4', ''],
    ]) {
      const model = await aModel({
        experiment_id: experiment,
        name,
        model_type: 'animal',
        source_run_id: name === 'ant' ? run : 'elsewhere',
        params: [{ key: 'depth', value: depth }],
        tags: [{ key: 'team', value: name === 'ant' ? 'red' : 'blue' }],
      });
      ids.push(model);
      const dataset = on === '' ? {} : { dataset_name: on, dataset_digest: 'd1' };
      if (name !== 'dog') await log(run, { model_id: model, value: Number(depth), step: 1, ...dataset });
    }
    await api.send('PATCH', `/logged-models/${ids[1]}`, { status: 'LOGGED_MODEL_READY' });
  });
  const search = (body: object) => api.send('POST', '/logged-models/search', { experiment_ids: [experiment], ...body });
  const names = async (body: object): Promise<string[]> =>
    ((await search(body)).body['models'] ?? []).map(({ info }: { info: { name: string } }) => info.name);

  it.each([
    ["name = 'ant'", ['ant']],
    ["name LIKE '%o%'", ['dog', 'cow']],
    ["status = 'READY'", ['bee']],
    ["status != 'READY' AND params.depth != '4'", ['cow', 'ant']],
    ["tags.team = 'red'", ['ant']],
    ['metrics.acc >= 2', ['cow', 'bee']],
    ["model_type = 'animal' AND metrics.acc < 3", ['bee', 'ant']],
    ["source_run_id = 'elsewhere' OR name = 'ant'", ['dog', 'cow', 'bee', 'ant']],
  ])('finds by %s', async (filter, expected) => {
    expect((await names({ filter })).sort()).toEqual(expected.toSorted());
  });

  it('finds a model by its id and that of its run', async () => {
    expect(await names({ filter: `model_id = '${ids[2]}'` })).toEqual(['cow']);
    const { source_run_id: run } = (await get(ids[0] as string)).body['model'].info;
    expect(await names({ filter: `source_run_id = '${run}'` })).toEqual(['ant']);
  });

  it.each([
    [[], ['dog', 'cow', 'bee', 'ant']],
    [[{ field_name: 'name' }], ['ant', 'bee', 'cow', 'dog']],
    [[{ field_name: 'creation_time' }], ['ant', 'bee', 'cow', 'dog']],
    [[{ field_name: 'metrics.acc', ascending: false }], ['cow', 'bee', 'ant', 'dog']],
    [[{ field_name: 'metrics.acc' }], ['ant', 'bee', 'cow', 'dog']],
    [
      [{ field_name: 'metrics.acc', ascending: false, dataset_name: 'wine', dataset_digest: 'd1' }],
      ['bee', 'ant', 'dog', 'cow'],
    ],
    [[{ field_name: 'metrics.acc', ascending: false, dataset_name: 'wine' }], ['bee', 'ant', 'dog', 'cow']],
    [[{ field_name: 'metrics.acc', ascending: false, dataset_digest: 'd1' }], ['cow', 'bee', 'ant', 'dog']],
  ])('orders by %j, page by page too', async (order_by, expected) => {
    // Of models made in one millisecond, the order of their ids decides.
    const plain = (found: string[]) => (order_by.length === 0 ? found.toSorted() : found);
    expect(plain(await names({ order_by }))).toEqual(plain(expected));
    for (const max_results of [1, 2, 3]) {
      const walked: string[] = [];
      for (let page_token: string | undefined = ''; page_token !== undefined; ) {
        const { models, next_page_token }: MlflowAnswer['body'] = (await search({ order_by, max_results, page_token }))
          .body;
        walked.push(...models.map(({ info }: { info: { name: string } }) => info.name));
        page_token = next_page_token;
      }
      expect(plain(walked)).toEqual(plain(expected));
    }
  });

  it('looks at metrics on certain data sets only, whatever their digest where none is named', async () => {
    const wine = { dataset_name: 'wine' };
    expect((await names({ datasets: [wine] })).sort()).toEqual(['ant', 'bee']);
    expect(await names({ datasets: [{ ...wine, dataset_digest: 'd2' }] })).toEqual([]);
    expect((await names({ datasets: [wine, { dataset_name: 'beer', dataset_digest: 'd1' }] })).sort()).toEqual([
      'ant',
      'bee',
      'cow',
    ]);
    expect(await names({ datasets: [wine], filter: 'metrics.acc > 1' })).toEqual(['bee']);
  });

  it.each([
    ['no experiments', { experiment_ids: undefined }],
    ['an experiment that is no number', { experiment_ids: ['abc'] }],
    ['a data set without a name', { datasets: [{ dataset_digest: 'd1' }] }],
    ['a filter it cannot read', { filter: 'name' }],
    ['a status nobody has', { filter: "status = 'BOGUS'" }],
    ['an order that is a text', { order_by: ['name'] }],
    ['an order by nothing', { order_by: [{}] }],
    ['an order by a parameter', { order_by: [{ field_name: 'params.depth' }] }],
    ['a negative number of results', { max_results: -1 }],
    ['a token it did not give', { page_token: 'xxx' }],
    ['a token of its form that it did not give', { page_token: 'x'.repeat(40) }],
  ])('refuses %s', async (_what, body) => {
    expect(await search(body)).toMatchObject({ status: 400, body: { error_code: 'INVALID_PARAMETER_VALUE' } });
  });

  it('refuses a token of another search', async () => {
    const { next_page_token: page_token } = (await search({ max_results: 2 })).body;
    expect((await search({ max_results: 3, page_token })).status).toBe(200);
    for (const [other, message] of [
      [{ experiment_ids: [experiment, '0'] }, 'Experiment IDs in the page token do not match'],
      [{ order_by: [{ field_name: 'name' }] }, 'Order by in the page token does not match'],
      [{ filter: "name = 'ant'" }, 'Filter string in the page token does not match'],
      [{ datasets: [{ dataset_name: 'wine' }] }, 'Datasets in the page token do not match'],
    ] as const)
      expect((await search({ page_token, ...other })).body['message']).toContain(message);
  });

  it('finds nothing in no experiment and in one that is not there', async () => {
    expect(await search({ experiment_ids: [] })).toMatchObject({ status: 200, body: {} });
    expect(await search({ experiment_ids: ['99999999'] })).toMatchObject({ status: 200, body: {} });
    expect((await names({ max_results: 0 })).length).toBe(4);
  });
});
