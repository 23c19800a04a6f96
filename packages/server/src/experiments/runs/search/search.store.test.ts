import {
  directionOf,
  evaluateFilter,
  type Filter,
  type MillwrightError,
  parseFilter,
  type Run,
  withBest,
} from '@millwright/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aPlatform, type TestPlatform, testDatabases } from '#platform/testing';
import { experimentsOn } from '../../fixtures/experiments-on.ts';
import { toSorted } from '../../metrics/metric.ts';
import type { ExperimentsService } from '../../service.ts';

/** A small generator, so that a failure can be repeated. */
const numbersFrom = (seed: number) => {
  let state = seed;
  return (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state % below;
  };
};

const values = [0.5, 1, 1, 2, -3, 'NaN', 'Infinity', '-Infinity'] as const;

describe.each(testDatabases)('the search of runs on %s', (database) => {
  let test: TestPlatform;
  let service: ExperimentsService;
  let all: Run[];
  let number: number;
  beforeAll(async () => {
    test = await aPlatform({ database });
    ({ service } = experimentsOn(test.platform));
    ({ number } = await service.createExperiment(test.ctx, { name: 'one' }));
    await service.createExperiment(test.ctx, { name: 'other' });
    const next = numbersFrom(7);
    for (let i = 0; i < 40; i++) {
      const { id } = await service.startRun(test.ctx, {
        experiment: i % 8 === 7 ? 'other' : 'one',
        name: `run-${next(10)}`,
        startedAt: 1000 + next(6),
        parameters: {
          ...(next(3) === 0 ? {} : { depth: String(next(4)) }),
          ...(next(3) === 0 ? {} : { size: ['8', '16', 'large', 'small'][next(4)] as string }),
        },
      });
      const at = 1;
      if (next(4) > 0) {
        const value = values[next(values.length)] as (typeof values)[number];
        await service.logMetrics(test.ctx, id, [{ key: 'val loss', value, at }]);
      }
      if (next(2) > 0) await service.logMetrics(test.ctx, id, [{ key: 'auc', value: next(3), at }]);
      if (i % 5 === 1) await service.logMetrics(test.ctx, id, [{ key: 'auc.max', value: next(5), at }]);
      if (i % 7 === 2) await service.logMetrics(test.ctx, id, [{ key: 'err.best', value: next(5), at }]);
      for (let step = 0; i % 3 > 0 && step < 3; step++)
        await service.logMetrics(test.ctx, id, [{ key: 'err', value: values[next(8)] ?? 0, step, at }]);
      if (next(3) === 0) await service.endRun(test.ctx, id, 'finished');
      if (next(9) === 0) await service.setRunDeleted(test.ctx, id, true);
    }
    await service.describeMetric(test.ctx, 'val loss', { direction: 'maximize' });
    await service.describeMetric(test.ctx, 'none', { direction: 'minimize' });
    const page = await service.searchRuns(test.ctx, { experiments: null, filter: null, view: 'all', limit: 1000 });
    all = page.items;
  });
  afterAll(() => test.close());

  const pages = async (order: string, limit: number, experiment?: string): Promise<string[]> => {
    const ids: string[] = [];
    for (let cursor: string | undefined, more = true; more; ) {
      const page = await service.listRuns(test.ctx, { order, limit, cursor, experiment });
      ids.push(...page.items.map((run) => run.id));
      cursor = page.nextCursor ?? undefined;
      more = page.nextCursor !== null;
    }
    return ids;
  };

  /** Rank first: there, then NaN, then nothing; the last two the same way round in either direction. */
  const metricOf = (run: Run, key: string): [rank: number, value: number] => {
    const last = run.metrics[key]?.last;
    if (last === undefined) return [2, 0];
    const value = toSorted(last);
    return value === null ? [1, 0] : [0, value];
  };
  const parameterOf = (run: Run, key: string): [rank: number, value: string] =>
    run.parameters[key] === undefined ? [1, ''] : [0, run.parameters[key]];
  /** `auc.max` is a metric of some runs, and the greatest value of `auc` of the others. */
  const greatestOf = (run: Run): [rank: number, value: number] => {
    const named = run.metrics['auc.max']?.last;
    const greatest = named ?? run.metrics['auc']?.max;
    return greatest === undefined ? [2, 0] : [0, Number(greatest)];
  };
  const rankOf = (value: number | string | undefined): [rank: number, value: number] => {
    if (value === undefined) return [2, 0];
    const sorted = toSorted(value as number);
    return sorted === null ? [1, 0] : [0, sorted];
  };
  /** By its name less is better; some runs have a metric that is called `err.best`. */
  const leastErrorOf = (run: Run) => rankOf(run.metrics['err.best']?.last ?? run.metrics['err']?.min);
  /** Somebody said that more of it is better. */
  const bestLossOf = (run: Run) => rankOf(run.metrics['val loss']?.max);
  /** Numbers by their size (8 before 16), then words. */
  const sizeOf = (run: Run): [rank: number, value: number | string] => {
    const size = run.parameters['size'];
    if (size === undefined) return [2, ''];
    return Number.isNaN(Number(size)) ? [1, size] : [0, Number(size)];
  };
  const compare = (a: number | string, b: number | string): number => (a < b ? -1 : a > b ? 1 : 0);
  const expected = (keys: ((run: Run) => [number, number | string, number])[], experiment?: string): string[] =>
    all
      .filter((run) => run.deletedAt === null && (experiment === undefined || run.experimentName === experiment))
      .sort((a, b) => {
        for (const key of keys) {
          const [rankA, valueA, sign] = key(a);
          const [rankB, valueB] = key(b);
          const order = rankA - rankB || compare(valueA, valueB) * sign;
          if (order !== 0) return order;
        }
        return b.startedAt - a.startedAt || compare(a.id, b.id);
      })
      .map((run) => run.id);

  const orders: [string, ((run: Run) => [number, number | string, number])[]][] = [
    ['', []],
    ['metrics.`val loss`', [(run) => [...metricOf(run, 'val loss'), 1]]],
    ['metrics.`val loss` desc', [(run) => [...metricOf(run, 'val loss'), -1]]],
    [
      'metrics.auc desc, parameters.depth',
      [(run) => [...metricOf(run, 'auc'), -1], (run) => [...parameterOf(run, 'depth'), 1]],
    ],
    ['parameters.depth DESC, name', [(run) => [...parameterOf(run, 'depth'), -1], (run) => [0, run.name, 1]]],
    ['endedAt', [(run) => [run.endedAt === null ? 1 : 0, run.endedAt ?? 0, 1]]],
    [
      'durationMs desc',
      [(run) => [run.endedAt === null ? 1 : 0, run.endedAt === null ? 0 : run.endedAt - run.startedAt, -1]],
    ],
    ['metrics.auc.max desc', [(run) => [...greatestOf(run), -1]]],
    ['metrics.err.best', [(run) => [...leastErrorOf(run), 1]]],
    ['metrics.`val loss`.best desc', [(run) => [...bestLossOf(run), -1]]],
    ['parameters.size', [(run) => [...sizeOf(run), 1]]],
  ];
  it.each(orders)('walks pages of every size in the order "%s"', async (order, keys) => {
    for (const limit of [1, 3, 7, 1000]) {
      expect(await pages(order, limit)).toEqual(expected(keys));
      expect(await pages(order, limit, 'one')).toEqual(expected(keys, 'one'));
    }
  });

  it.each([
    'parameters.depth = "2"',
    'metrics.auc = 1 and parameters.depth = "1"',
    'metrics.`val loss` > 1 and name != "run-3"',
    'metrics.`val loss` < -2',
    'metrics.none > 0 and metrics.auc >= 0',
    'tags.none = "a" or metrics.auc <= 1',
    'parameters.depth = "0" and not metrics.auc = 0',
    'metrics.err.best < 1',
    'metrics.err.best >= 1 or metrics.auc.best = 2',
    'not metrics.`val loss`.best > 0 and metrics.auc.best between 1 and 2',
    'metrics.err.best is null and metrics.none.best is null',
    'metrics.err.best in (0.5, 1, 2) and metrics.auc.best != 0',
    'metrics.err.best = "NaN"',
  ])('finds by an index what it would find without: %s', async (filter) => {
    const { filter: read } = parseFilter(filter) as { filter: Filter };
    for (const order of ['', 'metrics.auc desc', 'name']) {
      const found = await service.listRuns(test.ctx, { experiment: 'one', filter, order, limit: 1000 });
      const matching = all.filter(
        (run) =>
          run.deletedAt === null && run.experimentName === 'one' && evaluateFilter(read, withBest(run, direction)),
      );
      expect(found.items.map((run) => run.id).sort()).toEqual(matching.map((run) => run.id).sort());
      expect(await service.countRuns(test.ctx, { experiment: 'one', filter })).toBe(matching.length);
    }
  });

  const direction = (key: string) => directionOf(key, { direction: key === 'val loss' ? 'maximize' : null });

  it('asks which way a metric gets better, at the character, where nobody said', async () => {
    const refused = async (query: { filter?: string; order?: string }) =>
      service.listRuns(test.ctx, query).then(
        () => null,
        (error: MillwrightError) => [error.code, error.extra['position']],
      );
    expect(await refused({ filter: 'name = "a" and metrics.epoch.best > 1' })).toEqual(['INVALID_FILTER', 15]);
    expect(await refused({ order: 'name,  metrics.epoch.best desc' })).toEqual(['INVALID_FILTER', 7]);
    await service.describeMetric(test.ctx, 'epoch', { direction: 'none' });
    expect(await refused({ filter: 'metrics.epoch.best > 1' })).toEqual(['INVALID_FILTER', 0]);
    await service.describeMetric(test.ctx, 'epoch', { direction: 'maximize' });
    expect(await refused({ filter: 'metrics.epoch.best > 1', order: 'metrics.epoch.best' })).toBeNull();
    await service.forgetMetric(test.ctx, 'epoch');
    expect(await refused({ filter: 'metrics.`epoch.best` > 1' })).toBeNull();
    expect(await refused({ filter: 'metrics.epoch.best > 1' })).not.toBeNull();
    // A client of another protocol may mean a metric of that name.
    const { filter } = parseFilter('metrics.epoch.best > 1') as { filter: Filter };
    expect((await service.searchRuns(test.ctx, { experiments: null, filter, limit: 5 })).items).toEqual([]);
  });

  it('counts what it finds', async () => {
    const found = await service.listRuns(test.ctx, { filter: 'metrics.auc >= 1', limit: 1000 });
    expect(found.items.length).toBeGreaterThan(3);
    expect(await service.countRuns(test.ctx, { filter: 'metrics.auc >= 1' })).toBe(found.items.length);
    expect(await service.countRuns(test.ctx, { view: 'deleted' })).toBe(
      all.filter((run) => run.deletedAt !== null).length,
    );
  });

  it('names the keys that runs of an experiment have', async () => {
    expect(await service.runKeys(test.ctx, 'one')).toEqual({
      metrics: ['auc', 'auc.max', 'err', 'err.best', 'val loss'],
      parameters: ['depth', 'size'],
      tags: [],
    });
  });

  it('answers only the keys that are asked for', async () => {
    const whole = await service.listRuns(test.ctx, { limit: 1000 });
    const some = await service.listRuns(test.ctx, { limit: 1000, keys: 'metrics.val loss,parameters.depth' });
    expect(some.items).toEqual(
      whole.items.map((run) => ({
        ...run,
        parameters: run.parameters['depth'] === undefined ? {} : { depth: run.parameters['depth'] },
        metrics: run.metrics['val loss'] === undefined ? {} : { 'val loss': run.metrics['val loss'] },
        tags: {},
      })),
    );
    const none = await service.listRuns(test.ctx, { limit: 1000, keys: '' });
    expect(none.items.every((run) => Object.keys({ ...run.metrics, ...run.parameters }).length === 0)).toBe(true);
    await expect(service.listRuns(test.ctx, { keys: 'auc' })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('reads several metrics of several runs at once', async () => {
    const runs = all.slice(0, 5).map((run) => run.id);
    const unknown = 'run_00000000000000000000000000';
    const histories = await service.metricHistories(test.ctx, { runs: [...runs, unknown], keys: ['auc'], limit: 10 });
    const having = all.slice(0, 5).filter((run) => run.metrics['auc']);
    expect(histories.map((one) => one.runId).sort()).toEqual(having.map((run) => run.id).sort());
    for (const { runId, points } of histories)
      expect(points).toEqual([{ at: 1, step: 0, value: all.find((run) => run.id === runId)?.metrics['auc']?.last }]);
  });

  it.each([
    ['metrics.auc sideways', 'INVALID_FILTER'],
    ['nothing', 'INVALID_FILTER'],
    ['dataset.name', 'INVALID_FILTER'],
  ])('refuses the order "%s"', async (order, code) => {
    await expect(service.listRuns(test.ctx, { order })).rejects.toMatchObject({ code });
  });

  it('refuses a cursor of another order', async () => {
    const { nextCursor } = await service.listRuns(test.ctx, { limit: 1 });
    const query = { limit: 1, order: 'name', cursor: nextCursor ?? '' };
    await expect(service.listRuns(test.ctx, query)).rejects.toMatchObject({ code: 'INVALID_CURSOR' });
  });

  it('takes an experiment and its runs into the trash and back, and leaves there what was there before', async () => {
    const before = await service.countRuns(test.ctx, { experiment: 'one', view: 'active' });
    const deleted = await service.setExperimentDeleted(test.ctx, 'one', true);
    expect(deleted.deletedAt).not.toBeNull();
    expect(await service.countRuns(test.ctx, { experiment: 'one', view: 'active' })).toBe(0);
    await expect(service.startRun(test.ctx, { experiment: 'one' })).rejects.toMatchObject({ code: 'CONFLICT' });
    await service.setExperimentDeleted(test.ctx, 'one', false);
    expect(await service.countRuns(test.ctx, { experiment: 'one', view: 'active' })).toBe(before);
    expect(await service.experimentBy(test.ctx, { number })).toMatchObject({ name: 'one', deletedAt: null });
  });
});
