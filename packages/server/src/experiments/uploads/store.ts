import type { StoredPart } from '#platform/blobs';
import { type Db, kindOf } from '#platform/db';
import type { FilePlace } from '../artifacts/service.ts';
import type { ExperimentsTables } from '../tables.ts';
import type { UploadState } from './upload.ts';

const tables = (db: Db) => db.withTables<ExperimentsTables>();

const toUpload = (row: ExperimentsTables['uploads']): UploadState => ({
  id: row.id,
  project: row.project,
  place: { root: row.root, path: row.path },
  mediaType: row.media_type,
  kind: row.kind,
  state: row.state,
  owner: row.owner,
  partCount: row.part_count,
  partBytes: row.part_bytes,
  sizeBytes: row.size_bytes,
  digest: row.digest,
  storage: { id: row.id, storageRef: row.storage_ref },
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  completedAt: row.completed_at,
});

export const insertUpload = async (db: Db, upload: UploadState): Promise<void> => {
  await tables(db)
    .insertInto('uploads')
    .values({
      id: upload.id,
      project: upload.project,
      root: upload.place.root,
      path: upload.place.path,
      media_type: upload.mediaType,
      kind: upload.kind,
      state: upload.state,
      owner: upload.owner,
      part_count: upload.partCount,
      part_bytes: upload.partBytes,
      size_bytes: upload.sizeBytes,
      digest: upload.digest,
      storage_ref: upload.storage.storageRef,
      created_at: upload.createdAt,
      expires_at: upload.expiresAt,
      completed_at: upload.completedAt,
    })
    .execute();
};

export const findUpload = async (db: Db, id: string): Promise<UploadState | null> => {
  const row = await tables(db).selectFrom('uploads').selectAll().where('id', '=', id).executeTakeFirst();
  return row ? toUpload(row) : null;
};

/** Within a transaction: nobody else changes it before that has ended. */
export const lockUpload = async (db: Db, id: string): Promise<UploadState | null> => {
  let query = tables(db).selectFrom('uploads').selectAll().where('id', '=', id);
  // SQLite has one writer at a time, which is this transaction.
  if (kindOf(db) === 'postgres') query = query.forUpdate();
  const row = await query.executeTakeFirst();
  return row ? toUpload(row) : null;
};

/** What somebody began to send to a place and may go on with. */
export const findBegun = async (
  db: Db,
  begun: { project: string; place: FilePlace; owner: string; sizeBytes: number; now: number },
): Promise<UploadState | null> => {
  const row = await tables(db)
    .selectFrom('uploads')
    .selectAll()
    .where('project', '=', begun.project)
    .where('root', '=', begun.place.root)
    .where('path', '=', begun.place.path)
    .where('kind', '=', 'pieces')
    .where('state', '!=', 'complete')
    .where('owner', '=', begun.owner)
    .where('size_bytes', '=', begun.sizeBytes)
    .where('expires_at', '>', begun.now)
    .orderBy('id', 'desc')
    .executeTakeFirst();
  return row ? toUpload(row) : null;
};

export const updateUpload = async (
  db: Db,
  id: string,
  set: Partial<
    Pick<ExperimentsTables['uploads'], 'state' | 'digest' | 'size_bytes' | 'part_bytes' | 'expires_at' | 'completed_at'>
  >,
): Promise<void> => {
  await tables(db).updateTable('uploads').set(set).where('id', '=', id).execute();
};

export const deleteUpload = async (db: Db, id: string): Promise<void> => {
  await tables(db).deleteFrom('upload_parts').where('upload', '=', id).execute();
  await tables(db).deleteFrom('uploads').where('id', '=', id).execute();
};

export const expiredUploads = async (db: Db, now: number, limit: number): Promise<UploadState[]> =>
  (
    await tables(db)
      .selectFrom('uploads')
      .selectAll()
      .where('expires_at', '<=', now)
      .orderBy('expires_at')
      .limit(limit)
      .execute()
  ).map(toUpload);

/** In the order of their numbers. */
export const readParts = async (db: Db, upload: string): Promise<StoredPart[]> =>
  (
    await tables(db).selectFrom('upload_parts').selectAll().where('upload', '=', upload).orderBy('number').execute()
  ).map((row) => ({ number: row.number, sizeBytes: row.size_bytes, etag: row.etag }));

export const insertPart = async (db: Db, upload: string, part: StoredPart): Promise<void> => {
  await tables(db)
    .insertInto('upload_parts')
    .values({ upload, number: part.number, size_bytes: part.sizeBytes, etag: part.etag })
    .execute();
};

/** Within a transaction. */
export const replaceParts = async (db: Db, upload: string, parts: readonly StoredPart[]): Promise<void> => {
  await tables(db).deleteFrom('upload_parts').where('upload', '=', upload).execute();
  for (const part of parts) await insertPart(db, upload, part);
};

export const deletePart = async (db: Db, upload: string, number: number): Promise<void> => {
  await tables(db).deleteFrom('upload_parts').where('upload', '=', upload).where('number', '=', number).execute();
};
