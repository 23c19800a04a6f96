import type { MetricPoint } from '@millwright/contract';
import { CompiledQuery } from 'kysely';
import { asRows, type Db, executeEach, insertAndAnswer, isAmong, kindOf, parseInt64, sql } from '#platform/db';
import type { ExperimentsTables } from '../tables.ts';
import { fromStored, type Int64, type MetricNumber, type MetricState, toPoint, toSorted, toStored } from './metric.ts';

const tables = (db: Db) => db.withTables<ExperimentsTables>();

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

export type NewSeries = MetricState & { run: number; experiment: number; startedAt: number; key: string };

const columns = {
  run: 'integer',
  experiment: 'integer',
  started_at: 'integer',
  key: 'text',
  points: 'integer',
  last_value: 'number',
  last_special: 'text',
  last_step: 'integer',
  last_at: 'integer',
  min_value: 'number',
  max_value: 'number',
} as const;

/** Answers the number of each series, in the order given. */
export const insertSeries = async (db: Db, added: readonly NewSeries[]): Promise<number[]> => {
  const rows = await insertAndAnswer<keyof typeof columns, { series: number; run: number; key: string }>(
    db,
    'run_metrics',
    columns,
    added.map((one) => ({
      run: one.run,
      experiment: one.experiment,
      started_at: one.startedAt,
      key: one.key,
      ...toColumns(one),
    })),
    ['series', 'run', 'key'],
  );
  const found = new Map(rows.map((row) => [`${row.run} ${row.key}`, row.series]));
  return added.map(({ run, key }) => found.get(`${run} ${key.toWellFormed()}`) as number);
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

const changedColumns = {
  series: 'integer',
  points: 'integer',
  last_value: 'number',
  last_special: 'text',
  last_step: 'integer',
  last_at: 'integer',
  min_value: 'number',
  max_value: 'number',
} as const;

/** A round trip each would cost more than everything else. */
const updateTogether = async (
  db: Db,
  table: SeriesTable,
  changed: readonly (MetricState & { series: number })[],
): Promise<void> => {
  if (changed.length === 0) return;
  const sorted = [...changed].sort((a, b) => a.series - b.series);
  const rows = sorted.map((one) => ({ series: one.series, ...toColumns(one) }));
  const sets = sql.join(stateColumns.map((name) => sql`${sql.ref(name)} = v.${sql.ref(name)}`));
  await sql`update ${sql.table(table)} as m set ${sets}
    from (${asRows(changedColumns, rows)}) as v where m.series = v.series`.execute(db);
};

export interface NewPoint {
  series: number;
  at: Int64;
  step: Int64;
  value: MetricNumber;
}

const pointsPerStatement = 500;
const pointColumns = {
  series: 'integer',
  at: 'integer',
  step: 'integer',
  value: 'number',
  special: 'integer',
} as const;

/** The hottest write. What it answers comes as text, as SQLite would not read a number beyond 2^53: the text of the statement is made once per length, and nothing is built per row but its values. */
const insertText = (table: string, rows: number, isAnswered: boolean): string => {
  const names = Object.keys(pointColumns);
  const row = `(${names.map(() => '?').join(',')})`;
  const columns = names.join(',');
  const answered = names.map((name) => (name === 'at' || name === 'step' ? `cast(${name} as text) as ${name}` : name));
  return `insert into ${table} (${columns}) values ${Array.from({ length: rows }, () => row).join(',')}${isAnswered ? ` on conflict do nothing returning ${answered.join(',')}` : ''}`;
};
const texts = new Map<string, string>();
const textFor = (table: string, rows: number, isAnswered: boolean): string => {
  const name = `${table} ${rows} ${isAnswered}`;
  const known = texts.get(name);
  if (known !== undefined) return known;
  const text = insertText(table, rows, isAnswered);
  texts.set(name, text);
  return text;
};

type PointRow = { series: number; at: Int64; step: Int64; value: number; special: number };

const insertEach = async (
  db: Db,
  table: SeriesTable,
  points: readonly NewPoint[],
  isAnswered: boolean,
): Promise<NewPoint[]> => {
  const added: NewPoint[] = [];
  for (let start = 0; start < points.length; start += pointsPerStatement) {
    const part = points.slice(start, start + pointsPerStatement);
    const values: unknown[] = [];
    for (const point of part) {
      const stored = toStored(point.value);
      values.push(point.series, point.at, point.step, stored.value, stored.special);
    }
    const text = textFor(pointTables[table], part.length, isAnswered);
    const { rows } = await db.executeQuery<Record<'at' | 'step', string> & Omit<PointRow, 'at' | 'step'>>(
      CompiledQuery.raw(text, values),
    );
    for (const row of rows)
      added.push({ series: row.series, at: parseInt64(row.at), step: parseInt64(row.step), value: fromStored(row) });
  }
  return added;
};

const insertLists = async (
  db: Db,
  table: SeriesTable,
  points: readonly NewPoint[],
  isAnswered: boolean,
): Promise<NewPoint[]> => {
  const given = points.map(({ series, at, step, value }) => ({ series, at, step, ...toStored(value) }));
  const names = sql.join(Object.keys(pointColumns).map((name) => sql.ref(name)));
  const { rows } = await sql<PointRow>`
    insert into ${sql.table(pointTables[table])} (${names}) ${asRows(pointColumns, given)}
    ${isAnswered ? sql`on conflict do nothing returning ${names}` : sql``}`.execute(db);
  return rows.map((row) => ({ series: row.series, at: row.at, step: row.step, value: fromStored(row) }));
};

/** Points of which it is known that none is there yet: none is looked for, which is a third of the work, and none comes back. */
export const insertNewPoints = async (db: Db, table: SeriesTable, points: readonly NewPoint[]): Promise<void> => {
  if (points.length > 0) await (kindOf(db) === 'postgres' ? insertLists : insertEach)(db, table, points, false);
};

/** Answers those that were not there yet. */
export const insertPoints = async (db: Db, table: SeriesTable, points: readonly NewPoint[]): Promise<NewPoint[]> =>
  points.length === 0 ? [] : (kindOf(db) === 'postgres' ? insertLists : insertEach)(db, table, points, true);

/** Of a point, for a cursor: digits where a number would lose some. */
export type PointKey = [at: number | string, step: number | string, value: number, special: number];
export const keyOfPoint = (point: MetricPoint): PointKey => {
  const { value, special } = toStored(point.value);
  return [point.exactAt ?? point.at, point.exactStep ?? point.step, value, special];
};
/** Whether it can be one. */
export const isPointKey = (parts: readonly unknown[]): parts is PointKey =>
  parts.length === 4 &&
  parts.every(
    (part, index) =>
      (typeof part === 'number' && Number.isFinite(part)) ||
      (index < 2 && typeof part === 'string' && /^-?\d{16,19}$/.test(part)),
  );
const bound = (part: number | string): Int64 => (typeof part === 'string' ? BigInt(part) : part);

/** The metric of a run, named by both: found on the way to its points, without a question of its own. */
export interface MetricOfRun {
  project: string;
  runId: string;
  key: string;
}

/** The runs of an experiment that is being deleted for good are gone with it. */
const seriesOf = ({ project, runId, key }: MetricOfRun) => sql<number>`(
  select m.series from run_metrics as m inner join runs as r on r.number = m.run
  inner join experiments as e on e.number = r.experiment
  where r.id = ${runId} and r.project = ${project} and m.key = ${key})`;

/** In the order of time, step and value; after a point, where one is given. */
export const readPoints = async (
  db: Db,
  of: number | MetricOfRun,
  range: { after?: PointKey | null; limit: number },
): Promise<MetricPoint[]> => {
  let query = tables(db)
    .selectFrom('metric_points')
    .select(['at', 'step', 'value', 'special'])
    .where('series', '=', typeof of === 'number' ? of : seriesOf(of))
    .orderBy('at')
    .orderBy('step')
    .orderBy('value')
    .orderBy('special')
    .limit(range.limit);
  if (range.after) {
    const [at, step, value, special] = range.after;
    query = query.where(
      sql<boolean>`(at, step, value, special) > (${bound(at)}, ${bound(step)}, ${value}, ${special})`,
    );
  }
  return (await query.execute()).map(toPoint);
};
