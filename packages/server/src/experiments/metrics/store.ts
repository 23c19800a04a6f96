import type { MetricPoint } from '@millwright/contract';
import { CompiledQuery } from 'kysely';
import { type Db, executeEach, isAmong, kindOf, sql } from '#platform/db';
import type { ExperimentsTables } from '../tables.ts';
import { fromStored, type MetricNumber, type MetricState, toSorted, toStored } from './metric.ts';

const tables = (db: Db) => db.withTables<ExperimentsTables>();
const rowsPerStatement = 500;

/** A metric of a run, which owns a series of points. */
export type Series = MetricState & { series: number; run: number; key: string };

const stateColumns = [
  'points',
  'last_value',
  'last_special',
  'last_step',
  'last_at',
  'min_value',
  'max_value',
] as const;

type StateRow = Pick<ExperimentsTables['run_metrics'], (typeof stateColumns)[number]>;
type MetricRow = StateRow & { series: number; run: number; key: string };

export const toState = (row: StateRow): MetricState => ({
  points: row.points,
  last: row.last_special ?? row.last_value ?? 'NaN',
  lastStep: row.last_step,
  lastAt: row.last_at,
  min: row.min_value,
  max: row.max_value,
});
const toSeries = (row: MetricRow): Series => ({ series: row.series, run: row.run, key: row.key, ...toState(row) });

const metricsOf = (db: Db, runs: readonly number[]) =>
  tables(db)
    .selectFrom('run_metrics')
    .select(['series', 'run', 'key', ...stateColumns])
    .where(isAmong(db, 'run', runs));

/** In the order of runs and keys. `keys` null: all of them. */
export const readSeries = async (
  db: Db,
  runs: readonly number[],
  keys: readonly string[] | null,
): Promise<Series[]> => {
  if (runs.length === 0 || keys?.length === 0) return [];
  let query = metricsOf(db, runs).orderBy('run').orderBy('key');
  if (keys !== null) query = query.where(isAmong(db, 'key', keys));
  return (await query.execute()).map(toSeries);
};

export type NewSeries = MetricState & { run: number; experiment: number; key: string };

/** Answers the number of each series, in the order given. */
export const insertSeries = async (db: Db, added: readonly NewSeries[]): Promise<number[]> => {
  const numbers: number[] = [];
  for (let start = 0; start < added.length; start += rowsPerStatement) {
    const part = added.slice(start, start + rowsPerStatement);
    const rows = await tables(db)
      .insertInto('run_metrics')
      .values(part.map((one) => ({ run: one.run, experiment: one.experiment, key: one.key, ...toColumns(one) })))
      .returning(['series', 'run', 'key'])
      .execute();
    const found = new Map(rows.map((row) => [`${row.run} ${row.key}`, row.series]));
    for (const { run, key } of part) numbers.push(found.get(`${run} ${key}`) as number);
  }
  return numbers;
};

export const toColumns = (state: MetricState) => ({
  points: state.points,
  last_value: toSorted(state.last),
  last_special: typeof state.last === 'number' ? null : state.last,
  last_step: state.lastStep,
  last_at: state.lastAt,
  min_value: state.min,
  max_value: state.max,
});

/** The metrics of runs and those of logged models keep their points in the same way, each in a table of its own. */
export type SeriesTable = 'run_metrics' | 'logged_model_metrics';
const pointTables: Record<SeriesTable, string> = {
  run_metrics: 'metric_points',
  logged_model_metrics: 'logged_model_points',
};

export const updateSeries = async (
  db: Db,
  table: SeriesTable,
  changed: readonly (MetricState & { series: number })[],
): Promise<void> => {
  if (kindOf(db) === 'postgres') return updateTogether(db, table, changed);
  const text = `update ${table} set ${stateColumns.map((name) => `${name} = ?`).join(', ')} where series = ?`;
  const sets = changed.map((one) => {
    const values = toColumns(one);
    return [...stateColumns.map((name) => values[name]), one.series];
  });
  await executeEach(db, text, sets);
};

/** A round trip each would cost more than everything else. */
const updateTogether = async (
  db: Db,
  table: SeriesTable,
  changed: readonly (MetricState & { series: number })[],
): Promise<void> => {
  if (changed.length === 0) return;
  const rows = [...changed]
    .sort((a, b) => a.series - b.series)
    .map((one) => ({ series: one.series, ...toColumns(one) }));
  await sql`
    update ${sql.table(table)} as m set points = v.points, last_value = v.last_value, last_special = v.last_special,
      last_step = v.last_step, last_at = v.last_at, min_value = v.min_value, max_value = v.max_value
    from json_to_recordset(${JSON.stringify(rows)}::json) as v(series bigint, points bigint, last_value double precision,
      last_special text, last_step bigint, last_at bigint, min_value double precision, max_value double precision)
    where m.series = v.series`.execute(db);
};

export interface NewPoint {
  series: number;
  at: number;
  step: number;
  value: MetricNumber;
}

const pointsPerStatement = 500;
const pointColumns = ['series', 'at', 'step', 'value', 'special'];

/** The hottest write: the text of the statement is made once per length, and nothing is built per row but its values. */
const insertText = (table: string, rows: number): string => {
  const row = `(${pointColumns.map(() => '?').join(',')})`;
  const columns = pointColumns.join(',');
  return `insert into ${table} (${columns}) values ${Array.from({ length: rows }, () => row).join(',')} on conflict do nothing returning ${columns}`;
};
const texts = new Map<string, string>();
const textFor = (table: string, rows: number): string => {
  const name = `${table} ${rows}`;
  const known = texts.get(name);
  if (known !== undefined) return known;
  const text = insertText(table, rows);
  texts.set(name, text);
  return text;
};

/** Answers those that were not there yet. */
export const insertPoints = async (db: Db, table: SeriesTable, points: readonly NewPoint[]): Promise<NewPoint[]> => {
  if (kindOf(db) === 'postgres') return insertTogether(db, table, points);
  const added: NewPoint[] = [];
  for (let start = 0; start < points.length; start += pointsPerStatement) {
    const part = points.slice(start, start + pointsPerStatement);
    const values: unknown[] = [];
    for (const point of part) {
      const stored = toStored(point.value);
      values.push(point.series, point.at, point.step, stored.value, stored.special);
    }
    type Row = { series: number; at: number; step: number; value: number; special: number };
    const { rows } = await db.executeQuery<Row>(CompiledQuery.raw(textFor(pointTables[table], part.length), values));
    for (const row of rows) added.push({ series: row.series, at: row.at, step: row.step, value: fromStored(row) });
  }
  return added;
};

/**
 * As one document instead of thousands of parameters and rows: those cost more on both ends than the insert itself.
 * Usually all points are new, and only their count comes back.
 */
const insertTogether = async (db: Db, table: SeriesTable, points: readonly NewPoint[]): Promise<NewPoint[]> => {
  if (points.length === 0) return [];
  const kept: NewPoint[] = [];
  const rows = points.map((point, o) => {
    const stored = toStored(point.value);
    kept.push({ ...point, value: fromStored(stored) });
    return { o, s: point.series, a: point.at, t: point.step, v: stored.value, x: stored.special };
  });
  const { rows: found } = await sql<{ ordinals: number[] | null; count: number }>`
    with given as (
      select * from json_to_recordset(${JSON.stringify(rows)}::json)
        as g(o integer, s bigint, a bigint, t bigint, v double precision, x bigint)
    ), added as (
      insert into ${sql.table(pointTables[table])} (series, at, step, value, special)
      select s, a, t, v, x from given on conflict do nothing returning series, at, step, value, special
    )
    select case when (select count(*) from added) = ${sql.lit(points.length)} then null else (
      select json_agg(o) from (
        select min(given.o) as o from given
        join added on (series, at, step, value, special) = (s, a, t, v, x) group by s, a, t, v, x
      ) as first
    ) end as ordinals, (select count(*) from added) as count`.execute(db);
  const ordinals = found[0]?.ordinals ?? null;
  if (ordinals !== null) return ordinals.sort((a, b) => a - b).map((o) => kept[o] as NewPoint);
  return Number(found[0]?.count ?? 0) === points.length ? kept : [];
};

const toPoint = (row: { at: number; step: number; value: number; special: number }): MetricPoint => ({
  step: row.step,
  at: row.at,
  value: fromStored(row),
});

export type PointKey = [at: number, step: number, value: number, special: number];
export const keyOfPoint = (point: MetricPoint): PointKey => {
  const { value, special } = toStored(point.value);
  return [point.at, point.step, value, special];
};

/** In the order of time, step and value; after a point, where one is given. */
export const readPoints = async (
  db: Db,
  series: number,
  range: { after?: PointKey | null; limit: number },
): Promise<MetricPoint[]> => {
  let query = tables(db)
    .selectFrom('metric_points')
    .select(['at', 'step', 'value', 'special'])
    .where('series', '=', series)
    .orderBy('at')
    .orderBy('step')
    .orderBy('value')
    .orderBy('special')
    .limit(range.limit);
  if (range.after) {
    const [at, step, value, special] = range.after;
    query = query.where(sql<boolean>`(at, step, value, special) > (${at}, ${step}, ${value}, ${special})`);
  }
  return (await query.execute()).map(toPoint);
};
