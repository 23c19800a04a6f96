import type { Change } from '#platform/change';
import type { Db } from '#platform/db';
import type { Known } from '../runs/known.ts';
import { addPoint, comesAfter, fromStored, type MetricState, type NewMetricPoint, toStored } from './metric.ts';
import {
  insertNewPoints,
  insertPoints,
  insertSeries,
  type NewPoint,
  type NewSeries,
  readSeries,
  type SeriesTable,
  updateSeries,
} from './store.ts';

/** A metric of a run: the series of its points, and what is known of them; undefined while there are none. */
export interface KnownMetric {
  series: number;
  state: MetricState | undefined;
}
/** Of the metrics of a run; a key that is missing may be there nevertheless. */
export type KnownMetrics = Known<KnownMetric>;

export interface AddedPoints {
  /** Locked: what it has is known at the revision before. */
  run: { number: number; experiment: number; startedAt: number; revision: number; isFilling: boolean };
  points: readonly NewMetricPoint[];
}

/** Of 64 bits. */
const least = -(2n ** 63n);

export const nothing: MetricState = {
  points: 0,
  last: 'NaN',
  lastStep: least,
  lastAt: 0,
  min: null,
  max: null,
};

/** The metrics of a run that get points, by key. */
interface Touched {
  run: AddedPoints['run'];
  metrics: Map<string, KnownMetric>;
}

/** Adds points to runs whose locks are held, and keeps what is known of each metric. */
export const addPoints = async (change: Change, added: readonly AddedPoints[], known: KnownMetrics): Promise<void> => {
  const filled = added.filter(({ points }) => points.length > 0);
  if (filled.length === 0) return;
  const touched = await findMetrics(change.db, filled, known);
  const rows: NewPoint[] = [];
  for (const { run, points } of filled) {
    const { metrics } = touched.get(run.number) as Touched;
    for (const { key, value, step = 0, at = change.now } of points)
      rows.push({ series: (metrics.get(key) as KnownMetric).series, at, step, value });
  }
  const [states, doubted] = [new Map<number, MetricState | undefined>(), new Set<number>()];
  for (const { run, metrics } of touched.values())
    for (const { series, state } of metrics.values()) {
      states.set(series, state);
      if (run.isFilling) doubted.add(series);
    }
  const changed = await writePoints(change.db, 'run_metrics', rows, states, doubted);
  change.afterCommit(() => {
    for (const { run, metrics } of touched.values()) {
      for (const [key, { series, state }] of metrics) metrics.set(key, { series, state: changed.get(series) ?? state });
      known.keep(run.number, run.revision, metrics);
    }
  });
};

/** From memory, from the database, or made. */
const findMetrics = async (
  db: Db,
  added: readonly AddedPoints[],
  known: KnownMetrics,
): Promise<Map<number, Touched>> => {
  const touched = new Map<number, Touched>();
  const unknown: { run: AddedPoints['run']; key: string }[] = [];
  // A series whose number is 0 is looked for, and then made.
  const lookedFor: KnownMetric = { series: 0, state: undefined };
  for (const { run, points } of added) {
    const own = touched.get(run.number) ?? { run, metrics: new Map<string, KnownMetric>() };
    touched.set(run.number, own);
    const before = known.at(run.number, run.revision - 1);
    for (const { key } of points) {
      if (own.metrics.has(key)) continue;
      const metric = before?.get(key) ?? lookedFor;
      own.metrics.set(key, metric);
      if (metric === lookedFor) unknown.push({ run, key });
    }
  }
  const runs = [...new Set(unknown.map(({ run }) => run.number))];
  for (const { series, run, key, ...state } of await readSeries(db, runs, [
    ...new Set(unknown.map(({ key }) => key)),
  ])) {
    const own = touched.get(run)?.metrics;
    if (own?.get(key) === lookedFor) own.set(key, { series, state });
  }
  const missing = unknown.filter(({ run, key }) => touched.get(run.number)?.metrics.get(key) === lookedFor);
  const made = await insertSeries(
    db,
    missing.map(
      ({ run: { number, experiment, startedAt }, key }): NewSeries => ({
        ...nothing,
        run: number,
        experiment,
        startedAt,
        key,
      }),
    ),
  );
  for (const [index, { run, key }] of missing.entries())
    touched.get(run.number)?.metrics.set(key, { series: made[index] as number, state: undefined });
  return touched;
};

/**
 * Writes points of series, and what is known of each after them, which is answered for those that changed. `states`: what
 * is known before. `doubted`: series that may have points of which that does not tell.
 */
export const writePoints = async (
  db: Db,
  table: SeriesTable,
  rows: readonly NewPoint[],
  states: ReadonlyMap<number, MetricState | undefined>,
  doubted: ReadonlySet<number>,
): Promise<ReadonlyMap<number, MetricState>> => {
  const changed = new Map<number, MetricState>();
  const add = (point: NewPoint): void => {
    changed.set(point.series, addPoint(changed.get(point.series) ?? states.get(point.series), point));
  };
  // What comes after everything that is there, as nearly all points do, is new for certain: no row need come back.
  const fresh: NewPoint[] = [];
  const doubtful: NewPoint[] = [];
  for (const point of rows) {
    const state = changed.get(point.series) ?? states.get(point.series);
    if ((state !== undefined && !comesAfter(state, point)) || doubted.has(point.series)) doubtful.push(point);
    else {
      fresh.push(point);
      add({ ...point, value: fromStored(toStored(point.value)) });
    }
  }
  await insertNewPoints(db, table, fresh);
  for (const point of await insertPoints(db, table, doubtful)) add(point);
  await updateSeries(
    db,
    table,
    [...changed].map(([series, state]) => ({ series, ...state })),
  );
  return changed;
};
