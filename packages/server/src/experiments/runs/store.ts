import type { Filter, Page, Run } from '@millwright/contract';
import {
  compileFilter,
  type DatabaseKind,
  type Db,
  decodeCursor,
  type FilterField,
  pageFrom,
  sql,
  type StoredValue,
} from '#platform/db';
import { toSummary } from '../metrics/metric.ts';
import { readStatesOfRuns } from '../metrics/store.ts';
import type { ExperimentsTables } from '../tables.ts';

const tables = (db: Db) => db.withTables<ExperimentsTables>();

export type NewRunRow = Pick<Run, 'id' | 'experimentId' | 'name' | 'parentRunId' | 'startedAt' | 'owner'> & {
  datasetVersionId: string | null;
  originKey: string | null;
};

export const insertRun = async (db: Db, project: string, run: NewRunRow): Promise<void> => {
  await tables(db)
    .insertInto('runs')
    .values({
      id: run.id,
      project,
      experiment_id: run.experimentId,
      name: run.name,
      status: 'running',
      parent_run_id: run.parentRunId,
      dataset_version_id: run.datasetVersionId,
      started_at: run.startedAt,
      ended_at: null,
      owner: run.owner,
      note: '',
      origin_key: run.originKey,
    })
    .execute();
};

export type RunState = Pick<Run, 'id' | 'name' | 'status' | 'startedAt' | 'endedAt' | 'note'>;

/** Keeps others from changing the run until the transaction ends. Null: there is none. */
export const lockRun = async (db: Db, project: string, id: string): Promise<RunState | null> => {
  const row = await tables(db)
    .updateTable('runs')
    .set({ status: sql`status` as never })
    .where('project', '=', project)
    .where('id', '=', id)
    .returning(['id', 'name', 'status', 'started_at', 'ended_at', 'note'])
    .executeTakeFirst();
  if (!row) return null;
  const { started_at: startedAt, ended_at: endedAt, ...rest } = row;
  return { ...rest, startedAt, endedAt };
};

export const updateRun = async (db: Db, project: string, run: RunState): Promise<void> => {
  await tables(db)
    .updateTable('runs')
    .set({ name: run.name, status: run.status, ended_at: run.endedAt, note: run.note })
    .where('project', '=', project)
    .where('id', '=', run.id)
    .execute();
};

const rowsPerStatement = 1000;
/** Texts that read as a number are compared as one in filters; the infinities are the ends of the column. */
const numberOf = (text: string): number | null => {
  const number = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isNaN(number)) return null;
  return Math.min(Number.MAX_VALUE, Math.max(-Number.MAX_VALUE, number));
};

/** Sets tags, or parameters that are not there yet. */
export const writeEntries = async (
  db: Db,
  table: 'run_parameters' | 'run_tags',
  project: string,
  runId: string,
  entries: Readonly<Record<string, string>>,
): Promise<void> => {
  const values = Object.entries(entries).map(([key, value]) => ({
    run_id: runId,
    project,
    key,
    value,
    number_value: numberOf(value),
  }));
  for (let start = 0; start < values.length; start += rowsPerStatement)
    await tables(db)
      .insertInto(table)
      .values(values.slice(start, start + rowsPerStatement))
      .onConflict((conflict) =>
        conflict
          .columns(['run_id', 'key'])
          .doUpdateSet((e) => ({ value: e.ref('excluded.value'), number_value: e.ref('excluded.number_value') })),
      )
      .execute();
};

const readEntries = async (
  db: Db,
  table: 'run_parameters' | 'run_tags',
  project: string,
  runIds: readonly string[],
): Promise<{ runId: string; key: string; value: string }[]> => {
  if (runIds.length === 0) return [];
  const rows = await tables(db)
    .selectFrom(table)
    .select(['run_id', 'key', 'value'])
    .where('project', '=', project)
    .where('run_id', 'in', runIds)
    .orderBy('run_id')
    .orderBy('key')
    .execute();
  return rows.map(({ run_id: runId, key, value }) => ({ runId, key, value }));
};

export const readParameters = async (db: Db, project: string, runId: string): Promise<Map<string, string>> =>
  new Map((await readEntries(db, 'run_parameters', project, [runId])).map(({ key, value }) => [key, value]));

const runsOf = (db: Db, project: string) =>
  tables(db)
    .selectFrom('runs')
    .innerJoin('experiments', 'experiments.id', 'runs.experiment_id')
    .selectAll('runs')
    .select('experiments.name as experiment_name')
    .where('runs.project', '=', project);

type RunRow = ExperimentsTables['runs'] & { experiment_name: string };

/** Reads everything that belongs to the runs in three queries, however many they are. */
const complete = async (db: Db, project: string, rows: readonly RunRow[]): Promise<Run[]> => {
  const ids = rows.map((row) => row.id);
  const parameters = Map.groupBy(await readEntries(db, 'run_parameters', project, ids), (entry) => entry.runId);
  const tags = Map.groupBy(await readEntries(db, 'run_tags', project, ids), (entry) => entry.runId);
  const metrics = Map.groupBy(await readStatesOfRuns(db, project, ids), (entry) => entry.runId);
  const record = (entries: readonly { key: string; value: string }[] = []) =>
    Object.fromEntries(entries.map(({ key, value }) => [key, value]));
  return rows.map((row) => ({
    id: row.id,
    experimentId: row.experiment_id,
    experimentName: row.experiment_name,
    name: row.name,
    status: row.status,
    parentRunId: row.parent_run_id,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    owner: row.owner,
    note: row.note,
    parameters: record(parameters.get(row.id)),
    metrics: Object.fromEntries((metrics.get(row.id) ?? []).map(({ key, state }) => [key, toSummary(state)])),
    tags: record(tags.get(row.id)),
  }));
};

export const findRun = async (
  db: Db,
  project: string,
  key: { id: string } | { originKey: string },
): Promise<Run | null> => {
  const query = runsOf(db, project);
  const rows = await ('id' in key
    ? query.where('runs.id', '=', key.id)
    : query.where('runs.origin_key', '=', key.originKey)
  ).execute();
  return (await complete(db, project, rows))[0] ?? null;
};

export const runExists = async (db: Db, project: string, id: string): Promise<boolean> =>
  (await tables(db)
    .selectFrom('runs')
    .select('id')
    .where('project', '=', project)
    .where('id', '=', id)
    .executeTakeFirst()) !== undefined;

/** Newest first. */
export const listRuns = async (
  db: Db,
  kind: DatabaseKind,
  project: string,
  query: {
    limit?: number | undefined;
    cursor?: string | undefined;
    experimentId: string | null;
    filter: Filter | null;
  },
): Promise<Page<Run>> => {
  const limit = query.limit ?? 100;
  const after = decodeCursor(query.cursor);
  let rows = runsOf(db, project)
    .orderBy('runs.id', 'desc')
    .limit(limit + 1);
  if (query.experimentId !== null) rows = rows.where('runs.experiment_id', '=', query.experimentId);
  if (after) rows = rows.where('runs.id', '<', String(after[0]));
  if (query.filter) rows = rows.where(compileFilter(query.filter, runFields, kind));
  const page = pageFrom(
    await rows.execute(),
    limit,
    (row) => [row.id],
    (row) => row,
  );
  return { items: await complete(db, project, page.items), nextCursor: page.nextCursor };
};

const entriesIn = (table: 'run_parameters' | 'run_tags'): FilterField => ({
  entry: (path, test) => sql`exists (
    select 1 from ${sql.table(table)} as entry where entry.run_id = runs.id and entry.key = ${path.join('.')}
    and ${test({ text: sql`entry.value`, number: sql`entry.number_value` })})`,
});

const summaryFields: Record<string, StoredValue> = {
  last: { number: sql`metric.last_value`, special: sql`metric.last_special` },
  min: { number: sql`metric.min_value`, special: sql`case when metric.min_value is null then 'NaN' end` },
  max: { number: sql`metric.max_value`, special: sql`case when metric.max_value is null then 'NaN' end` },
  lastStep: { number: sql`metric.last_step` },
  points: { number: sql`metric.points` },
};

/** `metrics.auc` is the last value of `auc`; `metrics.auc.min` its smallest, unless a metric has that very name. */
const metricEntry: FilterField = {
  entry(path, test) {
    const whole = path.join('.');
    const metric = (key: string, stored: StoredValue) => sql`exists (
      select 1 from run_metrics as metric where metric.run_id = runs.id and metric.key = ${key} and ${test(stored)})`;
    const byName = metric(whole, summaryFields['last'] as StoredValue);
    const field = path.at(-1) ?? '';
    const part = Object.hasOwn(summaryFields, field) ? summaryFields[field] : undefined;
    if (path.length < 2 || !part) return byName;
    const isName = sql`exists (select 1 from run_metrics as named where named.run_id = runs.id and named.key = ${whole})`;
    return sql`(${byName} or (not ${isName} and ${metric(path.slice(0, -1).join('.'), part)}))`;
  },
};

/** What runs are filtered by: the names that a run has on the wire. */
const runFields: Record<string, FilterField> = {
  id: { column: { text: sql`runs.id` } },
  name: { column: { text: sql`runs.name` } },
  status: { column: { text: sql`runs.status` } },
  owner: { column: { text: sql`runs.owner` } },
  note: { column: { text: sql`runs.note` } },
  parentRunId: { column: { text: sql`runs.parent_run_id` } },
  experiment: { column: { text: sql`experiments.name` } },
  experimentName: { column: { text: sql`experiments.name` } },
  startedAt: { column: { number: sql`runs.started_at` } },
  endedAt: { column: { number: sql`runs.ended_at` } },
  parameters: entriesIn('run_parameters'),
  tags: entriesIn('run_tags'),
  metrics: metricEntry,
};

export const runLabels = async (db: Db, project: string, ids: readonly string[]): Promise<Map<string, string>> => {
  const rows = await tables(db)
    .selectFrom('runs')
    .select(['id', 'name'])
    .where('project', '=', project)
    .where('id', 'in', ids)
    .execute();
  return new Map(rows.map((row) => [row.id, row.name]));
};
