import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LineageService } from '#lineage';
import { listAudit } from '#platform/audit';
import { aPlatform, type TestPlatform, testDatabases } from '#platform/testing';
import { experimentsOn } from '../fixtures/experiments-on.ts';
import type { ExperimentsService } from '../index.ts';
import type { NewModelPoint } from './logged-model.ts';
import type { NewLoggedModel } from './service.ts';

describe.each(testDatabases)('logged models on %s', (database) => {
  let test: TestPlatform;
  let graph: LineageService;
  let service: ExperimentsService;
  let count = 0;
  beforeAll(async () => {
    test = await aPlatform({ database });
    ({ service, graph } = experimentsOn(test.platform));
  });
  afterAll(() => test.close());

  const anExperiment = () => service.createExperiment(test.ctx, { name: `experiment-${++count}` });
  const aRun = async (experiment?: string) =>
    service.startRun(test.ctx, { experiment: experiment ?? (await anExperiment()).id });
  const aModel = async (input: Partial<NewLoggedModel> = {}) =>
    service.createLoggedModel(test.ctx, {
      name: 'model',
      experiment: input.experiment ?? (await anExperiment()).number,
      ...input,
    });
  const audits = async (resourceId: string) =>
    (await listAudit(test.platform.database.db, { resourceId })).items.map((row) => row.verb).toReversed();
  const log = (runId: string, points: readonly NewModelPoint[]) =>
    service.logToRun(test.ctx, { runId, metrics: points, modelMetrics: points });
  const isUnder = (root: { type: string; id: string }, direction: 'up' | 'down') =>
    graph
      .lineageOf('default', root, { direction, depth: 1 })
      .then(({ nodes }) => nodes.filter(({ depth }) => depth !== 0).map(({ type, label }) => `${type} ${label}`));

  it('tells of every change in the audit trail, and nothing of one that changes nothing', async () => {
    const { id } = await aModel({ parameters: { depth: '3' }, tags: { team: 'red' } });
    await service.setLoggedModelStatus(test.ctx, id, 'ready');
    await service.setLoggedModelTags(test.ctx, id, { team: 'blue' });
    await service.deleteLoggedModelTag(test.ctx, id, 'team');
    await service.addLoggedModelParameters(test.ctx, id, { trees: '7' });
    await service.deleteLoggedModel(test.ctx, id);
    await service.deleteLoggedModel(test.ctx, id);
    const changes = ['create', ...Array.from({ length: 4 }, () => 'update'), 'delete'];
    expect(await audits(id)).toEqual(changes.map((what) => `logged-model.${what}`));
    expect(await service.getLoggedModel(test.ctx, id, { evenDeleted: true })).toMatchObject({
      status: 'ready',
      parameters: { depth: '3', trees: '7' },
      tags: {},
    });
  });

  it('leaves a model as it was when a change is refused', async () => {
    const model = await aModel({ parameters: { depth: '3' } });
    const refused = [
      () => service.addLoggedModelParameters(test.ctx, model.id, { other: '1', depth: '4' }),
      () => service.deleteLoggedModelTag(test.ctx, model.id, 'none'),
      () => service.setLoggedModelTags(test.ctx, model.id, { bad: 'a\0b' }),
    ];
    for (const change of refused) await expect(change()).rejects.toThrow();
    expect(await service.getLoggedModel(test.ctx, model.id)).toEqual(model);
    expect(await audits(model.id)).toEqual(['logged-model.create']);
  });

  it('belongs to its project alone', async () => {
    const { id } = await aModel();
    const elsewhere = { ...test.ctx, project: 'elsewhere' };
    await expect(service.getLoggedModel(elsewhere, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(service.setLoggedModelTags(elsewhere, id, { a: 'b' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(service.deleteLoggedModel(elsewhere, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('has its place between runs in the lineage graph', async () => {
    const run = await aRun();
    const reader = await aRun();
    const { id } = await aModel({ name: 'forest', sourceRunId: run.id });
    await service.logOutputs(test.ctx, run.id, [{ modelId: id, step: 1 }]);
    await service.logInputs(test.ctx, reader.id, { models: [id, 'another server'] });
    expect(await isUnder({ type: 'logged-model', id }, 'up')).toEqual([`run ${run.name}`]);
    expect(await isUnder({ type: 'logged-model', id }, 'down')).toEqual([`run ${reader.name}`]);
    expect(await isUnder({ type: 'run', id: reader.id }, 'up')).toEqual(['logged-model forest']);
  });

  it('keeps each point once per run and data set, in the transaction of the run', async () => {
    const run = await aRun();
    const other = await aRun();
    const { id: modelId } = await aModel();
    const point = { key: 'acc', value: 0.5, step: 1, at: 10, modelId };
    await Promise.all([1, 2, 3].map(() => log(run.id, [point, point, { ...point, value: 'NaN' }])));
    await log(run.id, [{ ...point, datasetName: 'wine', datasetDigest: 'd1' }]);
    await log(other.id, [point]);
    const { metrics } = await service.getLoggedModel(test.ctx, modelId);
    const own = { key: 'acc', step: 1, at: 10, runId: run.id, datasetName: '', datasetDigest: '' };
    expect(metrics).toHaveLength(4);
    expect(metrics).toEqual(
      expect.arrayContaining([
        { ...own, value: 0.5 },
        { ...own, value: 'NaN' },
        { ...own, value: 0.5, datasetName: 'wine', datasetDigest: 'd1' },
        { ...own, value: 0.5, runId: other.id },
      ]),
    );
    const refused = log(run.id, [{ ...point, key: 'new', modelId: 'lm_none' }]);
    await expect(refused).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(Object.keys((await service.getRun(test.ctx, run.id)).metrics)).toEqual(['acc']);
  });

  it('takes points of many runs at once', async () => {
    const { id: modelId } = await aModel();
    const runs = await Promise.all(Array.from({ length: 8 }, () => aRun()));
    const steps = Array.from({ length: 50 }, (_none, step) => step);
    await Promise.all(
      runs.flatMap(({ id }) =>
        steps.map((step) => log(id, [{ key: `m${step % 5}`, value: step, step, at: 1, modelId }])),
      ),
    );
    expect((await service.getLoggedModel(test.ctx, modelId)).metrics).toHaveLength(8 * 50);
  });

  it('answers all points of a model up to 10,000, of more only the last of each metric', async () => {
    const run = await aRun();
    const { id: modelId } = await aModel();
    const points = (from: number, to: number) =>
      Array.from({ length: to - from }, (_none, index) => ({
        key: 'loss',
        value: 1 / (from + index + 1),
        step: from + index,
        at: from + index,
        modelId,
      }));
    await log(run.id, points(0, 10_000));
    const all = await service.getLoggedModel(test.ctx, modelId);
    expect(all.metrics.map(({ step }) => step)).toEqual(points(0, 10_000).map(({ step }) => step));
    await log(run.id, points(10_000, 10_001));
    await log(run.id, [{ key: 'acc', value: 'Infinity', step: 0, at: 0, modelId }]);
    expect((await service.getLoggedModel(test.ctx, modelId)).metrics).toMatchObject([
      { key: 'loss', value: 1 / 10_001, step: 10_000 },
      { key: 'acc', value: 'Infinity' },
    ]);
  });

  it('searches by the latest value of a metric among all runs and data sets', async () => {
    const { number: experiment } = await anExperiment();
    const [early, late] = [await aRun(), await aRun()];
    const named = async (name: string) => (await aModel({ experiment, name })).id;
    const [rises, falls, gone] = [await named('rises'), await named('falls'), await named('gone')];
    const at = (modelId: string, value: number | 'NaN', step: number, more: object = {}) => ({
      key: 'a.b c',
      value,
      step,
      at: 5,
      modelId,
      ...more,
    });
    const wine = { datasetName: 'wine', datasetDigest: 'd1' };
    await log(late.id, [at(rises, 3, 2), at(falls, 1, 2, wine), at(gone, 'NaN', 9)]);
    await log(early.id, [at(rises, 1, 1, wine), at(falls, 3, 1), at(gone, 8, 1)]);
    const search = async (query: object) =>
      (
        await service.searchLoggedModels(test.ctx, { experiments: [experiment], filter: null, limit: 10, ...query })
      ).items.map(({ name }) => name);
    const above = (value: number) => ({
      filter: { kind: 'compare', path: ['metrics', 'a', 'b c'], operator: '>', value },
    });
    const order = (descending: boolean, dataset?: object) => ({
      order: [{ path: ['metrics', 'a', 'b c'], descending, ...(dataset ? { dataset } : {}) }],
    });
    expect(await search(above(2))).toEqual(['rises']);
    expect((await search(above(0))).sort()).toEqual(['falls', 'rises']);
    expect(await search(order(true))).toEqual(['rises', 'falls', 'gone']);
    expect(await search(order(false))).toEqual(['falls', 'rises', 'gone']);
    expect(await search({ ...above(0), datasets: [{ name: 'wine' }], ...order(true) })).toHaveLength(2);
    expect(await search({ ...above(2), datasets: [{ name: 'wine' }] })).toEqual([]);
    expect((await search({ datasets: [{ name: 'wine', digest: 'd2' }] })).length).toBe(0);
    expect((await search(order(true, { name: 'wine' }))).at(-1)).toBe('gone');
  });

  it('orders by status as a model lives, and continues after equal values', async () => {
    const { number: experiment } = await anExperiment();
    const statuses = ['failed', 'ready', 'pending', 'ready', 'pending'] as const;
    for (const status of statuses)
      await service.setLoggedModelStatus(test.ctx, (await aModel({ experiment })).id, status);
    const walked: string[] = [];
    const seen = new Set<string>();
    for (let cursor: string | undefined | null; cursor !== null; ) {
      const page = await service.searchLoggedModels(test.ctx, {
        experiments: [experiment],
        filter: null,
        limit: 2,
        order: [{ path: ['status'], descending: false }],
        ...(cursor === undefined ? {} : { cursor }),
      });
      walked.push(...page.items.map(({ status }) => status));
      for (const { id } of page.items) seen.add(id);
      cursor = page.nextCursor;
    }
    expect(walked).toEqual(['pending', 'pending', 'ready', 'ready', 'failed']);
    expect(seen.size).toBe(5);
  });

  it('refuses what cannot be searched or ordered by', async () => {
    const search = (query: object) =>
      service.searchLoggedModels(test.ctx, { experiments: [0], filter: null, limit: 10, ...query });
    for (const path of [['none'], ['parameters', 'depth'], ['metrics'], ['__proto__']])
      await expect(search({ order: [{ path, descending: true }] })).rejects.toMatchObject({ code: 'INVALID_FILTER' });
    const filter = { kind: 'compare', path: ['none'], operator: '=', value: 'x' };
    await expect(search({ filter })).rejects.toMatchObject({ code: 'INVALID_FILTER' });
    await expect(search({ cursor: 'x' })).rejects.toMatchObject({ code: 'INVALID_CURSOR' });
  });
});
