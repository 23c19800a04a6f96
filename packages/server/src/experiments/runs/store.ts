import type { NamedRun, Run } from '@millwright/contract';
import { alsoHas, type Db, insertAndAnswer, isAmong, kindOf, sql } from '#platform/db';
import { hexOf } from '#platform/ids';
import { toSummary } from '../metrics/metric.ts';
import { readSeries } from '../metrics/store.ts';
import type { ExperimentsTables } from '../tables.ts';
import { readEntries } from './entries/store.ts';
import type { RunKeys } from './keys.ts';
import type { RunState } from './run.ts';

const tables = (db: Db) => db.withTables<ExperimentsTables>();

export type NewRunRow = Omit<RunState, 'number' | 'deletedAt'> & {
  datasetVersionId: string | null;
  originKey: string | null;
};

const columns = {
  id: 'text',
  hex: 'text',
  project: 'text',
  experiment: 'integer',
  name: 'text',
  status: 'text',
  parent_run_id: 'text',
  dataset_version_id: 'text',
  started_at: 'integer',
  ended_at: 'integer',
  owner: 'text',
  user_id: 'text',
  note: 'text',
  origin_key: 'text',
} as const;

/** Answers the number of each run, by its id. */
export const insertRuns = async (db: Db, runs: readonly NewRunRow[]): Promise<Map<string, number>> => {
  const rows = await insertAndAnswer<keyof typeof columns, { id: string; number: number }>(
    db,
    'runs',
    columns,
    runs.map((run) => ({
      id: run.id,
      hex: hexOf(run.id),
      project: run.project,
      experiment: run.experiment,
      name: run.name,
      status: run.status,
      parent_run_id: run.parentRunId,
      dataset_version_id: run.datasetVersionId,
      started_at: run.startedAt,
      ended_at: run.endedAt,
      owner: run.owner,
      user_id: run.userId,
      note: run.note,
      origin_key: run.originKey,
    })),
    ['id', 'number'],
  );
  return new Map(rows.map((row) => [row.id, row.number]));
};

const stateColumns = [
  'number',
  'id',
  'project',
  'experiment',
  'name',
  'status',
  'parent_run_id',
  'started_at',
  'ended_at',
  'deleted_at',
  'owner',
  'user_id',
  'note',
] as const;

type StateRow = Pick<ExperimentsTables['runs'], Exclude<(typeof stateColumns)[number], 'number'>> & { number: number };

export const toState = (row: StateRow): RunState => ({
  number: row.number,
  id: row.id,
  project: row.project,
  experiment: row.experiment,
  name: row.name,
  status: row.status,
  parentRunId: row.parent_run_id,
  startedAt: row.started_at,
  endedAt: row.ended_at,
  deletedAt: row.deleted_at,
  owner: row.owner,
  userId: row.user_id,
  note: row.note,
});

type LockedRow = StateRow & { revision: number; is_filling: number };
const lockedRuns = sql`${sql.join(stateColumns.map((name) => sql.ref(`runs.${name}`)))}, runs.revision,
  (select count(*) from run_copies where run_copies.run = runs.number) as is_filling`;

/** `isFilling`: it is a copy whose points are not all there yet. */
export type LockedRun = RunState & { revision: number; isFilling: boolean };

/**
 * Keeps others from changing the runs until the transaction ends. Everything that changes a run asks for its lock, which
 * therefore gives it its next revision. In one order, so that nobody waits in a circle.
 */
export const lockRuns = async (db: Db, ids: readonly string[]): Promise<Map<string, LockedRun>> => {
  if (ids.length === 0) return new Map();
  const asked = isAmong(db, 'runs.id', ids);
  // SQLite has one writer at a time, which is this transaction.
  const { rows } = await (kindOf(db) === 'sqlite'
    ? sql<LockedRow>`update runs set revision = revision + 1 where ${asked} returning ${lockedRuns}`
    : sql<LockedRow>`
        with locked as (select number from runs where ${asked} order by number for update)
        update runs set revision = revision + 1 from locked where runs.number = locked.number returning ${lockedRuns}`
  ).execute(db);
  return new Map(
    rows.map((row) => [row.id, { ...toState(row), revision: row.revision, isFilling: Number(row.is_filling) === 1 }]),
  );
};

export const lockRun = async (db: Db, project: string, id: string): Promise<LockedRun | null> => {
  const run = (await lockRuns(db, [id])).get(id);
  return run?.project === project ? run : null;
};

/** The runs of an experiment that is being deleted for good are gone with it, though their rows are removed later. */
const hasExperiment = sql<boolean>`exists (select 1 from experiments where experiments.number = runs.experiment)`;

export const findRunState = async (db: Db, project: string, id: string): Promise<RunState | null> => {
  const row = await tables(db)
    .selectFrom('runs')
    .select(stateColumns)
    .where('id', '=', id)
    .where('project', '=', project)
    .where(hasExperiment)
    .executeTakeFirst();
  return row ? toState(row) : null;
};

export const findRunNumber = async (db: Db, project: string, id: string): Promise<number | null> => {
  const query = tables(db).selectFrom('runs').select('number').where('id', '=', id).where('project', '=', project);
  return (await query.where(hasExperiment).executeTakeFirst())?.number ?? null;
};

/** The version a run was started on; null: there is no such run. */
export const startedOn = async (
  db: Db,
  project: string,
  runId: string,
): Promise<{ datasetVersionId: string | null } | null> => {
  const query = tables(db).selectFrom('runs').select('dataset_version_id as datasetVersionId');
  const row = await query
    .where('id', '=', runId)
    .where('project', '=', project)
    .where(hasExperiment)
    .executeTakeFirst();
  return row ?? null;
};

/** By id; those that do not exist are left out. */
export const findRunNumbers = async (db: Db, project: string, ids: readonly string[]): Promise<Map<string, number>> => {
  const query = tables(db)
    .selectFrom('runs')
    .select(['id', 'number'])
    .where(alsoHas(db, 'project', project));
  const rows = await query
    .where(isAmong(db, 'id', ids))
    .where(hasExperiment)
    .execute();
  return new Map(rows.map((row) => [row.id, row.number]));
};

/** Whether any of the runs has not ended. */
export const areOpen = async (db: Db, numbers: readonly number[]): Promise<boolean> => {
  const query = tables(db).selectFrom('runs').select('number').where('ended_at', 'is', null);
  return (await query.where(isAmong(db, 'number', numbers)).executeTakeFirst()) !== undefined;
};

/** In any project. */
export const isRunIdTaken = async (db: Db, id: string): Promise<boolean> =>
  (await tables(db).selectFrom('runs').select('number').where('id', '=', id).executeTakeFirst()) !== undefined;

export const updateRun = async (db: Db, run: RunState): Promise<void> => {
  await tables(db)
    .updateTable('runs')
    .set({
      name: run.name,
      status: run.status,
      started_at: run.startedAt,
      ended_at: run.endedAt,
      deleted_at: run.deletedAt,
      user_id: run.userId,
      note: run.note,
      parent_run_id: run.parentRunId,
    })
    .where('number', '=', run.number)
    .execute();
};

const runsOf = (db: Db) =>
  tables(db)
    .selectFrom('runs')
    .innerJoin('experiments', 'experiments.number', 'runs.experiment')
    .select(stateColumns.map((name) => `runs.${name}` as const))
    .select(['experiments.name as experiment_name', 'experiments.id as experiment_id']);

type RunRow = StateRow & { experiment_name: string; experiment_id: string };

/** By number, in the order asked for; what is gone by now is left out. */
export const readRuns = async (
  db: Db,
  project: string,
  numbers: readonly number[],
  keys?: RunKeys,
): Promise<Map<number, Run>> => {
  if (numbers.length === 0) return new Map();
  const found = await runsOf(db)
    .where(alsoHas(db, 'runs.project', project))
    .where(isAmong(db, 'runs.number', numbers))
    .execute();
  const rows = new Map(found.map((row) => [row.number, row]));
  const asked = numbers.flatMap((number) => rows.get(number) ?? []);
  const runs = await completeRuns(db, asked, keys);
  return new Map(asked.map(({ number }, index) => [number, runs[index] as Run]));
};

/** Reads everything that belongs to the runs in three queries, however many they are. `keys`: these of it only. */
const completeRuns = async (db: Db, rows: readonly RunRow[], keys?: Partial<RunKeys>): Promise<Run[]> => {
  const numbers = rows.map((row) => row.number);
  const parameters = await readEntries(db, 'run_parameters', numbers, keys?.parameters);
  const tags = await readEntries(db, 'run_tags', numbers, keys?.tags);
  const metrics = Map.groupBy(await readSeries(db, numbers, keys?.metrics ?? null), ({ run }) => run);
  return rows.map((row) => ({
    id: row.id,
    experimentId: row.experiment_id,
    experimentName: row.experiment_name,
    experimentNumber: row.experiment,
    name: row.name,
    status: row.status,
    parentRunId: row.parent_run_id,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    deletedAt: row.deleted_at,
    owner: row.owner,
    userId: row.user_id,
    note: row.note,
    // From entries: a key may be `__proto__`.
    parameters: Object.fromEntries(parameters.get(row.number) ?? []),
    metrics: Object.fromEntries((metrics.get(row.number) ?? []).map((one) => [one.key, toSummary(one)])),
    tags: Object.fromEntries(tags.get(row.number) ?? []),
  }));
};

export const findRun = async (
  db: Db,
  project: string,
  key: { id: string } | { originKey: string },
): Promise<Run | null> => {
  const query = runsOf(db).where('runs.project', '=', project);
  const rows = await ('id' in key
    ? query.where('runs.id', '=', key.id)
    : query.where('runs.origin_key', '=', key.originKey)
  ).execute();
  return (await completeRuns(db, rows))[0] ?? null;
};

/** What names of runs may be made of. */
export const findRunsNamed = async (
  db: Db,
  project: string,
  ids: readonly string[],
): Promise<Map<string, NamedRun>> => {
  const rows = await runsOf(db)
    .where(alsoHas(db, 'runs.project', project))
    .where(isAmong(db, 'runs.id', ids))
    .execute();
  const runs = await completeRuns(db, rows, { metrics: [] });
  return new Map(runs.map((run) => [run.id, run]));
};

export const runLabels = async (db: Db, project: string, ids: readonly string[]): Promise<Map<string, string>> => {
  const rows = await tables(db)
    .selectFrom('runs')
    .select(['id', 'name'])
    .where(alsoHas(db, 'project', project))
    .where(isAmong(db, 'id', ids))
    .execute();
  return new Map(rows.map((row) => [row.id, row.name]));
};

export interface OpenExperiment {
  id: string;
  name: string;
  project: string;
  /** How many runs were ever started in it. */
  runCount: number;
}

/** Adds to the count of runs of experiments that are not in the trash; the others are missing from the answer. */
export const countStarted = async (
  db: Db,
  started: ReadonlyMap<number, number>,
  now: number,
): Promise<Map<number, OpenExperiment>> => {
  const open = new Map<number, OpenExperiment>();
  for (const [experiment, count] of [...started].sort(([a], [b]) => a - b)) {
    const row = await tables(db)
      .updateTable('experiments')
      .set({ run_count: sql`run_count + ${count}` as never, last_run_at: now })
      .where('number', '=', experiment)
      .where('deleted_at', 'is', null)
      .returning(['id', 'name', 'project', 'run_count'])
      .executeTakeFirst();
    if (row) open.set(experiment, { id: row.id, name: row.name, project: row.project, runCount: row.run_count });
  }
  return open;
};
