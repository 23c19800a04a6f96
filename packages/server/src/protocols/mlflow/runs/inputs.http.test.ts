import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '#platform/testing';
import { anMlflowApi, type MlflowApi } from '../fixtures/an-mlflow-api.ts';

const unknownRun = '0'.repeat(32);
const aDataset = (more: object = {}) => ({ name: 'wine', digest: 'd1', source_type: 'local', source: '{}', ...more });

describe.each(testDatabases)('inputs and outputs of runs over MLflow on %s', (database) => {
  let api: MlflowApi;
  let made = 0;
  beforeAll(async () => {
    api = await anMlflowApi({ database });
  });
  afterAll(() => api.close());

  const anExperiment = async (): Promise<string> =>
    (await api.send('POST', '/experiments/create', { name: `experiment ${++made}` })).body['experiment_id'];
  const aRun = async (experiment?: string): Promise<string> => {
    const body = { experiment_id: experiment ?? (await anExperiment()), start_time: made };
    return (await api.send('POST', '/runs/create', body)).body['run'].info.run_id;
  };
  const aModel = async (): Promise<string> =>
    (await api.send('POST', '/logged-models', { experiment_id: await anExperiment() })).body['model'].info.model_id;
  const linksOf = async (run: string) => {
    const { inputs, outputs } = (await api.send('GET', `/runs/get?run_id=${run}`)).body['run'];
    return { inputs, outputs };
  };
  const logInputs = (run: string, datasets: object[], more: object = {}) =>
    api.send('POST', '/runs/log-inputs', { run_id: run, datasets, ...more });

  it('answers empty inputs and outputs for a run without any, and no outputs for one just made', async () => {
    const experiment = await anExperiment();
    const { run } = (await api.send('POST', '/runs/create', { experiment_id: experiment })).body;
    expect(run.inputs).toEqual({});
    expect(run.outputs).toBeUndefined();
    expect(await linksOf(run.info.run_id)).toEqual({ inputs: {}, outputs: {} });
  });

  it('gives back every field and tag as it was told, in get and in search', async () => {
    const experiment = await anExperiment();
    const run = await aRun(experiment);
    const full = {
      dataset: aDataset({ name: 'Größe 🍷', schema: '{"a":1}', profile: '{"rows":3}' }),
      tags: [
        { key: 'mlflow.data.context', value: 'train' },
        { key: 'a', value: '' },
      ],
    };
    expect(await logInputs(run, [full, { dataset: aDataset() }])).toMatchObject({ status: 200, body: {} });
    const expected = {
      inputs: { dataset_inputs: [{ ...full, tags: full.tags.toReversed() }, { dataset: aDataset() }] },
      outputs: {},
    };
    expect(await linksOf(run)).toEqual(expected);
    const { runs } = (await api.send('POST', '/runs/search', { experiment_ids: [experiment] })).body;
    expect(runs[0]).toMatchObject(expected);
  });

  it('keeps what was told first about a data set of a run', async () => {
    const run = await aRun();
    await logInputs(run, [{ dataset: aDataset(), tags: [{ key: 'k', value: '1' }] }]);
    const again = await logInputs(run, [
      { dataset: aDataset({ source: 'other' }), tags: [{ key: 'k', value: '2' }] },
      { dataset: aDataset({ name: 'twice' }), tags: [{ key: 'first', value: '1' }] },
      { dataset: aDataset({ name: 'twice' }), tags: [{ key: 'second', value: '1' }] },
    ]);
    expect(again.status).toBe(200);
    expect((await linksOf(run)).inputs.dataset_inputs).toEqual([
      { dataset: aDataset(), tags: [{ key: 'k', value: '1' }] },
      { dataset: aDataset({ name: 'twice' }), tags: [{ key: 'first', value: '1' }] },
    ]);
  });

  it.each([
    ['no run', { run_id: undefined }, "required parameter 'run_id'"],
    ['a run that no run can be', { run_id: '../x' }, 'Invalid value "../x" for parameter \'run_id\''],
    ['no data set', { datasets: [{ tags: [] }] }, 'must have a dataset'],
    ['no name', { datasets: [{ dataset: { digest: 'd' } }] }, "required parameter 'datasets[0].dataset.name'"],
    ['no digest', { datasets: [{ dataset: { name: 'n' } }] }, "required parameter 'datasets[0].dataset.digest'"],
    ['a list of numbers', { datasets: [1] }, "was of type 'list'"],
    ['a text', { datasets: 'x' }, "was of type 'str'"],
    [
      'a tag without a key',
      { datasets: [{ dataset: aDataset(), tags: [{ value: 'x' }] }] },
      "parameter 'datasets[0].tags[0].key'",
    ],
    [
      'a tag told twice',
      { datasets: [{ dataset: aDataset(), tags: [{ key: 'a' }, { key: 'a', value: 'x' }] }] },
      'Duplicate',
    ],
    ['NUL', { datasets: [{ dataset: aDataset({ profile: 'a\0b' }) }] }, 'NUL'],
    ['a model without an id', { models: [{}] }, "required parameter 'models[0].model_id'"],
  ])('refuses %s and stores nothing', async (_what, more, message) => {
    const run = await aRun();
    const answer = await logInputs(run, [{ dataset: aDataset() }], more);
    expect(answer).toMatchObject({ status: 400, body: { error_code: 'INVALID_PARAMETER_VALUE' } });
    expect(answer.body['message']).toContain(message);
    expect((await linksOf(run)).inputs).toEqual({});
  });

  it.each([
    ['name', 500],
    ['digest', 36],
    ['source', 65_535],
    ['schema', 1_048_575],
  ])('takes a %s of %i characters, not one more', async (field, max) => {
    const run = await aRun();
    // Characters, of which each is two units of UTF-16.
    const longest = { dataset: aDataset({ [field]: '🍷'.repeat(max) }) };
    expect((await logInputs(run, [longest])).status).toBe(200);
    expect((await linksOf(run)).inputs.dataset_inputs).toEqual([longest]);
    expect(await logInputs(run, [{ dataset: aDataset({ [field]: 'x'.repeat(max + 1) }) }])).toMatchObject({
      status: 400,
      body: { message: `'${field}' exceeds the maximum length of ${max} characters` },
    });
  });

  it('takes a profile of 16 MiB, beyond what other requests may send', async () => {
    const run = await aRun();
    const profile = 'ü'.repeat(16_777_215);
    const dataset = aDataset({ profile });
    expect((await logInputs(run, [{ dataset }])).status).toBe(200);
    expect((await linksOf(run)).inputs.dataset_inputs[0].dataset.profile === profile).toBe(true);
    expect((await logInputs(run, [{ dataset: aDataset({ profile: 'x'.repeat(16_777_216) }) }])).status).toBe(400);
    const elsewhere = { run_id: run, models: [], note: 'x'.repeat(9_000_000) };
    expect((await api.send('POST', '/runs/outputs', elsewhere)).status).toBe(413);
  });

  it('limits tags of inputs', async () => {
    const run = await aRun();
    const tagged = (key: string, value: string) =>
      logInputs(run, [{ dataset: aDataset({ name: `${key.length} ${value.length}` }), tags: [{ key, value }] }]);
    expect((await tagged('k'.repeat(255), 'v'.repeat(500))).status).toBe(200);
    expect((await tagged('k'.repeat(256), 'v')).status).toBe(400);
    expect((await tagged('k', 'v'.repeat(501))).status).toBe(400);
  });

  it('finds no run that is not there, and refuses one in the trash', async () => {
    const run = await aRun();
    const model = await aModel();
    for (const [path, body] of [
      ['/runs/log-inputs', { datasets: [{ dataset: aDataset() }] }],
      ['/runs/outputs', { models: [{ model_id: model }] }],
    ] as const)
      expect(await api.send('POST', path, { run_id: unknownRun, ...body })).toMatchObject({
        status: 404,
        body: { error_code: 'RESOURCE_DOES_NOT_EXIST' },
      });
    await api.send('POST', '/runs/delete', { run_id: run });
    expect((await logInputs(run, [{ dataset: aDataset() }])).status).toBe(400);
    expect((await api.send('POST', '/runs/outputs', { run_id: run, models: [{ model_id: model }] })).status).toBe(400);
  });

  it('links models in both directions, also one of another server, and a request told twice changes nothing', async () => {
    const experiment = await anExperiment();
    const run = await aRun(experiment);
    const [read, written] = [await aModel(), await aModel()];
    const outputs = { run_id: run, models: [{ model_id: written, step: -3 }, { model_id: 'm-elsewhere' }] };
    for (let times = 0; times < 2; times++) {
      expect((await api.send('POST', '/runs/outputs', outputs)).status).toBe(200);
      expect((await logInputs(run, [], { models: [{ model_id: read }, { model_id: read }] })).status).toBe(200);
    }
    const expected = {
      inputs: { model_inputs: [{ model_id: read }] },
      outputs: {
        model_outputs: [
          { model_id: written, step: -3 },
          { model_id: 'm-elsewhere', step: 0 },
        ],
      },
    };
    expect(await linksOf(run)).toEqual(expected);
    const { runs } = (await api.send('POST', '/runs/search', { experiment_ids: [experiment] })).body;
    expect(runs[0]).toMatchObject(expected);
    expect((await api.send('POST', '/runs/outputs', { run_id: run, models: [] })).status).toBe(200);
    expect((await api.send('POST', '/runs/outputs', { run_id: run })).body['message']).toContain("'models'");
    expect((await api.send('POST', '/runs/outputs', { run_id: run, models: [{ step: 1 }] })).status).toBe(400);
  });

  it('summarises data sets for the console only, once per context', async () => {
    const experiment = await anExperiment();
    const [one, two] = [await aRun(experiment), await aRun(experiment)];
    const train = [{ key: 'mlflow.data.context', value: 'train' }];
    await logInputs(one, [{ dataset: aDataset(), tags: train }, { dataset: aDataset({ name: 'ant' }) }]);
    await logInputs(two, [{ dataset: aDataset(), tags: train }]);
    const search = (experiment_ids?: unknown[], root = '/ajax-api/2.0/mlflow') =>
      api.send('POST', `${root}/experiments/search-datasets`, { experiment_ids });
    expect((await search([experiment])).body).toEqual({
      dataset_summaries: [
        { experiment_id: experiment, name: 'ant', digest: 'd1' },
        { experiment_id: experiment, name: 'wine', digest: 'd1', context: 'train' },
      ],
    });
    expect(await search([await anExperiment()])).toMatchObject({ status: 200, body: {} });
    expect((await search([experiment], '/api/2.0/mlflow')).status).toBe(404);
    expect((await search([])).body['message']).toContain('at least one');
    expect((await search()).status).toBe(400);
    expect((await search(['abc'])).status).toBe(400);
    expect((await search(Array.from({ length: 20 }, () => experiment))).status).toBe(200);
    expect((await search(Array.from({ length: 21 }, () => experiment))).body['message']).toContain('Received 21');
  });

  it('searches runs by their data sets', async () => {
    const experiment = await anExperiment();
    const [one, two, none] = [await aRun(experiment), await aRun(experiment), await aRun(experiment)];
    const context = (value: string) => [{ key: 'mlflow.data.context', value }];
    await logInputs(one, [{ dataset: aDataset(), tags: context('train') }]);
    await logInputs(two, [{ dataset: aDataset({ name: 'beer', digest: 'd2' }), tags: context('Eval') }]);
    await logInputs(two, [{ dataset: aDataset({ name: 'plain' }) }]);
    const found = async (filter: string): Promise<string[]> =>
      ((await api.send('POST', '/runs/search', { experiment_ids: [experiment], filter })).body['runs'] ?? [])
        .map(({ info }: { info: { run_id: string } }) => info.run_id)
        .sort();
    expect(await found("dataset.name = 'wine'")).toEqual([one]);
    expect(await found("datasets.digest = 'd2'")).toEqual([two]);
    expect(await found("dataset.context = 'train'")).toEqual([one]);
    expect(await found("dataset.context ILIKE 'e%'")).toEqual([two]);
    expect(await found("dataset.name IN ('plain', 'wine')")).toEqual([one, two].sort());
    expect(await found("dataset.name != 'wine'")).toEqual([two]);
    expect(await found("dataset.context != 'train'")).toEqual([two]);
    expect(await found("NOT dataset.name LIKE '%'")).toEqual([none]);
    const refused = await api.send('POST', '/runs/search', { experiment_ids: [experiment], filter: "dataset.x = 'y'" });
    expect(refused.status).toBe(400);
  });
});
