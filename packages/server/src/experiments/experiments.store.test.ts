import { type EventType, evaluateFilter, parseFilter, type Run } from '@millwright/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LineageService } from '#lineage';
import { listAudit } from '#platform/audit';
import { listEvents } from '#platform/events';
import { aPlatform, type TestPlatform, testDatabases } from '#platform/testing';
import { experimentsOn } from './fixtures/experiments-on.ts';
import type { NewRun } from './runs/service.ts';
import type { ExperimentsService } from './service.ts';

describe.each(testDatabases)('experiments on %s', (database) => {
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
  const aRun = async (input: Partial<NewRun> = {}) =>
    service.startRun(test.ctx, { experiment: input.experiment ?? (await anExperiment()).name, ...input });
  const events = async (type: EventType, subjectId: string) => {
    const { items } = await listEvents(test.platform.database.db, { project: 'default', type, limit: 1000 });
    return items.filter((event) => event.subjectId === subjectId);
  };
  const verbs = async (resourceId: string) =>
    (await listAudit(test.platform.database.db, { resourceId })).items.map((row) => row.verb);

  it('starts a run with what is known of it, its audit and its event', async () => {
    const experiment = await anExperiment();
    const run = await aRun({ experiment: experiment.id, parameters: { depth: '6' }, tags: { team: 'risk' } });
    expect(run).toMatchObject({
      name: 'run-1',
      status: 'running',
      experimentId: experiment.id,
      experimentName: experiment.name,
      parameters: { depth: '6' },
      tags: { team: 'risk' },
      metrics: {},
      endedAt: null,
    });
    expect(await service.getRun(test.ctx, run.id)).toEqual(run);
    expect(await service.findExperiment(test.ctx, experiment.name)).toMatchObject({
      runCount: 1,
      lastRunAt: run.startedAt,
    });
    expect(await verbs(run.id)).toEqual(['run.create']);
    expect(await events('experiments.run-started', run.id)).toHaveLength(1);
  });

  it('starts one run per origin, and counts it once', async () => {
    const experiment = await anExperiment();
    const input = { experiment: experiment.name, originKey: `step-${experiment.id}` };
    const runs = await Promise.all([aRun(input), aRun(input), aRun(input)]);
    expect(new Set(runs.map((run) => run.id)).size).toBe(1);
    expect((await service.findExperiment(test.ctx, experiment.id)).runCount).toBe(1);
  });

  it('refuses references to what does not exist, and starts nothing', async () => {
    const experiment = await anExperiment();
    await expect(aRun({ experiment: 'nowhere' })).rejects.toMatchObject({ code: 'INVALID_REFERENCE' });
    await expect(aRun({ experiment: experiment.name, parentRunId: 'run_0' })).rejects.toMatchObject({
      code: 'INVALID_REFERENCE',
    });
    await expect(aRun({ experiment: experiment.name, datasetVersionId: 'dsv_0' })).rejects.toMatchObject({
      code: 'INVALID_REFERENCE',
    });
    expect((await service.findExperiment(test.ctx, experiment.id)).runCount).toBe(0);
  });

  it('links a run to its parent', async () => {
    const parent = await aRun();
    const child = await aRun({ parentRunId: parent.id });
    const { nodes, edges } = await graph.lineageOf(
      'default',
      { type: 'run', id: child.id },
      { direction: 'up', depth: 2 },
    );
    expect(nodes.map((node) => node.label)).toEqual([child.name, parent.name]);
    expect(edges).toMatchObject([{ kind: 'parent' }]);
  });

  it('keeps a parameter as it was set, and takes the same value again', async () => {
    const run = await aRun({ parameters: { depth: '6' } });
    const same = await service.updateRun(test.ctx, run.id, { parameters: { depth: '6', rate: '0.1' } });
    expect(same.parameters).toEqual({ depth: '6', rate: '0.1' });
    await expect(
      service.updateRun(test.ctx, run.id, { parameters: { depth: '7', more: '1' }, tags: { a: 'b' } }),
    ).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('The parameter depth is "6" and cannot become "7"'),
    });
    expect(await service.getRun(test.ctx, run.id)).toEqual(same);
  });

  it('lets tags change', async () => {
    const run = await aRun({ tags: { team: 'a' } });
    expect((await service.updateRun(test.ctx, run.id, { tags: { team: 'b', x: '' } })).tags).toEqual({
      team: 'b',
      x: '',
    });
  });

  it('ends a run once', async () => {
    const run = await aRun();
    const ended = await service.endRun(test.ctx, run.id, 'finished', { tags: { done: 'yes' } });
    expect(ended).toMatchObject({ status: 'finished', tags: { done: 'yes' } });
    expect(ended.endedAt).not.toBeNull();
    expect((await service.endRun(test.ctx, run.id, 'finished')).endedAt).toBe(ended.endedAt);
    await expect(service.endRun(test.ctx, run.id, 'failed')).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await events('experiments.run-ended', run.id)).toMatchObject([{ data: { status: 'finished' } }]);
    expect(await service.updateRun(test.ctx, run.id, { status: 'running' })).toMatchObject({
      status: 'running',
      endedAt: null,
    });
  });

  it('keeps every value of a metric exactly, with its summary', async () => {
    const run = await aRun();
    const values = [
      0.1 + 0.2,
      Number.NaN,
      -0.0000001,
      Number.POSITIVE_INFINITY,
      Number.MAX_VALUE,
      Number.MIN_VALUE,
      Number.NEGATIVE_INFINITY,
      1 / 3,
    ];
    await service.logMetrics(
      test.ctx,
      run.id,
      values.map((value, step) => ({ key: 'loss', value, step, at: 1000 + step })),
    );
    const { points, total, sampled } = await service.metricHistory(test.ctx, run.id, 'loss', 100);
    expect({ total, sampled }).toEqual({ total: 8, sampled: false });
    expect(points.map((point) => Number(point.value))).toEqual(values);
    expect(points[3]).toEqual({ step: 3, at: 1003, value: 'Infinity' });
    expect((await service.getRun(test.ctx, run.id)).metrics).toEqual({
      loss: { last: 1 / 3, min: -0.0000001, max: Number.MAX_VALUE, lastStep: 7, lastAt: expect.any(Number), points: 8 },
    });
    expect(await events('experiments.metrics-logged', run.id)).toMatchObject([{ data: { points: 8, keys: ['loss'] } }]);
    expect(await verbs(run.id)).toEqual(['run.create']);
  });

  it('takes the highest step as the last, and calls a metric without finite values NaN', async () => {
    const run = await aRun();
    await service.logMetrics(test.ctx, run.id, [
      { key: 'a', value: 1, step: 5 },
      { key: 'a', value: 2, step: 5 },
    ]);
    await service.logMetrics(test.ctx, run.id, [
      { key: 'a', value: 9, step: 3 },
      { key: 'b', value: 'NaN' },
    ]);
    expect((await service.getRun(test.ctx, run.id)).metrics).toEqual({
      a: { last: 2, min: 1, max: 9, lastStep: 5, lastAt: expect.any(Number), points: 3 },
      b: { last: 'NaN', min: 'NaN', max: 'NaN', lastStep: 0, lastAt: expect.any(Number), points: 1 },
    });
  });

  it('loses no point when several write the same metric at once', async () => {
    const run = await aRun();
    await Promise.all(
      Array.from({ length: 8 }, (_, step) =>
        service.logMetrics(test.ctx, run.id, [
          { key: 'a', value: step, step },
          { key: `own-${step}`, value: 1 },
        ]),
      ),
    );
    const { metrics } = await service.getRun(test.ctx, run.id);
    expect(metrics['a']).toEqual({ last: 7, min: 0, max: 7, lastStep: 7, lastAt: expect.any(Number), points: 8 });
    expect(Object.keys(metrics)).toHaveLength(9);
    expect((await service.metricHistory(test.ctx, run.id, 'a', 100)).points).toHaveLength(8);
  });

  it('hides no spike and no gap when it samples a long history', async () => {
    const run = await aRun();
    const spikes: Record<number, number | 'NaN'> = { 777: 1e9, 4321: -1e9, 6000: 'NaN' };
    await service.logMetrics(
      test.ctx,
      run.id,
      Array.from({ length: 10_000 }, (_, step) => ({ key: 'loss', value: spikes[step] ?? Math.sin(step / 500), step })),
    );
    const history = await service.metricHistory(test.ctx, run.id, 'loss', 200);
    expect(history).toMatchObject({ total: 10_000, sampled: true });
    expect(history.points.length).toBeLessThanOrEqual(200);
    expect(history.points.length).toBeGreaterThan(100);
    const steps = history.points.map((point) => point.step);
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    expect(steps).toEqual(expect.arrayContaining([0, 777, 4321, 6000, 9999]));
    for (const point of history.points) expect(point.value).toBe(spikes[point.step] ?? Math.sin(point.step / 500));
  });

  it('takes 10,000 points in one request', async () => {
    const run = await aRun();
    const points = Array.from({ length: 10_000 }, (_, step) => ({ key: `metric-${step % 10}`, value: step / 7, step }));
    await service.logMetrics(test.ctx, run.id, points);
    expect((await service.getRun(test.ctx, run.id)).metrics['metric-9']?.points).toBe(1000);
  });

  it('stores files under paths, replaces them, and tells of it in the audit trail', async () => {
    const run = await aRun();
    const put = (path: string, text: string) =>
      service.putArtifact(test.ctx, run.id, path, Buffer.from(text), 'text/plain');
    const first = await put('plots/a.txt', 'one');
    const second = await put('plots/a.txt', 'two!');
    await put('model.onnx', 'x');
    expect((await service.listArtifacts(test.ctx, run.id)).map(({ path, sizeBytes }) => [path, sizeBytes])).toEqual([
      ['model.onnx', 1],
      ['plots/a.txt', 4],
    ]);
    expect(await service.artifactDigest(test.ctx, run.id, 'plots/a.txt')).toBe(second.digest);
    const { items } = await listAudit(test.platform.database.db, { resourceId: run.id });
    expect(items[1]?.detail).toMatchObject({ path: 'plots/a.txt', digest: second.digest, replaced: first.digest });
    await expect(service.artifactDigest(test.ctx, run.id, 'plots')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(service.putArtifact(test.ctx, 'run_0', 'a', Buffer.from(''), '')).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('lists runs newest first, page by page', async () => {
    const { name: experiment } = await anExperiment();
    const ids: string[] = [];
    for (let index = 0; index < 5; index++) ids.unshift((await aRun({ experiment })).id);
    const first = await service.listRuns(test.ctx, { experiment, limit: 2 });
    const second = await service.listRuns(test.ctx, { experiment, limit: 2, cursor: first.nextCursor ?? '' });
    const third = await service.listRuns(test.ctx, { experiment, limit: 2, cursor: second.nextCursor ?? '' });
    expect([first, second, third].flatMap((page) => page.items.map((run) => run.id))).toEqual(ids);
    expect(third.nextCursor).toBeNull();
    await expect(service.listRuns(test.ctx, { cursor: 'x' })).rejects.toMatchObject({ code: 'INVALID_CURSOR' });
  });

  describe('filtering runs', () => {
    let experiment = '';
    let runs: Run[] = [];
    beforeAll(async () => {
      experiment = (await anExperiment()).name;
      const log = async (
        input: Partial<NewRun>,
        metrics: Record<string, (number | 'NaN' | 'Infinity')[]>,
        status?: 'finished' | 'failed',
      ) => {
        const run = await aRun({ experiment, ...input });
        const points = Object.entries(metrics).flatMap(([key, values]) =>
          values.map((value, step) => ({ key, value, step })),
        );
        if (points.length > 0) await service.logMetrics(test.ctx, run.id, points);
        if (status) await service.endRun(test.ctx, run.id, status);
      };
      await log(
        { name: 'Baseline 7', parameters: { depth: '6', loss: 'log' }, tags: { team: 'risk', 'mlflow.user': 'ada' } },
        { auc: [0.5, 0.93], 'val.loss': [2, 1] },
        'finished',
      );
      await log(
        { name: 'ärger_100%', parameters: { depth: '10', flag: 'true' }, tags: { team: 'Risk' } },
        { auc: [0.95, 0.4], 'auc.min': [7] },
        'failed',
      );
      await log(
        { name: 'back\\slash', parameters: { depth: '1e1', flag: 'no' } },
        { auc: ['NaN'], 'val.loss': ['Infinity'] },
      );
      await log({ name: 'empty', parameters: { depth: '', size: 'Infinity', hex: '0x10' } }, {});
      runs = (await service.listRuns(test.ctx, { experiment })).items;
    });

    it.each([
      'metrics.auc > 0.9',
      'metrics.auc <= 0.93',
      'metrics.auc != 0.4',
      'metrics.auc.min = 0.5',
      'metrics.auc.min = 7',
      'metrics.auc.max >= 0.95',
      'metrics.auc.points = 2',
      'metrics.val.loss > 0',
      'metrics.val.loss < 5',
      'metrics.auc = "NaN"',
      'metrics.auc is null',
      'metrics.auc is not null',
      'metrics.val.loss.lastStep = 1',
      'metrics.nothing > 0',
      'parameters.depth > 6',
      'parameters.depth = 10',
      'parameters.depth = "10"',
      'parameters.depth != 6',
      'parameters.depth is null',
      'parameters.size > 1',
      'parameters.hex = 16',
      'parameters.flag = true',
      'parameters.flag != true',
      'parameters.flag < true',
      'not parameters.flag = true',
      'parameters.loss > "a"',
      'tags.team = "risk"',
      'tags.team ~ "RISK"',
      'tags.mlflow.user = "ada"',
      'tags.team > "S"',
      'tags.none != "x"',
      'not tags.none = "x"',
      'tags.team not in ("risk")',
      'name ~ "base"',
      'name ~ "_100%"',
      'name ~ "\\s"',
      'name = "empty"',
      'name != "empty"',
      'name > "b"',
      'name >= "empty" or name < "C"',
      'name = true',
      'name != true',
      'status in ("failed", "finished")',
      'status not in ("failed")',
      'endedAt is null',
      'endedAt > 5',
      'startedAt > "2020-01-01"',
      'startedAt < "2020-01-01"',
      'startedAt != "no date"',
      'startedAt > 1.5',
      'endedAt < true',
      'startedAt ~ "7"',
      'metrics.auc > 1e999',
      'parameters.depth < -1e999',
      'owner = "system:test"',
      'parentRunId is null',
      'metrics.auc > 0.9 and (tags.team = "risk" or not status in ("failed","killed")) and name ~ "base"',
      'not (metrics.auc > 0.9 or parameters.depth = "")',
    ])('means in the database what it means in the browser: %s', async (text) => {
      const parsed = parseFilter(text);
      if ('problem' in parsed) throw new Error(parsed.problem.message);
      const expected = runs.filter((run) => evaluateFilter(parsed.filter, run)).map((run) => run.name);
      const { items } = await service.listRuns(test.ctx, { experiment, filter: text });
      expect(items.map((run) => run.name)).toEqual(expected);
    });

    it('finds by the name of the experiment', async () => {
      expect((await service.listRuns(test.ctx, { filter: `experiment = "${experiment}"` })).items).toHaveLength(4);
    });

    it.each([
      ['nonsense = 1', 'There is no column nonsense'],
      ['parameters = "x"', 'There is no column parameters'],
      ['name.first = "x"', 'There is no column name.first'],
      ['constructor = "x"', 'There is no column constructor'],
      ['name = 5', 'compare it with a text in quotes, "5"'],
      ['name = "a\u0000"', 'character NUL'],
      ['tags.`a\u0000` = "a"', 'character NUL'],
      ['name = ', 'at character 8'],
    ])('refuses %j', async (filter, message) => {
      await expect(service.listRuns(test.ctx, { filter })).rejects.toMatchObject({
        code: 'INVALID_FILTER',
        message: expect.stringContaining(message),
      });
    });

    it('takes what looks like SQL for text', async () => {
      expect(
        (await service.listRuns(test.ctx, { filter: `name = "'; drop table runs; --" or tags.\`x' or 1=1 --\` = "1"` }))
          .items,
      ).toEqual([]);
      expect((await service.listRuns(test.ctx, { experiment })).items).toHaveLength(4);
    });
  });
});
