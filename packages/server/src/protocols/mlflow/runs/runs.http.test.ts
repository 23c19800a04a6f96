import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { idOfHex } from '#platform/ids';
import { testDatabases } from '#platform/testing';
import { createDefaultExperiment } from '../experiments/experiments.ts';
import { anMlflowApi, type MlflowApi } from '../fixtures/an-mlflow-api.ts';

describe.each(testDatabases)('runs on the wire of MLflow, on %s', (database) => {
  let api: MlflowApi;
  let experiment: string;
  beforeAll(async () => {
    api = await anMlflowApi({ database });
    const made = await api.send('POST', '/experiments/create', { name: 'first/with spaces' });
    experiment = made.body['experiment_id'];
  });
  afterAll(() => api.close());

  const create = async (more: object = {}): Promise<string> => {
    const { body } = await api.send('POST', '/runs/create', { experiment_id: experiment, start_time: 5, ...more });
    return body['run'].info.run_id;
  };
  const read = async (id: string) => (await api.send('GET', `/runs/get?run_id=${id}`)).body['run'];

  it('has the experiment Default with number 0 before anybody makes one', async () => {
    const { body } = await api.send('GET', '/experiments/get?experiment_id=0');
    expect(body['experiment']).toMatchObject({ experiment_id: '0', name: 'Default', lifecycle_stage: 'active' });
  });

  it('starts a run with an id of 32 hexadecimal digits, which is the native one', async () => {
    const id = await create({
      run_name: 'mine',
      user_id: 'ann',
      tags: [{ key: 'mlflow.parentRunId', value: 'f'.repeat(32) }],
    });
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    const run = await read(id);
    expect(run.info).toMatchObject({
      run_uuid: id,
      run_name: 'mine',
      user_id: 'ann',
      status: 'RUNNING',
      start_time: 5,
      lifecycle_stage: 'active',
      artifact_uri: `mlflow-artifacts:/${experiment}/${id}/artifacts`,
    });
    const { items } = await api.experiments.listRuns(api.test.ctx, { filter: 'name = "mine"' });
    expect(items[0]).toMatchObject({ userId: 'ann', parentRunId: null });
  });

  it('takes what clients describe runs and experiments with for their note and description', async () => {
    const note = (value: string) => ({ key: 'mlflow.note.content', value });
    const id = await create({ run_name: 'described', tags: [note('**why**')] });
    const described = async () =>
      (await api.experiments.listRuns(api.test.ctx, { filter: 'name = "described"' })).items[0]?.note;
    expect(await described()).toBe('**why**');
    await api.send('POST', '/runs/set-tag', { run_id: id, ...note('because') });
    expect(await described()).toBe('because');
    const made = await api.send('POST', '/experiments/create', { name: 'described', tags: [note('what for')] });
    const description = async () => (await api.experiments.findExperiment(api.test.ctx, 'described')).description;
    expect(await description()).toBe('what for');
    await api.send('POST', '/experiments/set-experiment-tag', { ...made.body, ...note('else') });
    expect(await description()).toBe('else');
  });

  it.each([
    ['a key that begins with two dots', { key: '...', value: 1 }],
    ['a number that is none in JSON', { key: 'm', value: '0x10' }],
  ])('refuses %s', async (_what, metric) => {
    const id = await create();
    expect((await api.send('POST', '/runs/log-metric', { run_id: id, timestamp: 1, ...metric })).status).toBe(400);
    expect((await read(id)).data.metrics).toBeUndefined();
  });

  it('keeps all 64 bits of steps and times, however they are spelled', async () => {
    const id = await create();
    const [most, least] = ['9223372036854775807', '-9223372036854775808'];
    // As text: JSON.stringify would lose digits.
    const log = (step: string, timestamp: string, value = 1) =>
      api.send(
        'POST',
        '/runs/log-metric',
        `{"run_id":"${id}","key":"m","value":${value},"timestamp":${timestamp},"step":${step}}`,
      );
    for (const [step, timestamp] of [
      [least, '9007199254740993'],
      [`"${most}"`, '9007199254740992'],
      ['9223372036854775806', '"9223372036854775807"'],
      ['0', '5'],
    ] as const)
      expect((await log(step, timestamp)).status).toBe(200);
    // Told twice, it is the same point.
    expect((await log(least, '9007199254740993')).status).toBe(200);
    expect((await log(most, '-1')).status).toBe(400);
    expect((await log('9223372036854775808', '1')).status).toBe(400);
    const last = `"timestamp":9007199254740992,"step":${most}`;
    expect((await api.send('GET', `/runs/get?run_id=${id}`)).text).toContain(last);
    expect((await api.send('POST', '/runs/search', { experiment_ids: [experiment] })).text).toContain(last);
    const steps: string[] = [];
    for (let token = ''; ; ) {
      const path = `/metrics/get-history?run_id=${id}&metric_key=m&max_results=1&page_token=${token}`;
      const { text, body } = await api.send('GET', path);
      steps.push(/"step":(-?\d+)/.exec(text)?.[1] as string);
      token = body['next_page_token'];
      if (token === undefined) break;
    }
    expect(steps).toEqual(['0', most, least, '9223372036854775806']);
    const range = `start_step=9223372036854775806&end_step=${most}`;
    const sampled = await api.send(
      'GET',
      `/metrics/get-history-bulk-interval?run_ids=${id}&metric_key=m&${range}&max_results=100`,
    );
    expect([...sampled.text.matchAll(/"step":(-?\d+)/g)].map(([, step]) => step)).toEqual([
      '9223372036854775806',
      most,
    ]);
    const native = await api.experiments.metricHistory(api.test.ctx, idOfHex('run', id) as string, 'm', 100);
    expect(native.points).toContainEqual({
      step: Number(most),
      exactStep: most,
      at: 9007199254740992,
      exactAt: '9007199254740992',
      value: 1,
    });
    await api.send('POST', '/runs/delete', { run_id: id });
    await api.experiments.purgeRuns(api.test.ctx, [idOfHex('run', id) as string]);
  });

  it('takes an empty text for no number', async () => {
    const point = { key: 'm', value: '', timestamp: 1 };
    const { body } = await api.send('POST', '/runs/log-metric', { run_id: await create(), ...point });
    expect(body['message']).toMatch(/^Missing value for required parameter 'value'/);
  });

  it('refuses two tags of one key, of a run and of an experiment', async () => {
    const tags = [
      { key: 'a', value: '1' },
      { key: 'a', value: '2' },
    ];
    for (const [path, body] of [
      ['/runs/create', { experiment_id: experiment, tags }],
      ['/experiments/create', { name: 'tagged twice', tags }],
    ] as const) {
      const { status, body: said } = await api.send('POST', path, body);
      expect([status, said['message']]).toEqual([400, expect.stringMatching(/^Duplicate tag keys .*\['a'\]/)]);
    }
  });

  it.each([
    ['s3://b/p?region=x', 's3://b/p/ID/artifacts?region=x'],
    ['s3://b/', 's3://b/ID/artifacts'],
    ['/data/a?b', '/data/a?b/ID/artifacts'],
  ])('keeps files below the location %s', async (artifact_location, expected) => {
    const name = `below ${artifact_location}`;
    const { body } = await api.send('POST', '/experiments/create', { name, artifact_location });
    const { body: made } = await api.send('POST', '/runs/create', { experiment_id: body['experiment_id'] });
    const { info } = made['run'];
    expect(info.artifact_uri).toBe(expected.replace('ID', info.run_id));
  });

  it('orders runs by the place of their files', async () => {
    const places = ['s3://b/x', 's3://a/x', 's3://c'];
    const made = [];
    for (const [index, artifact_location] of places.entries())
      made.push((await api.send('POST', '/experiments/create', { name: `placed ${index}`, artifact_location })).body);
    const experiment_ids = made.map((one) => one['experiment_id']);
    for (const experiment_id of [...experiment_ids, ...experiment_ids])
      await api.send('POST', '/runs/create', { experiment_id, start_time: 7 });
    for (const [order, sign] of [
      ['artifact_uri', 1],
      ['attributes.artifact_uri DESC', -1],
    ] as const) {
      const found: string[] = [];
      let page_token: string | undefined;
      do {
        const search = { experiment_ids, order_by: [order], max_results: 4, page_token };
        const { body } = await api.send('POST', '/runs/search', search);
        found.push(...body['runs'].map((run: { info: { artifact_uri: string } }) => run.info.artifact_uri));
        page_token = body['next_page_token'];
      } while (page_token);
      expect(found).toHaveLength(6);
      expect(found).toEqual(found.toSorted((a, b) => (a < b ? -sign : sign)));
    }
  });

  it.each([
    'http://h/x',
    'https://h/x',
    'ftp://h/x',
    'mlflow-artifacts://h:1/x',
    'runs:/x/y',
    's3://b/x#y',
    's3://b/../x',
    's3://b/x?y=%252e%2e',
    'hdfs://h:9000/x',
    'viewfs:/x',
    'r2://b@h/x',
    'b2://b@h/x',
    'abfss://f@h/x',
  ])('keeps no experiment whose files would lie at %s', async (artifact_location) => {
    const { status } = await api.send('POST', '/experiments/create', {
      name: `at ${artifact_location}`,
      artifact_location,
    });
    expect(status).toBe(400);
  });

  it('takes a relative place for one folder, the same for every client', async () => {
    const made = await api.send('POST', '/experiments/create', { name: 'relative', artifact_location: 'my/place' });
    const { body } = await api.send('GET', `/experiments/get?experiment_id=${made.body['experiment_id']}`);
    expect(body['experiment'].artifact_location).toBe(join(process.cwd(), 'my/place'));
  });

  it('keeps the name of a run whose tag of it becomes empty', async () => {
    const { run_id } = (await api.send('POST', '/runs/create', { experiment_id: '0', run_name: 'kept' })).body['run']
      .info;
    await api.send('POST', '/runs/set-tag', { run_id, key: 'mlflow.runName', value: '' });
    const { body } = await api.send('GET', `/runs/get?run_id=${run_id}`);
    expect(body['run'].info.run_name).toBe('kept');
  });

  it('lets a run begin with tags of any name', async () => {
    const tags = [{ key: 'model(1) @ 50%', value: 'x' }];
    const { status, body } = await api.send('POST', '/runs/create', { experiment_id: '0', tags });
    expect([status, body['run'].data.tags]).toEqual([200, expect.arrayContaining(tags)]);
    const long = [{ key: 'k'.repeat(251), value: 'x' }];
    expect((await api.send('POST', '/runs/create', { experiment_id: '0', tags: long })).status).toBe(400);
  });

  it('says which of several parameters are set, as MLflow says it', async () => {
    const { run_id } = (await api.send('POST', '/runs/create', { experiment_id: '0' })).body['run'].info;
    const set = (value: string) => api.send('POST', '/runs/log-parameter', { run_id, key: 'lr', value });
    await set("it's");
    expect((await set('2')).body['message']).toContain("Param with key='lr' was already logged with value='it's'");
    const params = [{ key: 'lr', value: '2' }];
    expect((await api.send('POST', '/runs/log-batch', { run_id, params })).body['message']).toBe(
      `Changing param values is not allowed. Params were already logged='[{'key': 'lr', 'old_value': "it's", 'new_value': '2'}]' for run ID='${run_id}'.`,
    );
  });

  it('begins with the first experiment also after it was renamed', async () => {
    await api.send('POST', '/experiments/update', { experiment_id: '0', new_name: 'of all' });
    // As after a start of the server.
    await createDefaultExperiment(api.experiments)(api.test.ctx);
    const { body } = await api.send('GET', '/experiments/get?experiment_id=0');
    expect(body['experiment'].name).toBe('of all');
    expect((await api.send('GET', '/experiments/get-by-name?experiment_name=Default')).status).toBe(404);
    await api.send('POST', '/experiments/update', { experiment_id: '0', new_name: 'Default' });
  });

  it('takes away with a tag what it stands for', async () => {
    const { run_id } = (await api.send('POST', '/runs/create', { experiment_id: '0' })).body['run'].info;
    for (const [key, value] of [
      ['mlflow.note.content', 'a note'],
      ['mlflow.parentRunId', run_id],
    ]) {
      await api.send('POST', '/runs/set-tag', { run_id, key, value });
      await api.send('POST', '/runs/delete-tag', { run_id, key });
    }
    const { body } = await api.send('GET', `/runs/get?run_id=${run_id}`);
    expect(body['run'].data.tags.map((tag: { key: string }) => tag.key)).toEqual(['mlflow.runName']);
  });

  it('counts characters, not halves of them', async () => {
    const set = (value: string) =>
      api.send('POST', '/experiments/set-experiment-tag', { experiment_id: '0', key: 'long', value });
    expect((await set('😀'.repeat(20_000))).status).toBe(200);
    expect((await set('😀'.repeat(20_001))).status).toBe(400);
    const { run_id } = (await api.send('POST', '/runs/create', { experiment_id: '0' })).body['run'].info;
    await api.send('POST', '/runs/log-parameter', { run_id, key: 'long', value: '😀'.repeat(6001) });
    const { body } = await api.send('GET', `/runs/get?run_id=${run_id}`);
    expect(body['run'].data.params).toEqual([{ key: 'long', value: '😀'.repeat(6000) }]);
  });

  it('finds experiments by their id', async () => {
    const { experiment_id } = (await api.send('POST', '/experiments/create', { name: 'by id' })).body;
    const search = async (filter: string) =>
      (await api.send('POST', '/experiments/search', { filter, max_results: 10 })).body['experiments']?.map(
        (one: { name: string }) => one.name,
      );
    expect(await search(`experiment_id = '${experiment_id}'`)).toEqual(['by id']);
    expect(await search(`experiment_id IN ('${experiment_id}', '999999')`)).toEqual(['by id']);
    expect(await search("experiment_id = '999999'")).toBeUndefined();
  });

  it('refuses a negative number of points', async () => {
    const { run_id } = (await api.send('POST', '/runs/create', { experiment_id: '0' })).body['run'].info;
    const path = `/ajax-api/2.0/mlflow/metrics/get-history-bulk?run_id=${run_id}&metric_key=m&max_results=-1`;
    expect((await api.send('GET', path)).status).toBe(400);
  });

  it.each(['/v1/traces', '/graphql', '/signup', '/api/3.0/mlflow/traces/search'])(
    'answers %s, which is not here, with a page that clients fall back from',
    async (path) => {
      const { status, headers } = await api.send('POST', path, {});
      expect([status, headers['content-type']]).toEqual([404, 'text/html; charset=utf-8']);
    },
  );

  it('takes JSON in the place of a query that is not there', async () => {
    const { body } = await api.send('GET', '/experiments/get', { experiment_id: '0' });
    expect(body['experiment'].name).toBe('Default');
  });

  it('keeps half of a pair of characters, which is no text, as what stands for it', async () => {
    const id = await create();
    const entry = [{ key: 'half', value: 'a\ud800b' }];
    const answer = await api.send('POST', '/runs/log-batch', { run_id: id, params: entry, tags: entry });
    expect(answer).toMatchObject({ status: 200, body: {} });
    const { data } = await read(id);
    expect(data.params).toEqual([{ key: 'half', value: 'a\ufffdb' }]);
    expect(data.tags).toContainEqual({ key: 'half', value: 'a\ufffdb' });
    const named = await api.send('POST', '/registered-models/create', { name: 'half \ud800' });
    expect(named.body['registered_model'].name).toBe('half \ufffd');
    const again = await api.send('POST', '/registered-models/create', { name: 'half \udfff' });
    expect(again.body['error_code']).toBe('RESOURCE_ALREADY_EXISTS');
  });

  it('keeps values exactly: NaN, infinities, negative steps, unicode keys', async () => {
    const id = await create();
    const metrics = [
      { key: 'größe 数', value: 'NaN', timestamp: 1, step: -3 },
      { key: 'up', value: 'Infinity', timestamp: 2, step: 0 },
      { key: 'down', value: '-Infinity', timestamp: '3', step: '7' },
      { key: 'exact', value: 0.1 + 0.2, timestamp: 9_007_199_254_740_991 },
    ];
    expect(await api.send('POST', '/runs/log-batch', { run_id: id, metrics })).toMatchObject({ status: 200, body: {} });
    const { data } = await read(id);
    expect(data.metrics).toEqual(
      expect.arrayContaining([
        { key: 'größe 数', value: 'NaN', timestamp: 1, step: -3 },
        { key: 'up', value: 'Infinity', timestamp: 2, step: 0 },
        { key: 'down', value: '-Infinity', timestamp: 3, step: 7 },
        { key: 'exact', value: 0.1 + 0.2, timestamp: 9_007_199_254_740_991, step: 0 },
      ]),
    );
  });

  it('answers the last metric by step, time and value, and takes the same point twice as one', async () => {
    const id = await create();
    const log = (value: number, timestamp: number, step: number) =>
      api.send('POST', '/runs/log-metric', { run_id: id, key: 'm', value, timestamp, step });
    for (const [value, timestamp, step] of [
      [1, 10, 5],
      [2, 11, 4],
      [9, 10, 5],
      [3, 9, 5],
      [1, 10, 5],
    ] as const)
      expect((await log(value, timestamp, step)).status).toBe(200);
    const { data } = await read(id);
    expect(data.metrics).toEqual([{ key: 'm', value: 9, timestamp: 10, step: 5 }]);
    const history = await api.send('GET', `/metrics/get-history?run_id=${id}&metric_key=m`);
    expect(history.body['metrics']).toHaveLength(4);
    const first = await api.send('GET', `/metrics/get-history?run_id=${id}&metric_key=m&max_results=3`);
    const rest = await api.send(
      'GET',
      `/metrics/get-history?run_id=${id}&metric_key=m&max_results=3&page_token=${first.body['next_page_token']}`,
    );
    expect([...first.body['metrics'], ...rest.body['metrics']]).toEqual(history.body['metrics']);
  });

  it('keeps a parameter as it was, and lets tags change', async () => {
    const id = await create();
    const log = (value: string) => api.send('POST', '/runs/log-parameter', { run_id: id, key: 'lr', value });
    expect((await log('0.1')).status).toBe(200);
    expect((await log('0.1')).status).toBe(200);
    expect(await log('0.2')).toMatchObject({ status: 400, body: { error_code: 'INVALID_PARAMETER_VALUE' } });
    for (const value of ['a', 'b']) await api.send('POST', '/runs/set-tag', { run_id: id, key: 'team', value });
    await api.send('POST', '/runs/set-tag', { run_id: id, key: 'mlflow.runName', value: 'renamed' });
    const { info, data } = await read(id);
    expect(info.run_name).toBe('renamed');
    expect(data.params).toEqual([{ key: 'lr', value: '0.1' }]);
    expect(data.tags).toContainEqual({ key: 'team', value: 'b' });
    expect((await api.send('POST', '/runs/delete-tag', { run_id: id, key: 'team' })).status).toBe(200);
    expect(await api.send('POST', '/runs/delete-tag', { run_id: id, key: 'team' })).toMatchObject({ status: 404 });
  });

  it('keeps nothing of a batch that is refused', async () => {
    const id = await create();
    await api.send('POST', '/runs/log-parameter', { run_id: id, key: 'lr', value: '1' });
    const metric = { key: 'm', value: 1, timestamp: 1 };
    for (const batch of [
      { metrics: [metric], params: [{ key: 'lr', value: '2' }] },
      { metrics: [metric, { key: '../m', value: 1, timestamp: 1 }] },
      { metrics: [metric, { key: 'm'.repeat(251), value: 1, timestamp: 1 }] },
      { metrics: [metric, { key: 'm', value: 'many', timestamp: 1 }] },
      { metrics: [metric, { key: 'm', value: 1 }] },
      { metrics: [metric, { key: 'm', value: 1, timestamp: -1 }] },
      { metrics: Array.from({ length: 1001 }, () => metric) },
      {
        metrics: [metric],
        params: [
          { key: 'a', value: '1' },
          { key: 'a', value: '2' },
        ],
      },
      { metrics: [metric], tags: Array.from({ length: 101 }, (_, n) => ({ key: `t${n}`, value: '' })) },
    ])
      expect(await api.send('POST', '/runs/log-batch', { run_id: id, ...batch })).toMatchObject({
        status: 400,
        body: { error_code: 'INVALID_PARAMETER_VALUE' },
      });
    const { data } = await read(id);
    expect(data.metrics).toBeUndefined();
    expect(data.params).toEqual([{ key: 'lr', value: '1' }]);
  });

  it('cuts values that are too long, as MLflow does', async () => {
    const id = await create();
    const params = [{ key: 'long', value: 'x'.repeat(6001) }];
    await api.send('POST', '/runs/log-batch', { run_id: id, params });
    expect((await read(id)).data.params[0].value).toHaveLength(6000);
  });

  it('ends, deletes and restores a run; nothing can be logged to one in the trash', async () => {
    const id = await create();
    const ended = await api.send('POST', '/runs/update', { run_id: id, status: 'FAILED', end_time: 9 });
    expect(ended.body['run_info']).toMatchObject({ status: 'FAILED', end_time: 9 });
    await api.send('POST', '/runs/delete', { run_id: id });
    expect((await read(id)).info.lifecycle_stage).toBe('deleted');
    expect((await api.send('POST', '/runs/set-tag', { run_id: id, key: 'a', value: '' })).status).toBe(400);
    await api.send('POST', '/runs/restore', { run_id: id });
    expect((await api.send('POST', '/runs/set-tag', { run_id: id, key: 'a', value: '' })).status).toBe(200);
  });

  it('searches with MLflow’s grammar, orders and pages', async () => {
    const other = (await api.send('POST', '/experiments/create', { name: 'search' })).body['experiment_id'];
    for (let n = 0; n < 5; n++) {
      const id = await create({ experiment_id: other, start_time: n });
      const metrics = [{ key: 'val loss', value: n / 10, timestamp: 1 }];
      await api.send('POST', '/runs/log-batch', { run_id: id, metrics, params: [{ key: 'n', value: String(n) }] });
    }
    const search = async (body: object) =>
      (await api.send('POST', '/runs/search', { experiment_ids: [other], ...body })).body;
    const numbers = (found: Record<string, unknown>) =>
      ((found['runs'] ?? []) as { data: { params: { value: string }[] } }[]).map(({ data }) => data.params[0]?.value);
    expect(numbers(await search({ filter: "metrics.`val loss` >= 0.2 and params.n != '3'" }))).toEqual(['4', '2']);
    const first = await search({ order_by: ['metrics."val loss" ASC'], max_results: 2 });
    expect(numbers(first)).toEqual(['0', '1']);
    const page = { order_by: ['metrics."val loss" ASC'], max_results: 2, page_token: first['next_page_token'] };
    expect(numbers(await search(page))).toEqual(['2', '3']);
    for (const wrong of [
      { filter: 'params.n = 1' },
      { filter: "metrics.x = 'a'" },
      { page_token: 'x' },
      { max_results: 50_001 },
    ])
      expect((await api.send('POST', '/runs/search', { experiment_ids: [other], ...wrong })).status).toBe(400);
  });

  it('answers an unknown route with a page, and a wrong method too', async () => {
    for (const [method, path, status] of [
      ['GET', '/nothing', 404],
      ['POST', '/traces', 404],
      ['GET', '/runs/create', 405],
    ] as const) {
      const answer = await api.send(method, path, method === 'POST' ? {} : undefined);
      expect(answer.status).toBe(status);
      expect(answer.text).toContain('<!doctype html>');
    }
  });

  it.each(['{', '[]', '"text"', '{"run_id": NaN}', ''])('refuses the body %s', async (body) => {
    expect((await api.send('POST', '/runs/log-metric', body)).status).toBe(400);
  });
});
