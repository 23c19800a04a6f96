import { type Db, decodeJson, encodeJson } from '#platform/db';
import { type ColumnarTable, identifier, type Tables } from '#platform/tables';
import type { FeatureColumn } from '../column-values.ts';
import type { ReferenceLoss } from '../performance.ts';
import type { MonitorTables } from '../tables.ts';

const tables = (db: Db) => db.withTables<MonitorTables>();

/** What windows answered by one model version are compared with. */
export interface ReferenceRecord {
  endpointId: string;
  modelVersionId: string;
  modelVersion: number;
  task: ReferenceLoss['task'];
  columns: FeatureColumn[];
  datasetVersionId: string | null;
  rows: number;
  /** Blob of the prepared columns. */
  digest: string | null;
  loss: ReferenceLoss | null;
}

export const findReference = async (
  db: Db,
  endpointId: string,
  modelVersionId: string,
): Promise<ReferenceRecord | undefined> => {
  const row = await tables(db)
    .selectFrom('monitor_references')
    .selectAll()
    .where('endpoint_id', '=', endpointId)
    .where('model_version_id', '=', modelVersionId)
    .executeTakeFirst();
  if (!row) return undefined;
  const task = row.task as ReferenceLoss['task'];
  return {
    endpointId,
    modelVersionId,
    modelVersion: Number(row.model_version),
    task,
    columns: decodeJson(row.columns),
    datasetVersionId: row.dataset_version_id,
    rows: Number(row.rows),
    digest: row.digest,
    loss: row.loss === null ? null : { task, loss: row.loss, rows: Number(row.loss_rows) },
  };
};

/** The first one stays: windows were compared with it. */
export const insertReference = async (
  db: Db,
  project: string,
  reference: ReferenceRecord,
  now: number,
): Promise<void> => {
  await tables(db)
    .insertInto('monitor_references')
    .values({
      endpoint_id: reference.endpointId,
      model_version_id: reference.modelVersionId,
      project,
      model_version: reference.modelVersion,
      task: reference.task,
      columns: encodeJson(reference.columns),
      dataset_version_id: reference.datasetVersionId,
      rows: reference.rows,
      digest: reference.digest,
      loss: reference.loss?.loss ?? null,
      loss_rows: reference.loss?.rows ?? null,
      created_at: now,
    })
    .onConflict((conflict) => conflict.columns(['endpoint_id', 'model_version_id']).doNothing())
    .execute();
};

/** Rows [from, to) of a table in time order (in file order where times are equal, or without a time column). */
export const readRowsInOrder = (
  engine: Tables,
  path: string,
  wanted: { columns: readonly string[]; timeColumn: string | null; from: number; to: number },
): Promise<ColumnarTable> => {
  const columns = wanted.columns.map(identifier).join(', ');
  const position = identifier('row in the file');
  const source =
    wanted.timeColumn === null
      ? 'version'
      : `(SELECT *, row_number() OVER () AS ${position} FROM version) ORDER BY ${identifier(wanted.timeColumn)}, ${position}`;
  return engine.columns(`SELECT ${columns} FROM ${source} LIMIT $limit OFFSET $offset`, {
    relations: { version: [path] },
    params: { limit: Math.max(0, wanted.to - wanted.from), offset: wanted.from },
  });
};
