import type { ModelVersion, Page } from '@millwright/contract';
import {
  type Db,
  decodeCursor,
  decodeJson,
  encodeJson,
  type FilterField,
  isAfter,
  isAmong,
  orderBy,
  pageFrom,
  sql,
} from '#platform/db';
import { matches, type OrderColumn, orderOf, type SearchQuery, tagField, tagged, tables } from '../store.ts';
import type { RegistryTables } from '../tables.ts';

/** A version as stored: its aliases and tests apart. */
export type SavedVersion = Omit<ModelVersion, 'aliases' | 'tests'> & {
  project: string;
  createdById: string;
  /** Where the files of its source lie here. */
  files: { root: string; path: string } | null;
  downloadUri: string | null;
};
type VersionRow = RegistryTables['model_versions'] & { model_name: string };

const toVersion = (row: VersionRow, tags: readonly [string, string][]): SavedVersion => ({
  id: row.id,
  project: row.project,
  modelId: row.model_id,
  modelName: row.model_name,
  number: row.number,
  format: row.format,
  digest: row.digest,
  sizeBytes: row.size_bytes,
  signature: row.signature === null ? null : decodeJson(row.signature),
  source: row.source,
  files: row.files_root === null ? null : { root: row.files_root, path: row.files_path ?? '' },
  downloadUri: row.download_uri,
  runId: row.run_id,
  namedRun: row.named_run,
  runLink: row.run_link,
  evaluationId: row.evaluation_id,
  datasetVersionId: row.dataset_version_id,
  tags: Object.fromEntries(tags),
  stage: row.stage,
  status: row.status,
  note: row.note,
  createdBy: row.created_by,
  createdById: row.created_by_id,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  deletedAt: row.deleted_at,
  approval: {
    state: row.approval_state,
    by: row.approval_by,
    at: row.approval_at,
    reason: row.approval_reason,
    digest: row.approval_digest,
  },
});

const withTags = async (db: Db, rows: readonly VersionRow[]): Promise<SavedVersion[]> => {
  if (rows.length === 0) return [];
  const ids = rows.map((row) => row.id);
  const tags = await tables(db)
    .selectFrom('model_version_tags')
    .selectAll()
    .where(isAmong(db, 'version_id', ids))
    .orderBy('version_id')
    .orderBy('key')
    .execute();
  const perVersion = Map.groupBy(tags, (tag) => tag.version_id);
  return rows.map((row) =>
    toVersion(
      row,
      (perVersion.get(row.id) ?? []).map(({ key, value }) => [key, value]),
    ),
  );
};

export const insertVersion = async (db: Db, version: SavedVersion, originKey: string | null): Promise<void> => {
  await tables(db)
    .insertInto('model_versions')
    .values({
      id: version.id,
      project: version.project,
      model_id: version.modelId,
      number: version.number,
      format: version.format,
      digest: version.digest,
      size_bytes: version.sizeBytes,
      signature: version.signature === null ? null : encodeJson(version.signature),
      source: version.source,
      files_root: version.files?.root ?? null,
      files_path: version.files?.path ?? null,
      download_uri: version.downloadUri,
      run_id: version.runId,
      named_run: version.namedRun,
      run_link: version.runLink,
      evaluation_id: version.evaluationId,
      dataset_version_id: version.datasetVersionId,
      stage: version.stage,
      status: version.status,
      note: version.note,
      created_by: version.createdBy,
      created_by_id: version.createdById,
      created_at: version.createdAt,
      updated_at: version.updatedAt,
      deleted_at: version.deletedAt,
      ...approvalColumns(version.approval),
      origin_key: originKey,
    })
    .execute();
  for (const [key, value] of Object.entries(version.tags)) await putVersionTag(db, version.id, key, value);
};

const approvalColumns = (approval: ModelVersion['approval']) => ({
  approval_state: approval.state,
  approval_by: approval.by,
  approval_at: approval.at,
  approval_reason: approval.reason,
  approval_digest: approval.digest,
});

const versions = (db: Db, project: string) =>
  tables(db)
    .selectFrom('model_versions')
    .innerJoin('models', 'models.id', 'model_versions.model_id')
    .selectAll('model_versions')
    .select('models.name as model_name')
    .where('model_versions.project', '=', project);
const living = (db: Db, project: string) => versions(db, project).where('model_versions.deleted_at', 'is', null);

/** Also a deleted one. */
export const findVersion = async (db: Db, project: string, id: string): Promise<SavedVersion | null> =>
  (await withTags(db, await versions(db, project).where('model_versions.id', '=', id).execute()))[0] ?? null;

/** Also deleted ones; what is not there is missing. */
export const findVersions = async (
  db: Db,
  project: string,
  ids: readonly string[],
): Promise<Map<string, SavedVersion>> => {
  if (ids.length === 0) return new Map();
  const rows = await versions(db, project)
    .where(isAmong(db, 'model_versions.id', ids))
    .execute();
  return new Map((await withTags(db, rows)).map((version) => [version.id, version]));
};

export const findNumber = async (
  db: Db,
  project: string,
  modelId: string,
  number: number,
): Promise<SavedVersion | null> => {
  const rows = await living(db, project)
    .where('model_versions.model_id', '=', modelId)
    .where('model_versions.number', '=', number)
    .execute();
  return (await withTags(db, rows))[0] ?? null;
};

export const findVersionByOrigin = async (db: Db, project: string, originKey: string): Promise<SavedVersion | null> => {
  const rows = await versions(db, project).where('model_versions.origin_key', '=', originKey).execute();
  return (await withTags(db, rows))[0] ?? null;
};

/** For the stages that hold a version id from within the server, whatever its project. */
export const fileOfVersion = async (
  db: Db,
  id: string,
): Promise<Pick<SavedVersion, 'format' | 'digest' | 'number' | 'modelName'> | null> => {
  const row = await tables(db)
    .selectFrom('model_versions')
    .innerJoin('models', 'models.id', 'model_versions.model_id')
    .select(['format', 'digest', 'number', 'models.name as model_name'])
    .where('model_versions.id', '=', id)
    .executeTakeFirst();
  return row ? { format: row.format, digest: row.digest, number: row.number, modelName: row.model_name } : null;
};

/** The newest first. */
export const listVersions = async (
  db: Db,
  project: string,
  modelId: string,
  { limit = 100, cursor }: { limit?: number | undefined; cursor?: string | undefined },
): Promise<Page<SavedVersion>> => {
  const after = decodeCursor(cursor);
  let query = living(db, project)
    .where('model_versions.model_id', '=', modelId)
    .orderBy('model_versions.number', 'desc')
    .limit(limit + 1);
  if (after) query = query.where('model_versions.number', '<', Number(after[0]));
  const { items, nextCursor } = pageFrom(
    await query.execute(),
    limit,
    (row) => [row.number],
    (row) => row,
  );
  return { items: await withTags(db, items), nextCursor };
};

/** The newest version in each stage that has any, in the order of their numbers. */
export const latestVersions = async (db: Db, project: string, modelIds: readonly string[]): Promise<SavedVersion[]> => {
  if (modelIds.length === 0) return [];
  const rows = await living(db, project)
    .where(isAmong(db, 'model_versions.model_id', modelIds))
    .where(
      sql<boolean>`not exists (select 1 from model_versions as newer where newer.model_id = model_versions.model_id
        and newer.stage = model_versions.stage and newer.deleted_at is null and newer.number > model_versions.number)`,
    )
    .orderBy('model_versions.number')
    .execute();
  return withTags(db, rows);
};

const fields: Record<string, FilterField> = {
  id: { column: { text: sql`model_versions.id` } },
  name: { column: { text: sql`models.name` } },
  modelName: { column: { text: sql`models.name` } },
  number: { column: { number: sql`model_versions.number` } },
  format: { column: { text: sql`model_versions.format` } },
  digest: { column: { text: sql`model_versions.digest` } },
  // A version trained here has its run for a source.
  source: {
    column: { text: sql`coalesce(model_versions.source, 'runs:/' || coalesce(model_versions.named_run, ''))` },
  },
  runId: { column: { text: sql`coalesce(model_versions.named_run, '')` } },
  stage: { column: { text: sql`model_versions.stage` } },
  status: { column: { text: sql`model_versions.status` } },
  note: { column: { text: sql`model_versions.note` } },
  approval: { column: { text: sql`model_versions.approval_state` } },
  createdBy: { column: { text: sql`model_versions.created_by` } },
  createdAt: { column: { number: sql`model_versions.created_at` } },
  updatedAt: { column: { number: sql`model_versions.updated_at` } },
  tags: tagField('model_version_tags', 'model_versions.id'),
};
const columns: Record<string, OrderColumn<VersionRow>> = {
  name: { column: 'models.name', valueOf: (row) => row.model_name },
  modelName: { column: 'models.name', valueOf: (row) => row.model_name },
  number: { column: 'model_versions.number', valueOf: (row) => row.number },
  createdAt: { column: 'model_versions.created_at', valueOf: (row) => row.created_at },
  updatedAt: { column: 'model_versions.updated_at', valueOf: (row) => row.updated_at },
};

/** Without an order: what was changed last comes first. */
export const searchVersions = async (db: Db, project: string, search: SearchQuery): Promise<Page<SavedVersion>> => {
  const order = search.order.length === 0 ? [{ path: ['updatedAt'], descending: true }] : search.order;
  const terms = orderOf('Model versions', columns, order, [
    ['name', false],
    ['number', true],
  ]);
  let query = living(db, project)
    .orderBy(orderBy(terms))
    .limit(search.limit + 1);
  if (search.filter) query = query.where(matches(db, search.filter, fields));
  if (search.only) query = query.where(isAmong(db, 'model_versions.model_id', search.only));
  if (search.exceptTagged)
    query = query
      .where(sql<boolean>`not ${tagged('model_version_tags', 'model_versions.id', search.exceptTagged)}`)
      .where(sql<boolean>`not ${tagged('model_tags', 'model_versions.model_id', search.exceptTagged)}`);
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

export const updateVersion = async (
  db: Db,
  project: string,
  id: string,
  set: Partial<Pick<VersionRow, 'note' | 'stage' | 'digest' | 'size_bytes' | 'updated_at' | 'deleted_at'>>,
): Promise<void> => {
  await tables(db).updateTable('model_versions').set(set).where('id', '=', id).where('project', '=', project).execute();
};

export const updateApproval = async (
  db: Db,
  project: string,
  id: string,
  approval: ModelVersion['approval'],
): Promise<void> => {
  await tables(db)
    .updateTable('model_versions')
    .set(approvalColumns(approval))
    .where('id', '=', id)
    .where('project', '=', project)
    .execute();
};

/** All other versions of the model that are in a stage go to another one. Answers their ids. */
export const moveStage = async (
  db: Db,
  project: string,
  move: { modelId: string; exceptId: string; from: ModelVersion['stage']; to: ModelVersion['stage']; now: number },
): Promise<string[]> => {
  const rows = await tables(db)
    .updateTable('model_versions')
    .set({ stage: move.to, updated_at: move.now })
    .where('project', '=', project)
    .where('model_id', '=', move.modelId)
    .where('id', '!=', move.exceptId)
    .where('stage', '=', move.from)
    .where('deleted_at', 'is', null)
    .returning('id')
    .execute();
  return rows.map((row) => row.id);
};

/** Every version of a model that is still there. Answers their ids. */
export const deleteVersionsOf = async (db: Db, project: string, modelId: string, now: number): Promise<string[]> => {
  const rows = await tables(db)
    .updateTable('model_versions')
    .set({ deleted_at: now, updated_at: now })
    .where('project', '=', project)
    .where('model_id', '=', modelId)
    .where('deleted_at', 'is', null)
    .returning('id')
    .execute();
  return rows.map((row) => row.id);
};

export const putVersionTag = async (db: Db, versionId: string, key: string, value: string): Promise<void> => {
  await tables(db)
    .insertInto('model_version_tags')
    .values({ version_id: versionId, key, value })
    .onConflict((conflict) => conflict.columns(['version_id', 'key']).doUpdateSet({ value }))
    .execute();
};

export const deleteVersionTag = async (db: Db, versionId: string, key: string): Promise<void> => {
  await tables(db)
    .deleteFrom('model_version_tags')
    .where('version_id', '=', versionId)
    .where('key', '=', key)
    .execute();
};

export const versionLabels = async (db: Db, project: string, ids: readonly string[]): Promise<Map<string, string>> => {
  if (ids.length === 0) return new Map();
  const rows = await versions(db, project)
    .where(isAmong(db, 'model_versions.id', ids))
    .execute();
  return new Map(rows.map((row) => [row.id, `${row.model_name} v${row.number}`]));
};

/** Which runs and logged models versions were made from, or have their files in, and why these must stay. */
export const holdsOf = async (db: Db, ids: readonly string[]): Promise<Map<string, string>> => {
  const held = new Map<string, string>();
  if (ids.length === 0) return held;
  for (const column of ['run_id', 'files_root'] as const) {
    const rows = await tables(db)
      .selectFrom('model_versions as v')
      .innerJoin('models as m', 'm.id', 'v.model_id')
      .select([`v.${column} as held`, 'v.number', 'm.name'])
      .where(isAmong(db, `v.${column}`, ids))
      .where('v.deleted_at', 'is', null)
      .execute();
    for (const { held: id, number, name } of rows)
      if (id !== null)
        held.set(id, `version ${number} of the model '${name}' was made from '${id}'. Delete the version first.`);
  }
  return held;
};
