import type { Experiment, Filter, Page } from '@millwright/contract';
import {
  compileFilter,
  type Db,
  decodeCursor,
  decodeJson,
  type FilterField,
  isAfter,
  isAmong,
  kindOf,
  orderBy,
  pageFrom,
  sql,
} from '#platform/db';
import { fail } from '#platform/errors';
import type { ExperimentsTables } from './tables.ts';

const tables = (db: Db) => db.withTables<ExperimentsTables>();

const columns = [
  'id',
  'number',
  'name',
  'description',
  'owner',
  'artifact_location',
  'created_at',
  'updated_at',
  'deleted_at',
  'run_count',
  'moved_out',
  'last_run_at',
  'folder',
] as const;
type ExperimentRow = Omit<ExperimentsTables['experiments'], 'number' | 'moved_out' | 'project'> & {
  number: number;
  moved_out: number;
  tags: Record<string, string> | string | null;
};

/** With its tags, in one statement: a round trip more would cost as much as the rest. */
const experimentsIn = (db: Db) => {
  const object = kindOf(db) === 'postgres' ? sql`json_object_agg` : sql`json_group_object`;
  const tags = sql<ExperimentRow['tags']>`(
    select ${object}(key, value) from (
      select key, value from experiment_tags where experiment = experiments.number order by key) as tag)`;
  return tables(db)
    .selectFrom('experiments')
    .select([...columns, tags.as('tags')]);
};

const toExperiment = (row: ExperimentRow): Experiment => ({
  id: row.id,
  number: row.number,
  name: row.name,
  description: row.description,
  owner: row.owner,
  tags: (typeof row.tags === 'string' ? decodeJson<Record<string, string>>(row.tags) : row.tags) ?? {},
  artifactLocation: row.artifact_location,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  deletedAt: row.deleted_at,
  runCount: row.run_count - row.moved_out,
  lastRunAt: row.last_run_at,
  folderId: row.folder,
});

/** Answers its number. `number` only where it is to have a certain one. */
export const insertExperiment = async (
  db: Db,
  project: string,
  experiment: Omit<Experiment, 'number' | 'tags'> & { number?: number },
): Promise<number> => {
  const row = await tables(db)
    .insertInto('experiments')
    .values({
      ...(experiment.number === undefined ? {} : { number: experiment.number }),
      id: experiment.id,
      project,
      name: experiment.name,
      description: experiment.description,
      owner: experiment.owner,
      artifact_location: experiment.artifactLocation,
      created_at: experiment.createdAt,
      updated_at: experiment.updatedAt,
      deleted_at: experiment.deletedAt,
      run_count: experiment.runCount,
      last_run_at: experiment.lastRunAt,
      folder: experiment.folderId,
    })
    .returning('number')
    .executeTakeFirstOrThrow();
  return row.number;
};

export const findExperiment = async (db: Db, project: string, ref: string): Promise<Experiment | null> => {
  const rows = await experimentsIn(db)
    .where('project', '=', project)
    .where((e) => e.or([e('id', '=', ref), e('name', '=', ref)]))
    .execute();
  // An experiment may be named like the id of another one: the id wins.
  const row = rows.find(({ id }) => id === ref) ?? rows[0];
  return row ? toExperiment(row) : null;
};

export const findExperimentBy = async (
  db: Db,
  project: string,
  key: { number: number } | { name: string },
): Promise<Experiment | null> => {
  const query = experimentsIn(db).where('project', '=', project);
  const row = await ('number' in key
    ? query.where('number', '=', key.number)
    : query.where('name', '=', key.name)
  ).executeTakeFirst();
  return row ? toExperiment(row) : null;
};

const experimentFields: Record<string, FilterField> = {
  id: { column: { text: sql`experiments.id` } },
  number: { column: { number: sql`experiments.number` } },
  name: { column: { text: sql`experiments.name` } },
  owner: { column: { text: sql`experiments.owner` } },
  createdAt: { column: { number: sql`experiments.created_at` } },
  updatedAt: { column: { number: sql`experiments.updated_at` } },
  tags: {
    entry: (path, test) => sql`exists (
      select 1 from experiment_tags as entry where entry.experiment = experiments.number and entry.key = ${path.join('.')}
      and ${test({ text: sql`entry.value` })})`,
  },
};

const orderColumns = { name: 'name', createdAt: 'created_at', updatedAt: 'updated_at', number: 'number' } as const;
type OrderColumn = keyof typeof orderColumns;

export interface ExperimentSearch {
  project: string;
  filter: Filter | null;
  /** Then the newest first. */
  order: readonly { path: readonly string[]; descending: boolean }[];
  view: 'active' | 'deleted' | 'all';
  /** Only those in these folders; null: in none. */
  folders?: readonly string[] | null | undefined;
  /** Those with these ids; null: all. */
  only?: readonly string[] | null | undefined;
  limit: number;
  cursor?: string | undefined;
}

export const searchExperiments = async (db: Db, search: ExperimentSearch): Promise<Page<Experiment>> => {
  const terms = [
    ...(search.order.length === 0 ? [{ path: ['createdAt'], descending: true }] : search.order),
    { path: ['number'], descending: true },
  ].map(({ path, descending }) => {
    const name = path.join('.');
    if (!Object.hasOwn(orderColumns, name))
      return fail('INVALID_FILTER', `Experiments cannot be ordered by '${name}'.`);
    const column = orderColumns[name as OrderColumn];
    return { column, sql: sql.ref(`experiments.${column}`), descending };
  });
  let query = experimentsIn(db)
    .where('project', '=', search.project)
    .orderBy(orderBy(terms))
    .limit(search.limit + 1);
  if (search.view !== 'all') query = query.where('deleted_at', search.view === 'active' ? 'is' : 'is not', null);
  if (search.filter) query = query.where(compileFilter(search.filter, experimentFields, kindOf(db)));
  if (search.folders === null) query = query.where('folder', 'is', null);
  else if (search.folders) query = query.where(isAmong(db, 'folder', search.folders));
  if (search.only) query = query.where(isAmong(db, 'id', search.only));
  const after = decodeCursor(search.cursor);
  if (after !== null) query = query.where(isAfter(terms, after));
  return pageFrom(await query.execute(), search.limit, (row) => terms.map(({ column }) => row[column]), toExperiment);
};

/** Keeps others from starting runs in the experiment until the transaction ends. */
export const lockExperiment = async (db: Db, number: number): Promise<void> => {
  await tables(db)
    .updateTable('experiments')
    .set({ run_count: sql`run_count` as never })
    .where('number', '=', number)
    .execute();
};

export const updateExperiment = async (
  db: Db,
  number: number,
  set: {
    name?: string;
    description?: string;
    deleted_at?: number | null;
    folder?: string | null;
    updated_at: number;
  },
): Promise<void> => {
  await tables(db).updateTable('experiments').set(set).where('number', '=', number).execute();
};

/** The runs of an experiment go into the trash with it and come out of it with it, at the same instant. */
export const moveRunsToTrash = async (
  db: Db,
  number: number,
  move: { from: number | null; to: number | null },
): Promise<void> => {
  await tables(db)
    .updateTable('runs')
    .set({ deleted_at: move.to, revision: sql`revision + 1` as never })
    .where('experiment', '=', number)
    .where('deleted_at', move.from === null ? 'is' : '=', move.from)
    .execute();
};

export const putExperimentTag = async (db: Db, experiment: number, key: string, value: string): Promise<void> => {
  await tables(db)
    .insertInto('experiment_tags')
    .values({ experiment, key, value })
    .onConflict((conflict) => conflict.columns(['experiment', 'key']).doUpdateSet({ value }))
    .execute();
};

/** Whether there was one. */
export const deleteExperimentTag = async (db: Db, experiment: number, key: string): Promise<boolean> => {
  const { numDeletedRows } = await tables(db)
    .deleteFrom('experiment_tags')
    .where('experiment', '=', experiment)
    .where('key', '=', key)
    .executeTakeFirst();
  return numDeletedRows > 0n;
};
