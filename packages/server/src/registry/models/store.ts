import type { Model, Page } from '@millwright/contract';
import { type Db, decodeCursor, type FilterField, isAfter, isAmong, orderBy, pageFrom, sql } from '#platform/db';
import { matches, type OrderColumn, orderOf, type SearchQuery, tagField, tagged, tables } from '../store.ts';
import type { RegistryTables } from '../tables.ts';

/** A model as stored: its aliases apart. */
export type SavedModel = Omit<Model, 'aliases'>;
type ModelRow = RegistryTables['models'];

const withTags = async (db: Db, rows: readonly ModelRow[]): Promise<SavedModel[]> => {
  if (rows.length === 0) return [];
  const ids = rows.map((row) => row.id);
  const tags = await tables(db)
    .selectFrom('model_tags')
    .selectAll()
    .where(isAmong(db, 'model_id', ids))
    .orderBy('model_id')
    .orderBy('key')
    .execute();
  const perModel = Map.groupBy(tags, (tag) => tag.model_id);
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    description: row.description,
    approval: row.approval,
    owner: row.owner,
    tags: Object.fromEntries((perModel.get(row.id) ?? []).map(({ key, value }) => [key, value])),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    versionCount: row.version_count,
  }));
};

export const insertModel = async (db: Db, project: string, model: SavedModel): Promise<void> => {
  await tables(db)
    .insertInto('models')
    .values({
      id: model.id,
      project,
      name: model.name,
      taken_name: model.name,
      description: model.description,
      approval: model.approval,
      owner: model.owner,
      version_count: model.versionCount,
      created_at: model.createdAt,
      updated_at: model.updatedAt,
    })
    .execute();
  for (const [key, value] of Object.entries(model.tags)) await putModelTag(db, model.id, key, value);
};

const living = (db: Db, project: string) =>
  tables(db).selectFrom('models').selectAll().where('project', '=', project).where('taken_name', 'is not', null);

/** By id or name; the id wins. */
export const findModel = async (db: Db, project: string, ref: string): Promise<SavedModel | null> => {
  const rows = await living(db, project)
    .where((e) => e.or([e('id', '=', ref), e('taken_name', '=', ref)]))
    .execute();
  const row = rows.find(({ id }) => id === ref) ?? rows[0];
  return row ? ((await withTags(db, [row]))[0] ?? null) : null;
};

export const findModelNamed = async (db: Db, project: string, name: string): Promise<SavedModel | null> => {
  const rows = await living(db, project).where('taken_name', '=', name).execute();
  return (await withTags(db, rows))[0] ?? null;
};

/** The newest first. */
export const listModels = async (
  db: Db,
  project: string,
  { limit = 100, cursor }: { limit?: number | undefined; cursor?: string | undefined },
): Promise<Page<SavedModel>> => {
  const after = decodeCursor(cursor);
  let query = living(db, project)
    .orderBy('id', 'desc')
    .limit(limit + 1);
  if (after) query = query.where('id', '<', String(after[0]));
  const { items, nextCursor } = pageFrom(
    await query.execute(),
    limit,
    (row) => [row.id],
    (row) => row,
  );
  return { items: await withTags(db, items), nextCursor };
};

const fields: Record<string, FilterField> = {
  id: { column: { text: sql`models.id` } },
  name: { column: { text: sql`models.name` } },
  description: { column: { text: sql`models.description` } },
  approval: { column: { text: sql`models.approval` } },
  owner: { column: { text: sql`models.owner` } },
  versionCount: { column: { number: sql`models.version_count` } },
  createdAt: { column: { number: sql`models.created_at` } },
  updatedAt: { column: { number: sql`models.updated_at` } },
  tags: tagField('model_tags', 'models.id'),
};
const columns: Record<string, OrderColumn<ModelRow>> = {
  name: { column: 'models.name', valueOf: (row) => row.name },
  createdAt: { column: 'models.created_at', valueOf: (row) => row.created_at },
  updatedAt: { column: 'models.updated_at', valueOf: (row) => row.updated_at },
};

export const searchModels = async (db: Db, project: string, search: SearchQuery): Promise<Page<SavedModel>> => {
  const terms = orderOf('Models', columns, search.order, [['name', false]]);
  let query = living(db, project)
    .orderBy(orderBy(terms))
    .limit(search.limit + 1);
  if (search.filter) query = query.where(matches(db, search.filter, fields));
  if (search.only) query = query.where(isAmong(db, 'id', search.only));
  if (search.exceptTagged)
    query = query.where(sql<boolean>`not ${tagged('model_tags', 'models.id', search.exceptTagged)}`);
  const after = decodeCursor(search.cursor);
  if (after !== null) query = query.where(isAfter(terms, after));
  const { items, nextCursor } = pageFrom(
    await query.execute(),
    search.limit,
    (row) => terms.map(({ valueOf }) => valueOf(row)),
    (row) => row,
  );
  return { items: await withTags(db, items), nextCursor };
};

/** Holds the model until the end of the transaction: versions are numbered and aliases moved one after the other. */
export const lockModel = async (db: Db, project: string, id: string): Promise<SavedModel | null> => {
  const row = await tables(db)
    .updateTable('models')
    .set({ version_count: sql`version_count` as never })
    .where('id', '=', id)
    .where('project', '=', project)
    .where('taken_name', 'is not', null)
    .returningAll()
    .executeTakeFirst();
  return row ? ((await withTags(db, [row]))[0] ?? null) : null;
};

/** Only under the lock of the model. What is rolled back leaves no gap. */
export const takeVersionNumber = async (db: Db, project: string, modelId: string): Promise<number> => {
  const row = await tables(db)
    .updateTable('models')
    .set({ version_count: sql`version_count + 1` as never })
    .where('id', '=', modelId)
    .where('project', '=', project)
    .returning('version_count')
    .executeTakeFirstOrThrow();
  return row.version_count;
};

export const updateModel = async (
  db: Db,
  project: string,
  id: string,
  set: Partial<Pick<ModelRow, 'name' | 'taken_name' | 'description' | 'approval' | 'updated_at'>>,
): Promise<void> => {
  await tables(db).updateTable('models').set(set).where('id', '=', id).where('project', '=', project).execute();
};

export const putModelTag = async (db: Db, modelId: string, key: string, value: string): Promise<void> => {
  await tables(db)
    .insertInto('model_tags')
    .values({ model_id: modelId, key, value })
    .onConflict((conflict) => conflict.columns(['model_id', 'key']).doUpdateSet({ value }))
    .execute();
};

export const deleteModelTag = async (db: Db, modelId: string, key: string): Promise<void> => {
  await tables(db).deleteFrom('model_tags').where('model_id', '=', modelId).where('key', '=', key).execute();
};

export const modelNames = async (db: Db, project: string, ids: readonly string[]): Promise<Map<string, string>> => {
  if (ids.length === 0) return new Map();
  const rows = await tables(db)
    .selectFrom('models')
    .select(['id', 'name'])
    .where('project', '=', project)
    .where(isAmong(db, 'id', ids))
    .execute();
  return new Map(rows.map((row) => [row.id, row.name]));
};
