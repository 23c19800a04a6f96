import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '#platform/testing';
import { anMlflowApi, type MlflowApi } from '../fixtures/an-mlflow-api.ts';

const unknownModel = `m-${'0'.repeat(32)}`;

describe.each(testDatabases)('logged models over MLflow on %s', (database) => {
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

  it('makes a model with all that is told of it, and gives it back', async () => {
    const experiment = await anExperiment();
    const run = await aRun(experiment);
    const { status, body } = await create({
      experiment_id: experiment,
      name: 'Wald ü',
      model_type: 'agent',
      source_run_id: run,
      params: [
        { key: '../p', value: '' },
        { key: 'depth', value: '3' },
      ],
      tags: [{ key: 't', value: 'x' }],
    });
    expect(status).toBe(200);
    const { model_id: id, creation_timestamp_ms: at } = body['model'].info;
    expect(id).toMatch(/^m-[0-9a-f]{32}$/);
    expect(body['model']).toEqual({
      info: {
        model_id: id,
        experiment_id: experiment,
        name: 'Wald ü',
        creation_timestamp_ms: at,
        last_updated_timestamp_ms: at,
        artifact_uri: `mlflow-artifacts:/${experiment}/models/${id}/artifacts`,
        status: 'LOGGED_MODEL_PENDING',
        model_type: 'agent',
        source_run_id: run,
        tags: [{ key: 't', value: 'x' }],
      },
      data: {
        params: [
          { key: '../p', value: '' },
          { key: 'depth', value: '3' },
        ],
      },
    });
    expect((await get(id)).body).toEqual(body);
  });

  it('names a model that has no name, and keeps a source run of another server as it was named', async () => {
    const experiment = await anExperiment();
    const plain = (await create({ experiment_id: experiment })).body['model'];
    expect(plain.info).toMatchObject({ model_type: '', source_run_id: '' });
    expect(plain.info.name).toMatch(/^\w+-\w+-\d+$/);
    expect(plain.data).toEqual({});
    for (const source_run_id of ['f'.repeat(32), 'elsewhere', 'run_1'])
      expect((await create({ experiment_id: experiment, source_run_id })).body['model'].info).toMatchObject({
        source_run_id,
      });
  });

  it.each(['a/b', 'a:b', 'a.b', 'a%b', 'a"b', "a'b", 'x'.repeat(501), 'a\0b'])('refuses the name %j', async (name) => {
    const answer = await create({ experiment_id: await anExperiment(), name });
    expect(answer).toMatchObject({ status: 400, body: { error_code: 'INVALID_PARAMETER_VALUE' } });
  });

  it.each([
    ['no experiment', { experiment_id: undefined }, 400],
    ['an experiment that is no number', { experiment_id: 'abc' }, 400],
    ['an unknown experiment', { experiment_id: '99999999' }, 404],
    [
      'a parameter told twice',
      {
        params: [
          { key: 'p', value: '1' },
          { key: 'p', value: '1' },
        ],
      },
      400,
    ],
    [
      'a tag told twice',
      {
        tags: [
          { key: 'p', value: '1' },
          { key: 'p', value: '2' },
        ],
      },
      400,
    ],
    ['a parameter without a key', { params: [{ value: '1' }] }, 400],
    ['a key of 256 characters', { params: [{ key: 'k'.repeat(256), value: '1' }] }, 400],
    ['a value of 100,001 characters', { tags: [{ key: 'k', value: 'v'.repeat(100_001) }] }, 400],
    ['a type of 501 characters', { model_type: 'x'.repeat(501) }, 400],
    ['parameters that are no list', { params: 'x' }, 400],
  ])('refuses %s', async (_what, more, status) => {
    const experiment = await anExperiment();
    expect((await create({ experiment_id: experiment, name: 'x', ...more })).status).toBe(status);
    expect((await api.send('POST', '/logged-models/search', { experiment_ids: [experiment] })).body).toEqual({});
  });

  it('takes long values whole', async () => {
    const value = 'v'.repeat(100_000);
    const model = await aModel({ params: [{ key: 'k'.repeat(255), value }], tags: [{ key: 'long', value }] });
    const { info, data } = (await get(model)).body['model'];
    expect([info.tags[0].value, data.params[0].value]).toEqual([value, value]);
  });

  it('makes none in an experiment that is in the trash', async () => {
    const experiment = await anExperiment();
    await api.send('POST', '/experiments/delete', { experiment_id: experiment });
    expect(await create({ experiment_id: experiment })).toMatchObject({ status: 400 });
  });

  it('finishes a model, by the name or the number of a status', async () => {
    const model = await aModel();
    const finish = (body: object, id = model) => api.send('PATCH', `/logged-models/${id}`, body);
    for (const [status, name] of [
      ['LOGGED_MODEL_READY', 'LOGGED_MODEL_READY'],
      [3, 'LOGGED_MODEL_UPLOAD_FAILED'],
      ['LOGGED_MODEL_PENDING', 'LOGGED_MODEL_PENDING'],
    ]) {
      expect((await finish({ model_id: unknownModel, status })).body['model'].info).toMatchObject({ status: name });
      expect((await get(model)).body['model'].info).toMatchObject({ status: name });
    }
    for (const status of [undefined, 'READY', 'LOGGED_MODEL_STATUS_UNSPECIFIED', 9, {}])
      expect((await finish({ status })).status).toBe(400);
    expect((await finish({ status: 'LOGGED_MODEL_READY' }, unknownModel)).status).toBe(404);
  });

  it('sets, replaces and removes tags', async () => {
    const model = await aModel({ tags: [{ key: 't', value: 'x' }] });
    const tags = [
      { key: 'a', value: '1' },
      { key: 't', value: 'y' },
      { key: 'a', value: '2' },
    ];
    expect((await api.send('PATCH', `/logged-models/${model}/tags`, { tags })).status).toBe(200);
    expect((await get(model)).body['model'].info.tags).toEqual([
      { key: 'a', value: '2' },
      { key: 't', value: 'y' },
    ]);
    const remove = (key: string, id = model) => api.send('DELETE', `/logged-models/${id}/tags/${key}`);
    expect(await remove('a')).toMatchObject({ status: 200, body: {} });
    expect(await remove('a')).toMatchObject({ status: 404, body: { error_code: 'RESOURCE_DOES_NOT_EXIST' } });
    expect((await remove('t', unknownModel)).status).toBe(404);
    expect((await api.send('PATCH', `/logged-models/${model}/tags`, { tags: [{ value: 'x' }] })).status).toBe(400);
    expect((await api.send('PATCH', `/logged-models/${unknownModel}/tags`, { tags })).status).toBe(404);
    expect((await get(model)).body['model'].info.tags).toEqual([{ key: 't', value: 'y' }]);
  });

  it('adds parameters, which stay', async () => {
    const model = await aModel();
    const add = (params: object[], id = model) => api.send('POST', `/logged-models/${id}/params`, { params });
    expect((await add([{ key: 'depth', value: '3' }])).status).toBe(200);
    expect((await add([{ key: 'depth', value: '3' }])).status).toBe(200);
    const refused = await add([
      { key: 'depth', value: '4' },
      { key: 'other', value: '1' },
    ]);
    expect(refused).toMatchObject({ status: 400, body: { error_code: 'INVALID_PARAMETER_VALUE' } });
    expect((await get(model)).body['model'].data.params).toEqual([{ key: 'depth', value: '3' }]);
    expect((await add([{ key: 'depth', value: '3' }], unknownModel)).status).toBe(404);
  });

  it('finds no model that is not there or in the trash, unless that is asked for', async () => {
    const experiment = await anExperiment();
    const model = await aModel({ experiment_id: experiment });
    for (const id of [unknownModel, 'junk', 'lm_junk'])
      expect(await get(id)).toMatchObject({ status: 404, body: { error_code: 'RESOURCE_DOES_NOT_EXIST' } });
    expect((await get(unknownModel)).body['message']).toContain(unknownModel);
    const remove = (id: string) => api.send('DELETE', `/logged-models/${id}`);
    expect(await remove(model)).toMatchObject({ status: 200, body: {} });
    expect((await remove(model)).status).toBe(200);
    expect((await remove(unknownModel)).status).toBe(404);
    expect((await get(model)).status).toBe(404);
    expect((await get(model, '?allow_deleted=true')).status).toBe(200);
    expect((await api.send('GET', `/logged-models/${model}/artifacts/directories`)).status).toBe(404);
    expect((await api.send('POST', '/logged-models/search', { experiment_ids: [experiment] })).body).toEqual({});
  });

  it('puts metrics that name a model onto it, exactly, in one go with those of the run', async () => {
    const experiment = await anExperiment();
    const run = await aRun(experiment);
    const model = await aModel({ experiment_id: experiment });
    const other = await aModel({ experiment_id: experiment });
    const on = { dataset_name: 'wine', dataset_digest: 'd1' };
    for (let times = 0; times < 2; times++)
      expect((await log(run, { model_id: model, ...on, value: 'NaN' })).status).toBe(200);
    const metrics = [
      { key: 'f1', value: '-Infinity', timestamp: 9_007_199_254_740_991, step: -5, model_id: model },
      { key: 'f1', value: 0.25, timestamp: 2, step: 1, model_id: other },
      { key: 'f1', value: 0.75, timestamp: 3, step: 1 },
    ];
    expect((await api.send('POST', '/runs/log-batch', { run_id: run, metrics })).status).toBe(200);
    expect((await get(model)).body['model'].data.metrics).toEqual([
      { key: 'acc', value: 'NaN', timestamp: 1, step: 0, ...on, model_id: model, run_id: run },
      { ...metrics[0], run_id: run },
    ]);
    expect((await get(other)).body['model'].data.metrics).toEqual([{ ...metrics[1], run_id: run }]);
    const history = (await api.send('GET', `/metrics/get-history?run_id=${run}&metric_key=f1`)).body['metrics'];
    expect(history.map(({ value }: { value: unknown }) => value)).toEqual([0.25, 0.75, '-Infinity']);
    expect(history[0]).toEqual({ key: 'f1', value: 0.25, timestamp: 2, step: 1 });
  });

  it('logs nothing of a request that names a model which is not there', async () => {
    const experiment = await anExperiment();
    const run = await aRun(experiment);
    const model = await aModel({ experiment_id: experiment });
    const point = { key: 'acc', value: 1, timestamp: 1, step: 0 };
    const metrics = [
      { ...point, model_id: model },
      { ...point, key: 'b' },
      { ...point, model_id: unknownModel },
    ];
    const answer = await api.send('POST', '/runs/log-batch', { run_id: run, metrics });
    expect(answer).toMatchObject({ status: 404, body: { error_code: 'RESOURCE_DOES_NOT_EXIST' } });
    expect((await api.send('GET', `/runs/get?run_id=${run}`)).body['run'].data.metrics).toBeUndefined();
    expect((await get(model)).body['model'].data).toEqual({});
    expect((await log(run, { model_id: model, dataset_digest: 'd'.repeat(37) })).status).toBe(400);
  });

  it('lists the files of a model and sends one, and leads nowhere else', async () => {
    const experiment = await anExperiment();
    const model = await aModel({ experiment_id: experiment });
    const root = `/api/2.0/mlflow-artifacts/artifacts/${experiment}/models/${model}/artifacts`;
    await api.send('PUT', `${root}/MLmodel`, 'flavors: {}');
    await api.send('PUT', `${root}/data/a.txt`, 'hello');
    const list = async (query = '') => api.send('GET', `/logged-models/${model}/artifacts/directories${query}`);
    const root_uri = `mlflow-artifacts:/${experiment}/models/${model}/artifacts`;
    expect((await list()).body).toEqual({
      root_uri,
      files: [
        { path: 'MLmodel', is_dir: false, file_size: 11 },
        { path: 'data', is_dir: true },
      ],
    });
    expect((await list('?artifact_directory_path=data')).body).toEqual({
      root_uri,
      files: [{ path: 'data/a.txt', is_dir: false, file_size: 5 }],
    });
    expect((await list('?artifact_directory_path=none')).body).toEqual({ root_uri });
    for (const path of ['../x', '/etc', '%252e%252e/x'])
      expect((await list(`?artifact_directory_path=${path}`)).status).toBe(400);
    const file = (query: string, base = '/ajax-api/2.0/mlflow', id = model) =>
      api.send('GET', `${base}/logged-models/${id}/artifacts/files${query}`);
    expect(await file('?artifact_file_path=data/a.txt')).toMatchObject({ status: 200, text: 'hello' });
    expect((await file('')).status).toBe(400);
    expect((await file('?artifact_file_path=../a')).status).toBe(400);
    expect((await file('?artifact_file_path=none')).status).toBe(404);
    expect((await file('?artifact_file_path=data/a.txt', undefined, unknownModel)).status).toBe(404);
    expect((await file('?artifact_file_path=data/a.txt', '/api/2.0/mlflow')).status).toBe(404);
  });

  it('keeps the history of models in a tag, as clients before logged models did', async () => {
    const run = await aRun(await anExperiment());
    const model = {
      run_id: run,
      artifact_path: 'model',
      utc_time_created: '2024-01-01 00:00:00',
      flavors: { sklearn: { version: '1', config: { secret: 1 } } },
    };
    const log = (model_json?: string, run_id = run) => api.send('POST', '/runs/log-model', { run_id, model_json });
    await Promise.all([log(JSON.stringify(model)), log(JSON.stringify({ ...model, artifact_path: 'two' }))]);
    const { tags } = (await api.send('GET', `/runs/get?run_id=${run}`)).body['run'].data;
    const history = tags.find(({ key }: { key: string }) => key === 'mlflow.log-model.history').value;
    expect(
      JSON.parse(history)
        .map((one: { artifact_path: string }) => one.artifact_path)
        .sort(),
    ).toEqual(['model', 'two']);
    expect(JSON.parse(history)[0]).toMatchObject({
      run_id: run,
      flavors: { sklearn: { version: '1' } },
      model_uuid: null,
    });
    expect(history).not.toContain('secret');
    for (const text of [undefined, '{', '[]', '"x"', '{}', JSON.stringify({ ...model, flavors: 'x' })])
      expect((await log(text)).status).toBe(400);
    expect((await log(JSON.stringify(model), '0'.repeat(32))).status).toBe(404);
  });
});
