import type { Db } from '#platform/db';
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

export interface AddedPoints {
  /** The numbers of the run and of its experiment. */
  run: number;
  experiment: number;
  points: readonly NewMetricPoint[];
}

export const nothing: MetricState = {
  points: 0,
  last: 'NaN',
  lastStep: Number.MIN_SAFE_INTEGER,
  lastAt: 0,
  min: null,
  max: null,
};

/** Adds points to runs whose locks are held, and keeps what is known of each metric. `now` for points without a time. */
export const addPoints = async (db: Db, added: readonly AddedPoints[], now: number): Promise<void> => {
  const filled = added.filter(({ points }) => points.length > 0);
  if (filled.length === 0) return;
  const runs = [...new Set(filled.map(({ run }) => run))];
  const keys = [...new Set(filled.flatMap(({ points }) => points.map(({ key }) => key)))];
  // By run and key. A series that is not there yet has number 0 until it is made.
  const known = new Map<number, Map<string, { series: number; state: MetricState | undefined }>>(
    runs.map((run) => [run, new Map()]),
  );
  for (const { series, run, key, ...state } of await readSeries(db, runs, keys))
    known.get(run)?.set(key, { series, state });

  const missing: NewSeries[] = [];
  for (const { run, experiment, points } of filled) {
    const own = known.get(run) as Map<string, { series: number; state: MetricState | undefined }>;
    for (const { key } of points)
      if (!own.has(key)) {
        own.set(key, { series: 0, state: undefined });
        missing.push({ ...nothing, run, experiment, key });
      }
  }
  const made = await insertSeries(db, missing);
  for (const [index, { run, key }] of missing.entries())
    known.get(run)?.set(key, { series: made[index] as number, state: undefined });

  const rows: NewPoint[] = [];
  for (const { run, points } of filled) {
    const own = known.get(run);
    for (const { key, value, step = 0, at = now } of points)
      rows.push({ series: own?.get(key)?.series as number, at, step, value });
  }
  const states = new Map([...known.values()].flatMap((own) => [...own.values()].map((one) => [one.series, one.state])));
  await writePoints(db, 'run_metrics', rows, states);
};

/** Writes points of series, and what is known of each after them. `states`: what is known before. */
export const writePoints = async (
  db: Db,
  table: SeriesTable,
  rows: readonly NewPoint[],
  states: ReadonlyMap<number, MetricState | undefined>,
): Promise<void> => {
  const changed = new Map<number, MetricState>();
  const add = (point: NewPoint): void => {
    changed.set(point.series, addPoint(changed.get(point.series) ?? states.get(point.series), point));
  };
  // What comes after everything that is there, as nearly all points do, is new for certain: no row need come back.
  const fresh: NewPoint[] = [];
  const doubtful: NewPoint[] = [];
  for (const point of rows) {
    const state = changed.get(point.series) ?? states.get(point.series);
    if (state !== undefined && !comesAfter(state, point)) doubtful.push(point);
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
};
