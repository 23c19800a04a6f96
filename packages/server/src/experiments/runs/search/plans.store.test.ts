import { evaluateFilter, type Filter, parseFilter, type Run, withBest } from '@millwright/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aPlatform, type TestPlatform, testDatabases } from '#platform/testing';
import { experimentsOn } from '../../fixtures/experiments-on.ts';
import { toSorted } from '../../metrics/metric.ts';
import type { RunOrder } from '../ordering/store.ts';
import { type Effort, findRuns } from './store.ts';

/** A small generator, so that a failure can be repeated. */
const numbersFrom = (seed: number) => {
  let state = seed;
  return (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) % below;
  };
};

const best = new Map<string, 'min' | 'max'>([['loss', 'min']]);
const long = 'long '.repeat(20);
/** Few values, so that many runs share one; some beyond what indexes have of them, some no text of ascii. */
const texts = ['1', '2', '02', '10', 'a', 'b', `${long}a`, `${long}b`, '', '\u{1f600}', '\ufb01'];
const numbers = [0, 1, 1, 2, -2.5, 'NaN', 'Infinity', '-Infinity'] as const;

type Key = (number | string)[];
const rankOf = (value: unknown): Key => {
  if (value === undefined) return [2, 0];
  const sorted = toSorted(value as number);
  return sorted === null ? [1, 0] : [0, sorted];
};
const keyOf = (run: Run, { path, numeric, summaries }: RunOrder): Key => {
  const [first = '', ...rest] = path;
  const key = rest.join('.');
  if (first === 'metrics') {
    const last = rest.at(-1);
    const whole = run.metrics[rest.slice(0, -1).join('.')];
    const part = last === 'best' ? 'min' : last;
    const named = run.metrics[key]?.last;
    if (!summaries || rest.length < 2 || named !== undefined) return rankOf(named);
    return rankOf(part === 'min' ? whole?.min : whole?.max);
  }
  if (first === 'parameters' || first === 'tags') {
    const value = run[first][key];
    if (!numeric) return value === undefined ? [1, ''] : [0, value];
    if (value === undefined) return [2, 0, ''];
    const isNumber = value !== '' && !Number.isNaN(Number(value));
    return [isNumber ? 0 : 1, isNumber ? Number(value) : 0, value];
  }
  if (first === 'experiment') return [run.experimentName];
  if (first === 'endedAt') return run.endedAt === null ? [1, 0] : [0, run.endedAt];
  if (first === 'durationMs') return run.endedAt === null ? [1, 0] : [0, run.endedAt - run.startedAt];
  return [run[first as 'name' | 'status' | 'note' | 'startedAt' | 'id']];
};
const compare = (a: number | string, b: number | string): number =>
  typeof a === 'number' ? a - Number(b) : Buffer.compare(Buffer.from(a), Buffer.from(String(b)));
const compareRuns =
  (order: readonly RunOrder[]) =>
  (a: Run, b: Run): number => {
    for (const one of order) {
      const [left, right] = [keyOf(a, one), keyOf(b, one)];
      // What tells whether there is a value comes the same way round in either direction.
      for (const [index, value] of left.entries()) {
        const sign = one.descending && (left.length === 1 || index > 0) ? -1 : 1;
        const difference = compare(value, right[index] as string) * sign;
        if (difference !== 0) return difference;
      }
    }
    return b.startedAt - a.startedAt || compare(a.id, b.id);
  };

const paths = [
  ['name'],
  ['status'],
  ['note'],
  ['startedAt'],
  ['id'],
  ['experiment'],
  ['endedAt'],
  ['durationMs'],
  ['metrics', 'acc'],
  ['metrics', 'loss'],
  ['metrics', 'acc', 'max'],
  ['metrics', 'loss', 'min'],
  ['metrics', 'loss', 'best'],
  ['metrics', 'loss', 'max'],
  ['metrics', 'none'],
  ['parameters', 'depth'],
  ['parameters', 'size'],
  ['tags', 'team'],
];
const filters = [
  'metrics.acc > 0',
  'metrics.acc <= 1',
  'metrics.loss.min < 1',
  'metrics.acc.max >= 1',
  'parameters.depth = "1"',
  `parameters.size = "${long}a"`,
  'parameters.size != "a"',
  'parameters.depth >= 2',
  'parameters.size like "%o%"',
  'tags.team in ("a", "b", "2")',
  'not tags.team = "a"',
  'name rlike "[123]$"',
  'name like "%-3"',
  'not name ilike "RUN-1%" and not name = "run-2"',
  'parameters.size ilike "LONG%A"',
  'parameters.size like "none%"',
  'parameters.size > "b"',
  'parameters.depth like "0%" or parameters.depth = "1"',
  'not parameters.depth like "1%"',
  'metrics.acc = "NaN"',
  'metrics.acc in (0, 1)',
  'status = "finished"',
  'endedAt > 0',
  'startedAt >= 1002',
  'endedAt < true',
  'metrics.acc.points = 2',
  'metrics.loss.last <= 1',
  'metrics.acc.lastStep = 1',
  'note = ""',
  'metrics.loss = 1 or parameters.depth = "2"',
  'metrics.none is null',
];
const efforts: Effort[] = [
  { rowsAtFirst: 1000, fewRuns: 500, mostCandidates: 50_000 },
  { rowsAtFirst: 1000, fewRuns: 0, mostCandidates: 50_000 },
  { rowsAtFirst: 1, fewRuns: 0, mostCandidates: 0 },
  { rowsAtFirst: 3, fewRuns: 0, mostCandidates: 50_000 },
];

describe.each(testDatabases)('however runs are looked for on %s', (database) => {
  let test: TestPlatform;
  let all: Run[];
  const numbersOf = new Map<string, number>();
  const idOf = new Map<number, string>();
  beforeAll(async () => {
    test = await aPlatform({ database });
    const { service } = experimentsOn(test.platform);
    for (const name of ['one', 'two']) numbersOf.set(name, (await service.createExperiment(test.ctx, { name })).number);
    const next = numbersFrom(11);
    const some = <T>(values: readonly T[]): T => values[next(values.length)] as T;
    for (let i = 0; i < 60; i++) {
      const { id } = await service.startRun(test.ctx, {
        experiment: i % 4 === 3 ? 'two' : 'one',
        name: `run-${next(7)}`,
        startedAt: 1000 + next(5),
        parameters: {
          ...(next(4) === 0 ? {} : { depth: some(texts.slice(0, 4)) }),
          ...(next(4) === 0 ? {} : { size: some(texts) }),
        },
        tags: next(3) === 0 ? {} : { team: some(texts) },
      });
      const metrics = ['acc', 'loss', ...(i % 9 === 4 ? ['acc.max'] : [])].flatMap((key) =>
        Array.from({ length: next(4) }, (_one, step) => ({ key, value: some(numbers), step, at: 1 })),
      );
      if (metrics.length > 0) await service.logMetrics(test.ctx, id, metrics);
      if (next(4) > 0)
        await service.updateRun(test.ctx, id, {
          status: some(['finished', 'failed'] as const),
          endedAt: 1010 + next(4),
          note: some(['', '', 'b', `${long}1`, `${long}2`]),
        });
      if (next(9) === 0) await service.setRunDeleted(test.ctx, id, true);
    }
    const { items } = await service.searchRuns(test.ctx, { experiments: null, filter: null, view: 'all', limit: 1000 });
    all = items;
    const found = await findRuns(test.platform.database.db, {
      project: test.ctx.project,
      experiments: null,
      filter: null,
      best,
      view: 'all',
      limit: 1000,
    });
    for (const [index, { number }] of found.items.entries()) idOf.set(number, (items[index] as Run).id);
  }, 120_000);
  afterAll(() => test.close());

  it.each(Array.from({ length: 24 }, (_one, seed) => seed))(
    'the same are found in the same order (%i)',
    async (seed) => {
      const next = numbersFrom(1000 + seed * 7);
      const some = <T>(values: readonly T[]): T => values[next(values.length)] as T;
      const order: RunOrder[] = Array.from({ length: next(4) }, () => ({
        path: some(paths),
        descending: next(2) === 0,
        numeric: next(2) === 0,
        summaries: next(3) > 0,
      }));
      const text = Array.from({ length: next(3) }, () => some(filters)).join(' and ');
      const { filter } = parseFilter(text) as { filter: Filter | null };
      const view = some(['active', 'active', 'deleted', 'all'] as const);
      const names = some([['one'], ['one'], ['one', 'two'], null]);
      const expected = all
        .filter((run) => names === null || names.includes(run.experimentName))
        .filter((run) => view === 'all' || (run.deletedAt !== null) === (view === 'deleted'))
        .filter(
          (run) =>
            filter === null ||
            evaluateFilter(
              filter,
              withBest(run, () => null),
            ),
        )
        .sort(compareRuns(order))
        .map(({ id }) => id);
      const search = {
        project: test.ctx.project,
        experiments: names === null ? null : names.map((name) => numbersOf.get(name) as number),
        filter,
        best,
        view,
        order,
      };
      for (const effort of efforts)
        for (const limit of [4 + next(9), 1000]) {
          const found: string[] = [];
          for (let cursor: string | undefined, more = true; more; ) {
            const page = await findRuns(test.platform.database.db, { ...search, limit, cursor }, effort);
            found.push(...page.items.map(({ number }) => idOf.get(number) as string));
            cursor = page.nextCursor ?? undefined;
            more = page.nextCursor !== null;
          }
          expect(found, JSON.stringify({ order, text, view, names, effort, limit })).toEqual(expected);
        }
    },
  );
});
