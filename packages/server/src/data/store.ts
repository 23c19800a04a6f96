import type { Dataset, DatasetVersion, Page, Refusal } from '@millwright/contract';
import { type Db, decodeCursor, decodeJson, encodeJson, pageFrom, sql } from '#platform/db';
import type { DataTables } from './tables.ts';

const tables = (db: Db) => db.withTables<DataTables>();

interface PageFilter {
  limit?: number | undefined;
  cursor?: string | undefined;
}

export type NewDataset = Omit<Dataset, 'latestVersion' | 'health'>;

export const insertDataset = async (db: Db, project: string, dataset: NewDataset): Promise<void> => {
  await tables(db)
    .insertInto('datasets')
    .values({
      id: dataset.id,
      project,
      name: dataset.name,
      description: dataset.description,
      time_column: dataset.timeColumn,
      target_column: dataset.targetColumn,
      owner: dataset.owner,
      created_at: dataset.createdAt,
      updated_at: dataset.updatedAt,
      version_count: 0,
      health: 'empty',
    })
    .execute();
};

const datasetsWithLatest = (db: Db, project: string) =>
  tables(db)
    .selectFrom('datasets')
    .leftJoin('dataset_versions as latest', (join) =>
      join.onRef('latest.dataset_id', '=', 'datasets.id').onRef('latest.number', '=', 'datasets.version_count'),
    )
    .selectAll('datasets')
    .select([
      'latest.id as latest_id',
      'latest.row_count as latest_row_count',
      'latest.created_at as latest_created_at',
    ])
    .where('datasets.project', '=', project);

type DatasetRow = DataTables['datasets'] & {
  latest_id: string | null;
  latest_row_count: number | null;
  latest_created_at: number | null;
};

const toDataset = (row: DatasetRow): Dataset => ({
  id: row.id,
  name: row.name,
  description: row.description,
  timeColumn: row.time_column,
  targetColumn: row.target_column,
  owner: row.owner,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  latestVersion:
    row.latest_id === null
      ? null
      : {
          id: row.latest_id,
          number: row.version_count,
          rowCount: row.latest_row_count ?? 0,
          createdAt: row.latest_created_at ?? 0,
        },
  health: row.health,
});

export const findDataset = async (db: Db, project: string, ref: string): Promise<Dataset | null> => {
  const rows = await datasetsWithLatest(db, project)
    .where((e) => e.or([e('datasets.id', '=', ref), e('datasets.name', '=', ref)]))
    .execute();
  // A data set may be named like the id of another one: the id wins.
  const row = rows.find(({ id }) => id === ref) ?? rows[0];
  return row ? toDataset(row) : null;
};

export const listDatasets = async (db: Db, project: string, filter: PageFilter): Promise<Page<Dataset>> => {
  const limit = filter.limit ?? 100;
  const after = decodeCursor(filter.cursor);
  let query = datasetsWithLatest(db, project)
    .orderBy('datasets.id', 'desc')
    .limit(limit + 1);
  if (after) query = query.where('datasets.id', '<', String(after[0]));
  return pageFrom(await query.execute(), limit, (row) => [row.id], toDataset);
};

/** Keeps others from adding versions until the transaction ends. Answers how many versions there are. */
export const lockDataset = async (db: Db, project: string, id: string): Promise<number> => {
  const row = await tables(db)
    .updateTable('datasets')
    .set({ version_count: sql`version_count` as never })
    .where('project', '=', project)
    .where('id', '=', id)
    .returning('version_count')
    .executeTakeFirstOrThrow();
  return row.version_count;
};

export const updateDataset = async (
  db: Db,
  project: string,
  id: string,
  set: { health: Dataset['health']; versionCount?: number },
  now: number,
): Promise<void> => {
  await tables(db)
    .updateTable('datasets')
    .set({
      health: set.health,
      updated_at: now,
      ...(set.versionCount === undefined ? {} : { version_count: set.versionCount }),
    })
    .where('project', '=', project)
    .where('id', '=', id)
    .execute();
};

export const insertVersion = async (
  db: Db,
  project: string,
  version: Omit<DatasetVersion, 'datasetName'>,
  originKey: string | null,
): Promise<void> => {
  await tables(db)
    .insertInto('dataset_versions')
    .values({
      id: version.id,
      project,
      dataset_id: version.datasetId,
      number: version.number,
      digest: version.digest,
      size_bytes: version.sizeBytes,
      row_count: version.rowCount,
      columns: encodeJson(version.columns),
      profile: encodeJson(version.profile),
      check_results: encodeJson(version.checkResults),
      origin: version.origin,
      note: version.note,
      created_by: version.createdBy,
      created_at: version.createdAt,
      origin_key: originKey,
    })
    .execute();
};

const versionsOf = (db: Db, project: string) =>
  tables(db)
    .selectFrom('dataset_versions')
    .innerJoin('datasets', 'datasets.id', 'dataset_versions.dataset_id')
    .selectAll('dataset_versions')
    .select('datasets.name as dataset_name')
    .where('dataset_versions.project', '=', project);

const toVersion = (row: DataTables['dataset_versions'] & { dataset_name: string }): DatasetVersion => ({
  id: row.id,
  datasetId: row.dataset_id,
  datasetName: row.dataset_name,
  number: row.number,
  digest: row.digest,
  sizeBytes: row.size_bytes,
  rowCount: row.row_count,
  columns: decodeJson(row.columns),
  profile: decodeJson(row.profile),
  checkResults: decodeJson(row.check_results),
  origin: row.origin,
  note: row.note,
  createdBy: row.created_by,
  createdAt: row.created_at,
});

export const findVersion = async (db: Db, project: string, id: string): Promise<DatasetVersion | null> => {
  const row = await versionsOf(db, project).where('dataset_versions.id', '=', id).executeTakeFirst();
  return row ? toVersion(row) : null;
};

export const findVersionBy = async (
  db: Db,
  project: string,
  key: { datasetId: string; digest: string } | { originKey: string },
): Promise<DatasetVersion | null> => {
  const query = versionsOf(db, project);
  const row =
    'originKey' in key
      ? await query.where('origin_key', '=', key.originKey).executeTakeFirst()
      : await query.where('dataset_id', '=', key.datasetId).where('digest', '=', key.digest).executeTakeFirst();
  return row ? toVersion(row) : null;
};

export const listVersions = async (
  db: Db,
  project: string,
  datasetId: string,
  filter: PageFilter,
): Promise<Page<DatasetVersion>> => {
  const limit = filter.limit ?? 100;
  const after = decodeCursor(filter.cursor);
  let query = versionsOf(db, project)
    .where('dataset_id', '=', datasetId)
    .orderBy('number', 'desc')
    .limit(limit + 1);
  if (after) query = query.where('number', '<', Number(after[0]));
  return pageFrom(await query.execute(), limit, (row) => [row.number], toVersion);
};

export const insertRefusal = async (db: Db, project: string, refusal: Refusal): Promise<void> => {
  await tables(db)
    .insertInto('dataset_refusals')
    .values({
      id: refusal.id,
      project,
      dataset_id: refusal.datasetId,
      at: refusal.at,
      by_name: refusal.by,
      reason: refusal.reason,
      size_bytes: refusal.sizeBytes,
      problem_count: refusal.problemCount,
      problems: encodeJson(refusal.problems),
    })
    .execute();
};

const toRefusal = (row: DataTables['dataset_refusals']): Refusal => ({
  id: row.id,
  datasetId: row.dataset_id,
  at: row.at,
  by: row.by_name,
  reason: row.reason,
  sizeBytes: row.size_bytes,
  problemCount: row.problem_count,
  problems: decodeJson(row.problems),
});

export const listRefusals = async (
  db: Db,
  project: string,
  datasetId: string,
  filter: PageFilter,
): Promise<Page<Refusal>> => {
  const limit = filter.limit ?? 100;
  const after = decodeCursor(filter.cursor);
  let query = tables(db)
    .selectFrom('dataset_refusals')
    .selectAll()
    .where('project', '=', project)
    .where('dataset_id', '=', datasetId)
    .orderBy('id', 'desc')
    .limit(limit + 1);
  if (after) query = query.where('id', '<', String(after[0]));
  return pageFrom(await query.execute(), limit, (row) => [row.id], toRefusal);
};

/** Names for the lineage: `payments`, and `payments v3`. */
export const datasetLabels = async (db: Db, project: string, ids: readonly string[]): Promise<Map<string, string>> => {
  const rows = await tables(db)
    .selectFrom('datasets')
    .select(['id', 'name'])
    .where('project', '=', project)
    .where('id', 'in', ids)
    .execute();
  return new Map(rows.map((row) => [row.id, row.name]));
};

export const versionLabels = async (db: Db, project: string, ids: readonly string[]): Promise<Map<string, string>> => {
  const rows = await tables(db)
    .selectFrom('dataset_versions')
    .innerJoin('datasets', 'datasets.id', 'dataset_versions.dataset_id')
    .select(['dataset_versions.id as id', 'datasets.name as name', 'dataset_versions.number as number'])
    .where('dataset_versions.project', '=', project)
    .where('dataset_versions.id', 'in', ids)
    .execute();
  return new Map(rows.map((row) => [row.id, `${row.name} v${row.number}`]));
};
