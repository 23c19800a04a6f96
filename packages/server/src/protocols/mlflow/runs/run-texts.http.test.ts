import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '#platform/testing';
import { anMlflowApi, type MlflowApi } from '../fixtures/an-mlflow-api.ts';

describe.each(testDatabases)('runs that are searched again and again, on %s', (database) => {
  let api: MlflowApi;
  let experiment: string;
  let elsewhere: string;
  beforeAll(async () => {
    api = await anMlflowApi({ database });
    const make = async (name: string) =>
      (await api.send('POST', '/experiments/create', { name })).body['experiment_id'] as string;
    [experiment, elsewhere] = [await make('searched'), await make('elsewhere')];
  });
  afterAll(() => api.close());

  const create = async (): Promise<string> => {
    const { body } = await api.send('POST', '/runs/create', { experiment_id: experiment, start_time: 5 });
    return body['run'].info.run_id;
  };
  const searched = async () =>
    (
      await api.send('POST', '/runs/search', {
        experiment_ids: [experiment, elsewhere],
        run_view_type: 'ALL',
        max_results: 50_000,
      })
    ).body['runs'] as { info: { run_id: string } }[];

  it('are always what they are when read by themselves, whatever changed them', async () => {
    const id = await create();
    const other = await create();
    const dataset = { name: 'd', digest: '1', source_type: 'local', source: '{}' };
    const changes: [string, string, object][] = [
      ['POST', '/runs/log-metric', { run_id: id, key: 'auc', value: 0.5, timestamp: 1, step: 1 }],
      ['POST', '/runs/log-metric', { run_id: id, key: 'auc', value: 'NaN', timestamp: 2, step: 2 }],
      ['POST', '/runs/log-parameter', { run_id: id, key: 'depth', value: '6' }],
      ['POST', '/runs/set-tag', { run_id: id, key: 'größe', value: '数' }],
      ['POST', '/runs/set-tag', { run_id: id, key: 'mlflow.runName', value: 'renamed' }],
      ['POST', '/runs/delete-tag', { run_id: id, key: 'größe' }],
      [
        'POST',
        '/runs/log-batch',
        { run_id: id, params: [{ key: 'lr', value: '1' }], tags: [{ key: 'a', value: 'b' }] },
      ],
      ['POST', '/runs/log-inputs', { run_id: id, datasets: [{ dataset, tags: [] }] }],
      ['POST', '/runs/outputs', { run_id: id, models: [{ model_id: `m-${'a'.repeat(32)}`, step: 3 }] }],
      ['POST', '/runs/update', { run_id: id, status: 'FINISHED', end_time: 9 }],
      ['POST', '/runs/delete', { run_id: id }],
      ['POST', '/runs/restore', { run_id: id }],
      ['POST', '/experiments/delete', { experiment_id: experiment }],
      ['POST', '/experiments/restore', { experiment_id: experiment }],
    ];
    await searched();
    for (const [method, path, body] of changes) {
      const before = await searched();
      expect(await api.send(method as 'POST', path, body), path).toMatchObject({ status: 200 });
      const after = await searched();
      for (const run of [id, other]) {
        const { body: read } = await api.send('GET', `/runs/get?run_id=${run}`);
        expect(
          after.find((one) => one.info.run_id === run),
          `${path}: run ${run === id ? 'changed' : 'beside it'}`,
        ).toEqual(read['run']);
      }
      expect(after, path).not.toEqual(before);
    }
  });

  it('show where a run was moved to', async () => {
    const id = await create();
    const run = (await api.experiments.listRuns(api.test.ctx, { limit: 1, order: 'id desc' })).items[0];
    await searched();
    await api.experiments.changeRuns(api.test.ctx, [run?.id as string], { action: 'move', experiment: 'elsewhere' });
    const found = (await searched()).find((one) => one.info.run_id === id);
    expect(found?.info).toMatchObject({
      experiment_id: elsewhere,
      artifact_uri: (await api.send('GET', `/runs/get?run_id=${id}`)).body['run'].info.artifact_uri,
    });
  });

  it('come in full where they are longer than one piece', async () => {
    const tags = Array.from({ length: 50 }, (_, index) => ({ key: `t${index}`, value: `${'é'.repeat(4000)}${index}` }));
    const id = await create();
    await api.send('POST', '/runs/log-batch', { run_id: id, tags });
    const first = await searched();
    expect(await searched()).toEqual(first);
    const { body } = await api.send('GET', `/runs/get?run_id=${id}`);
    expect(first.find((run) => run.info.run_id === id)).toEqual(body['run']);
  });
});
