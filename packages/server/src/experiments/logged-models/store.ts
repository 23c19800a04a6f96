import { type Db, isAmong, kindOf, sql } from '#platform/db';
import type { ExperimentsTables } from '../tables.ts';
import type { LoggedModel, LoggedModelStatus } from './logged-model.ts';
import { readModelMetrics } from './metrics/store.ts';

const tables = (db: Db) => db.withTables<ExperimentsTables>();

export type ModelRow = Omit<ExperimentsTables['logged_models'], 'number'> & { number: number };

/** Answers its number. */
export const insertModel = async (
  db: Db,
  model: Omit<LoggedModel, 'parameters' | 'tags' | 'metrics'> & { project: string },
): Promise<number> => {
  const row = await tables(db)
    .insertInto('logged_models')
    .values({
      id: model.id,
      project: model.project,
      experiment: model.experiment,
      name: model.name,
      status: model.status,
      model_type: model.modelType,
      source_run_id: model.sourceRunId,
      owner: model.owner,
      created_at: model.createdAt,
      updated_at: model.updatedAt,
      deleted_at: model.deletedAt,
    })
    .returning('number')
    .executeTakeFirstOrThrow();
  return row.number;
};

export const findModel = async (db: Db, project: string, id: string): Promise<ModelRow | null> =>
  (await tables(db)
    .selectFrom('logged_models')
    .selectAll()
    .where('id', '=', id)
    .where('project', '=', project)
    // Those of an experiment that is being deleted for good are gone with it.
    .where(sql<boolean>`exists (select 1 from experiments where experiments.number = logged_models.experiment)`)
    .executeTakeFirst()) ?? null;

/** In any project. */
export const findModelAnywhere = async (db: Db, id: string): Promise<ModelRow | null> =>
  (await tables(db).selectFrom('logged_models').selectAll().where('id', '=', id).executeTakeFirst()) ?? null;

/** Keeps others from changing the model until the transaction ends. */
export const lockModel = async (db: Db, project: string, id: string): Promise<ModelRow | null> => {
  const query = tables(db).selectFrom('logged_models').selectAll().where('id', '=', id).where('project', '=', project);
  // SQLite has one writer at a time, which is this transaction.
  return (await (kindOf(db) === 'postgres' ? query.forUpdate() : query).executeTakeFirst()) ?? null;
};

/** Their numbers, by id. Models are never removed while their project is used, so that no lock is taken. */
export const numbersOfModels = async (
  db: Db,
  ids: readonly string[],
): Promise<Map<string, { number: number; project: string }>> => {
  if (ids.length === 0) return new Map();
  const rows = await tables(db)
    .selectFrom('logged_models')
    .select(['id', 'number', 'project'])
    .where(isAmong(db, 'id', ids))
    .execute();
  return new Map(rows.map(({ id, ...row }) => [id, row]));
};

/** Those of the ids that are models of the project. */
export const existingModels = async (db: Db, project: string, ids: readonly string[]): Promise<string[]> => {
  const known = await numbersOfModels(db, ids);
  return ids.filter((id) => known.get(id)?.project === project);
};

export const updateModel = async (
  db: Db,
  number: number,
  set: { status?: LoggedModelStatus; deleted_at?: number; updated_at: number },
): Promise<void> => {
  await tables(db).updateTable('logged_models').set(set).where('number', '=', number).execute();
};

type EntryTableName = 'logged_model_parameters' | 'logged_model_tags';

export const writeModelEntries = async (
  db: Db,
  table: EntryTableName,
  model: number,
  values: Readonly<Record<string, string>>,
): Promise<void> => {
  const rows = Object.entries(values).map(([key, value]) => ({ model, key, value }));
  if (rows.length === 0) return;
  await tables(db)
    .insertInto(table)
    .values(rows)
    .onConflict((conflict) =>
      conflict.columns(['model', 'key']).doUpdateSet((e) => ({ value: e.ref('excluded.value') })),
    )
    .execute();
};

/** Whether there was one. */
export const deleteModelTag = async (db: Db, model: number, key: string): Promise<boolean> => {
  const { numDeletedRows } = await tables(db)
    .deleteFrom('logged_model_tags')
    .where('model', '=', model)
    .where('key', '=', key)
    .executeTakeFirst();
  return numDeletedRows > 0n;
};

export const readModelEntries = async (
  db: Db,
  table: EntryTableName,
  models: readonly number[],
): Promise<Map<number, [string, string][]>> => {
  const rows = await tables(db)
    .selectFrom(table)
    .selectAll()
    .where(isAmong(db, 'model', models))
    .orderBy('model')
    .orderBy('key')
    .execute();
  const found = new Map<number, [string, string][]>();
  for (const { model, key, value } of rows) {
    const known = found.get(model);
    if (known) known.push([key, value]);
    else found.set(model, [[key, value]]);
  }
  return found;
};

/** Reads everything that belongs to the models in four queries, however many they are. */
export const completeModels = async (db: Db, rows: readonly ModelRow[]): Promise<LoggedModel[]> => {
  if (rows.length === 0) return [];
  const numbers = rows.map(({ number }) => number);
  const parameters = await readModelEntries(db, 'logged_model_parameters', numbers);
  const tags = await readModelEntries(db, 'logged_model_tags', numbers);
  const metrics = await readModelMetrics(db, numbers);
  return rows.map((row) => ({
    id: row.id,
    experiment: row.experiment,
    name: row.name,
    status: row.status,
    modelType: row.model_type,
    sourceRunId: row.source_run_id,
    owner: row.owner,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    deletedAt: row.deleted_at,
    parameters: Object.fromEntries(parameters.get(row.number) ?? []),
    tags: Object.fromEntries(tags.get(row.number) ?? []),
    metrics: metrics.get(row.number) ?? [],
  }));
};

export const modelLabels = async (db: Db, project: string, ids: readonly string[]): Promise<Map<string, string>> => {
  const rows = await tables(db)
    .selectFrom('logged_models')
    .select(['id', 'name'])
    .where('project', '=', project)
    .where(isAmong(db, 'id', ids))
    .execute();
  return new Map(rows.map((row) => [row.id, row.name]));
};
