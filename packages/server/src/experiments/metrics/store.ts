import type { MetricPoint } from '@millwright/contract';
import { CompiledQuery, type RawBuilder } from 'kysely';
import { type DatabaseKind, type Db, sql } from '#platform/db';
import type { ExperimentsTables } from '../tables.ts';
import { fromStored, type MetricState, type Special, type StoredMetric } from './metric.ts';

const tables = (db: Db) => db.withTables<ExperimentsTables>();
const keysPerQuery = 500;

const toState = (row: ExperimentsTables['run_metrics']): MetricState => ({
  points: row.points,
  specialPoints: row.special_points,
  last: { value: row.last_value, special: row.last_special } as StoredMetric,
  lastStep: row.last_step,
  min: row.min_value,
  max: row.max_value,
});

export const readStates = async (
  db: Db,
  project: string,
  runId: string,
  keys: readonly string[],
): Promise<Map<string, MetricState>> => {
  const states = new Map<string, MetricState>();
  for (let start = 0; start < keys.length; start += keysPerQuery) {
    const rows = await tables(db)
      .selectFrom('run_metrics')
      .selectAll()
      .where('project', '=', project)
      .where('run_id', '=', runId)
      .where('key', 'in', keys.slice(start, start + keysPerQuery))
      .execute();
    for (const row of rows) states.set(row.key, toState(row));
  }
  return states;
};

export const readStatesOfRuns = async (
  db: Db,
  project: string,
  runIds: readonly string[],
): Promise<{ runId: string; key: string; state: MetricState }[]> => {
  if (runIds.length === 0) return [];
  const rows = await tables(db)
    .selectFrom('run_metrics')
    .selectAll()
    .where('project', '=', project)
    .where('run_id', 'in', runIds)
    .orderBy('run_id')
    .orderBy('key')
    .execute();
  return rows.map((row) => ({ runId: row.run_id, key: row.key, state: toState(row) }));
};

export const writeStates = async (
  db: Db,
  project: string,
  runId: string,
  states: ReadonlyMap<string, MetricState>,
): Promise<void> => {
  const values = [...states].map(([key, state]) => ({
    run_id: runId,
    project,
    key,
    points: state.points,
    special_points: state.specialPoints,
    last_value: state.last.value,
    last_special: state.last.special,
    last_step: state.lastStep,
    min_value: state.min,
    max_value: state.max,
  }));
  for (let start = 0; start < values.length; start += keysPerQuery)
    await tables(db)
      .insertInto('run_metrics')
      .values(values.slice(start, start + keysPerQuery))
      .onConflict((conflict) =>
        conflict.columns(['run_id', 'key']).doUpdateSet((e) => ({
          points: e.ref('excluded.points'),
          special_points: e.ref('excluded.special_points'),
          last_value: e.ref('excluded.last_value'),
          last_special: e.ref('excluded.last_special'),
          last_step: e.ref('excluded.last_step'),
          min_value: e.ref('excluded.min_value'),
          max_value: e.ref('excluded.max_value'),
        })),
      )
      .execute();
};

export interface NewPoint {
  key: string;
  seq: number;
  step: number;
  at: number;
  stored: StoredMetric;
}

const pointsPerStatement = 1000;
const pointColumns = ['run_id', 'project', 'key', 'seq', 'step', 'at', 'value', 'special'];

/** The hottest write: the text of the statement is made once per length, and nothing is built per row but its values. */
const insertText = (kind: DatabaseKind, rows: number): string => {
  let next = 0;
  const placeholder = () => (kind === 'postgres' ? `$${++next}` : '?');
  const row = () => `(${pointColumns.map(placeholder).join(',')})`;
  return `insert into metric_points (${pointColumns.join(',')}) values ${Array.from({ length: rows }, row).join(',')}`;
};
const fullStatement: Partial<Record<DatabaseKind, string>> = {};

export const insertPoints = async (
  db: Db,
  kind: DatabaseKind,
  project: string,
  runId: string,
  points: readonly NewPoint[],
): Promise<void> => {
  for (let start = 0; start < points.length; start += pointsPerStatement) {
    const part = points.slice(start, start + pointsPerStatement);
    fullStatement[kind] ??= insertText(kind, pointsPerStatement);
    const text = part.length === pointsPerStatement ? fullStatement[kind] : insertText(kind, part.length);
    const values: unknown[] = [];
    for (const { key, seq, step, at, stored } of part)
      values.push(runId, project, key, seq, step, at, stored.value, stored.special);
    await db.executeQuery(CompiledQuery.raw(text, values));
  }
};

type PointRow = { step: number; at: number; value: number | null; special: Special | null };
const toPoint = (row: PointRow): MetricPoint => ({ step: row.step, at: row.at, value: fromStored(row) });

const pointsOf = (db: Db, project: string, runId: string, key: string) =>
  tables(db)
    .selectFrom('metric_points')
    .select(['step', 'at', 'value', 'special'])
    .where('project', '=', project)
    .where('run_id', '=', runId)
    .where('key', '=', key);

export const readAllPoints = async (db: Db, project: string, runId: string, key: string): Promise<MetricPoint[]> =>
  (await pointsOf(db, project, runId, key).orderBy('step').orderBy('seq').execute()).map(toPoint);

/** Rows that one statement looks at: SQLite answers in this very thread, which must get back to other requests. */
const rowsPerScan = 50_000;

/**
 * At most `limit` of `total` points: the first, the last, and of every bucket of points that arrived one after the other
 * its smallest and greatest, and the first that is no number. Picked in the database by walking the index.
 */
export const readSampledPoints = async (
  db: Db,
  metric: { project: string; runId: string; key: string; total: number; hasSpecial: boolean },
  limit: number,
): Promise<MetricPoint[]> => {
  const { project, runId, key, total } = metric;
  const bucketCount = Math.max(1, Math.floor((limit - 2) / (metric.hasSpecial ? 3 : 2)));
  const bucketRows = Math.ceil(total / bucketCount);
  const seqs = new Set([0, total - 1]);
  const bucketsPerScan = Math.max(1, Math.floor(rowsPerScan / bucketRows));
  const firstOf = (condition: RawBuilder<unknown>, order: RawBuilder<unknown>) => sql`(
    select seq from metric_points where project = ${project} and run_id = ${runId} and key = ${key}
    and seq >= bucket.first and seq < bucket.first + ${sql.lit(bucketRows)} and ${condition} order by ${order} limit 1)`;
  const isNumber = sql`value is not null`;
  const special = metric.hasSpecial ? firstOf(sql`special is not null`, sql`seq`) : sql`null`;
  for (let first = 0; first < total; first += bucketsPerScan * bucketRows) {
    const end = Math.min(total, first + bucketsPerScan * bucketRows);
    const { rows } = await sql<{ low: number | null; high: number | null; special: number | null }>`
      with recursive bucket(first) as (
        select ${sql.lit(first)} union all
        select first + ${sql.lit(bucketRows)} from bucket where first + ${sql.lit(bucketRows)} < ${sql.lit(end)}
      )
      select ${firstOf(isNumber, sql`value, seq`)} as low, ${firstOf(isNumber, sql`value desc, seq`)} as high, ${special} as special
      from bucket`.execute(db);
    for (const row of rows) for (const seq of [row.low, row.high, row.special]) if (seq !== null) seqs.add(Number(seq));
    await new Promise(setImmediate);
  }
  const rows: PointRow[] = [];
  const wanted = [...seqs];
  for (let start = 0; start < wanted.length; start += keysPerQuery) {
    const part = wanted.slice(start, start + keysPerQuery);
    rows.push(...(await pointsOf(db, project, runId, key).where('seq', 'in', part).orderBy('seq').execute()));
  }
  return rows.map(toPoint).sort((a, b) => a.step - b.step || a.at - b.at);
};
