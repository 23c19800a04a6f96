import type { Model, ModelVersion, Page } from '@millwright/contract';
import { type Db, decodeCursor, decodeJson, encodeJson, pageFrom, sql } from '#platform/db';
import type { RegistryTables } from './tables.ts';

const tables = (db: Db) => db.withTables<RegistryTables>();
type PageFilter = { limit?: number | undefined; cursor?: string | undefined };

/** A version as stored: its aliases apart. */
export type SavedVersion = Omit<ModelVersion, 'aliases'> & { project: string; createdById: string };
export type SavedModel = Omit<Model, 'aliases'>;
export interface AliasRow {
  modelId: string;
  alias: string;
  versionId: string;
  number: number;
}

const toModel = (row: RegistryTables['models']): SavedModel => ({
  id: row.id,
  name: row.name,
  description: row.description,
  approval: row.approval,
  owner: row.owner,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  versionCount: row.version_count,
});
const toVersion = (row: RegistryTables['model_versions'] & { model_name: string }): SavedVersion => ({
  id: row.id,
  project: row.project,
  modelId: row.model_id,
  modelName: row.model_name,
  number: row.number,
  digest: row.digest,
  sizeBytes: row.size_bytes,
  signature: decodeJson(row.signature),
  runId: row.run_id,
  evaluationId: row.evaluation_id,
  datasetVersionId: row.dataset_version_id,
  note: row.note,
  createdBy: row.created_by,
  createdById: row.created_by_id,
  createdAt: row.created_at,
  approval: {
    state: row.approval_state,
    by: row.approval_by,
    at: row.approval_at,
    reason: row.approval_reason,
    digest: row.approval_digest,
  },
});

export const insertModel = async (db: Db, project: string, model: SavedModel): Promise<void> => {
  await tables(db)
    .insertInto('models')
    .values({
      id: model.id,
      project,
      name: model.name,
      description: model.description,
      approval: model.approval,
      owner: model.owner,
      version_count: model.versionCount,
      created_at: model.createdAt,
      updated_at: model.updatedAt,
    })
    .execute();
};

export const findModel = async (db: Db, project: string, ref: string): Promise<SavedModel | null> => {
  const row = await tables(db)
    .selectFrom('models')
    .selectAll()
    .where('project', '=', project)
    .where((e) => e.or([e('id', '=', ref), e('name', '=', ref)]))
    .executeTakeFirst();
  return row ? toModel(row) : null;
};

export const listModels = async (db: Db, project: string, filter: PageFilter): Promise<Page<SavedModel>> => {
  const limit = filter.limit ?? 100;
  const after = decodeCursor(filter.cursor);
  let query = tables(db)
    .selectFrom('models')
    .selectAll()
    .where('project', '=', project)
    .orderBy('id', 'desc')
    .limit(limit + 1);
  if (after) query = query.where('id', '<', String(after[0]));
  return pageFrom(await query.execute(), limit, (row) => [row.id], toModel);
};

/** Holds the model until the end of the transaction: versions are numbered and aliases moved one after the other. */
export const lockModel = async (db: Db, project: string, id: string, now: number): Promise<SavedModel | null> => {
  const row = await tables(db)
    .updateTable('models')
    .set({ updated_at: now })
    .where('id', '=', id)
    .where('project', '=', project)
    .returningAll()
    .executeTakeFirst();
  return row ? toModel(row) : null;
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

export const insertVersion = async (
  db: Db,
  version: SavedVersion & { runId: string; datasetVersionId: string },
  originKey: string | null,
): Promise<void> => {
  await tables(db)
    .insertInto('model_versions')
    .values({
      id: version.id,
      project: version.project,
      model_id: version.modelId,
      number: version.number,
      digest: version.digest,
      size_bytes: version.sizeBytes,
      signature: encodeJson(version.signature),
      run_id: version.runId,
      evaluation_id: version.evaluationId,
      dataset_version_id: version.datasetVersionId,
      note: version.note,
      created_by: version.createdBy,
      created_by_id: version.createdById,
      created_at: version.createdAt,
      approval_state: version.approval.state,
      approval_by: version.approval.by,
      approval_at: version.approval.at,
      approval_reason: version.approval.reason,
      approval_digest: version.approval.digest,
      origin_key: originKey,
    })
    .execute();
};

const versions = (db: Db) =>
  tables(db)
    .selectFrom('model_versions')
    .innerJoin('models', 'models.id', 'model_versions.model_id')
    .selectAll('model_versions')
    .select('models.name as model_name');

export const findVersion = async (db: Db, project: string, id: string): Promise<SavedVersion | null> => {
  const row = await versions(db)
    .where('model_versions.id', '=', id)
    .where('model_versions.project', '=', project)
    .executeTakeFirst();
  return row ? toVersion(row) : null;
};

export const findVersionByOrigin = async (db: Db, project: string, originKey: string): Promise<SavedVersion | null> => {
  const row = await versions(db)
    .where('model_versions.origin_key', '=', originKey)
    .where('model_versions.project', '=', project)
    .executeTakeFirst();
  return row ? toVersion(row) : null;
};

/** For the stages that hold a version id from within the server, whatever its project. */
export const digestOfVersion = async (db: Db, id: string): Promise<string | null> =>
  (await tables(db).selectFrom('model_versions').select('digest').where('id', '=', id).executeTakeFirst())?.digest ??
  null;

export const listVersions = async (
  db: Db,
  project: string,
  modelId: string,
  filter: PageFilter,
): Promise<Page<SavedVersion>> => {
  const limit = filter.limit ?? 100;
  const after = decodeCursor(filter.cursor);
  let query = versions(db)
    .where('model_versions.project', '=', project)
    .where('model_versions.model_id', '=', modelId)
    .orderBy('model_versions.number', 'desc')
    .limit(limit + 1);
  if (after) query = query.where('model_versions.number', '<', Number(after[0]));
  return pageFrom(await query.execute(), limit, (row) => [row.number], toVersion);
};

export const updateApproval = async (
  db: Db,
  project: string,
  id: string,
  approval: ModelVersion['approval'],
): Promise<void> => {
  await tables(db)
    .updateTable('model_versions')
    .set({
      approval_state: approval.state,
      approval_by: approval.by,
      approval_at: approval.at,
      approval_reason: approval.reason,
      approval_digest: approval.digest,
    })
    .where('id', '=', id)
    .where('project', '=', project)
    .execute();
};

export const aliasesOf = async (db: Db, project: string, modelIds: readonly string[]): Promise<AliasRow[]> => {
  if (modelIds.length === 0) return [];
  const rows = await tables(db)
    .selectFrom('model_aliases')
    .innerJoin('model_versions', 'model_versions.id', 'model_aliases.version_id')
    .select(['model_aliases.model_id', 'model_aliases.alias', 'model_aliases.version_id', 'model_versions.number'])
    .where('model_aliases.project', '=', project)
    .where('model_aliases.model_id', 'in', modelIds)
    .orderBy('model_aliases.alias')
    .execute();
  return rows.map((row) => ({
    modelId: row.model_id,
    alias: row.alias,
    versionId: row.version_id,
    number: row.number,
  }));
};

export const putAlias = async (
  db: Db,
  project: string,
  alias: { modelId: string; alias: string; versionId: string },
  now: number,
): Promise<void> => {
  const moved = { version_id: alias.versionId, moved_at: now };
  await tables(db)
    .insertInto('model_aliases')
    .values({ model_id: alias.modelId, project, alias: alias.alias, ...moved })
    .onConflict((conflict) => conflict.columns(['model_id', 'alias']).doUpdateSet(moved))
    .execute();
};

export const removeAlias = async (db: Db, project: string, modelId: string, alias: string): Promise<void> => {
  await tables(db)
    .deleteFrom('model_aliases')
    .where('model_id', '=', modelId)
    .where('project', '=', project)
    .where('alias', '=', alias)
    .execute();
};

export const modelNames = async (db: Db, project: string, ids: readonly string[]): Promise<Map<string, string>> => {
  if (ids.length === 0) return new Map();
  const rows = await tables(db)
    .selectFrom('models')
    .select(['id', 'name'])
    .where('project', '=', project)
    .where('id', 'in', ids)
    .execute();
  return new Map(rows.map((row) => [row.id, row.name]));
};

export const versionLabels = async (db: Db, project: string, ids: readonly string[]): Promise<Map<string, string>> => {
  if (ids.length === 0) return new Map();
  const rows = await versions(db)
    .where('model_versions.project', '=', project)
    .where('model_versions.id', 'in', ids)
    .execute();
  return new Map(rows.map((row) => [row.id, `${row.model_name} v${row.number}`]));
};
