import type { GarbageCollection } from '@millwright/contract';
import { type Db, isAmong, sql } from '#platform/db';
import type { DigestColumn } from './contents.ts';

type GarbageTables = {
  unreferenced_blobs: { digest: string; size_bytes: number; seen_at: number; doomed: number };
  garbage_collections: {
    id: string;
    state: GarbageCollection['state'];
    dry_run: number;
    grace_ms: number;
    started_at: number;
    /** When it last got on. */
    moved_at: number;
    ended_at: number | null;
    /** The last digest of the pages that are done; empty at the beginning. */
    position: string;
    blobs: number;
    bytes: number;
    unreferenced_blobs: number;
    unreferenced_bytes: number;
    deletable_blobs: number;
    deletable_bytes: number;
    deleted_blobs: number;
    deleted_bytes: number;
  };
};
const tables = (db: Db) => db.withTables<GarbageTables>();

export type Counts = Pick<
  GarbageCollection,
  | 'blobs'
  | 'bytes'
  | 'unreferencedBlobs'
  | 'unreferencedBytes'
  | 'deletableBlobs'
  | 'deletableBytes'
  | 'deletedBlobs'
  | 'deletedBytes'
>;

export interface Collection extends GarbageCollection {
  graceMs: number;
  position: string;
  movedAt: number;
}

const toCollection = (row: GarbageTables['garbage_collections']): Collection => ({
  id: row.id,
  state: row.state,
  dryRun: row.dry_run === 1,
  graceMs: row.grace_ms,
  graceHours: row.grace_ms / 3_600_000,
  startedAt: row.started_at,
  movedAt: row.moved_at,
  endedAt: row.ended_at,
  position: row.position,
  blobs: row.blobs,
  bytes: row.bytes,
  unreferencedBlobs: row.unreferenced_blobs,
  unreferencedBytes: row.unreferenced_bytes,
  deletableBlobs: row.deletable_blobs,
  deletableBytes: row.deletable_bytes,
  deletedBlobs: row.deleted_blobs,
  deletedBytes: row.deleted_bytes,
});

export const insertCollection = async (
  db: Db,
  collection: { id: string; dryRun: boolean; graceMs: number; now: number },
): Promise<void> => {
  await tables(db)
    .insertInto('garbage_collections')
    .values({
      id: collection.id,
      state: 'running',
      dry_run: collection.dryRun ? 1 : 0,
      grace_ms: collection.graceMs,
      started_at: collection.now,
      moved_at: collection.now,
      ended_at: null,
      position: '',
      blobs: 0,
      bytes: 0,
      unreferenced_blobs: 0,
      unreferenced_bytes: 0,
      deletable_blobs: 0,
      deletable_bytes: 0,
      deleted_blobs: 0,
      deleted_bytes: 0,
    })
    .execute();
};

export const findCollection = async (db: Db, id: string): Promise<Collection | null> => {
  const row = await tables(db).selectFrom('garbage_collections').selectAll().where('id', '=', id).executeTakeFirst();
  return row ? toCollection(row) : null;
};

export const latestCollection = async (db: Db): Promise<Collection | null> => {
  const row = await tables(db)
    .selectFrom('garbage_collections')
    .selectAll()
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ? toCollection(row) : null;
};

export const moveCollection = async (
  db: Db,
  id: string,
  moved: { position: string; counts: Counts; now: number },
): Promise<void> => {
  const { counts } = moved;
  await tables(db)
    .updateTable('garbage_collections')
    .set({
      position: moved.position,
      moved_at: moved.now,
      blobs: counts.blobs,
      bytes: counts.bytes,
      unreferenced_blobs: counts.unreferencedBlobs,
      unreferenced_bytes: counts.unreferencedBytes,
      deletable_blobs: counts.deletableBlobs,
      deletable_bytes: counts.deletableBytes,
      deleted_blobs: counts.deletedBlobs,
      deleted_bytes: counts.deletedBytes,
    })
    .where('id', '=', id)
    .execute();
};

export const endCollection = async (db: Db, id: string, state: 'done' | 'failed', now: number): Promise<void> => {
  await tables(db)
    .updateTable('garbage_collections')
    .set({ state, ended_at: now })
    .where('id', '=', id)
    .where('state', '=', 'running')
    .execute();
};

/** Those of the digests that stand in one of the columns. */
export const digestsInUse = async (
  db: Db,
  columns: readonly DigestColumn[],
  digests: readonly string[],
): Promise<Set<string>> => {
  const used = new Set<string>();
  for (const { table, column } of columns) {
    const { rows } = await sql<{ digest: string }>`
      select distinct ${sql.ref(column)} as digest from ${sql.table(table)} where ${isAmong(db, column, digests)}`.execute(
      db,
    );
    for (const { digest } of rows) used.add(digest);
  }
  return used;
};

export interface Mark {
  digest: string;
  sizeBytes: number;
  /** When it was first found without a reference. */
  seenAt: number;
  doomed: boolean;
}

/** Behind one digest up to another one, or to the end. */
export const readMarks = async (db: Db, range: { after: string; to: string | null }): Promise<Map<string, Mark>> => {
  let query = tables(db).selectFrom('unreferenced_blobs').selectAll().where('digest', '>', range.after);
  if (range.to !== null) query = query.where('digest', '<=', range.to);
  const rows = await query.execute();
  return new Map(
    rows.map((row) => [
      row.digest,
      { digest: row.digest, sizeBytes: row.size_bytes, seenAt: row.seen_at, doomed: row.doomed === 1 },
    ]),
  );
};

type BlobSize = { digest: string; sizeBytes: number };

/** Takes note of blobs; of one that is known already, anew. */
export const writeMarks = async (db: Db, blobs: readonly BlobSize[], now: number): Promise<void> => {
  if (blobs.length === 0) return;
  await tables(db)
    .insertInto('unreferenced_blobs')
    .values(blobs.map(({ digest, sizeBytes }) => ({ digest, size_bytes: sizeBytes, seen_at: now, doomed: 0 })))
    .onConflict((conflict) => conflict.column('digest').doUpdateSet({ seen_at: now, doomed: 0 }))
    .execute();
};

export const doomMarks = async (db: Db, digests: readonly string[]): Promise<void> => {
  await tables(db)
    .updateTable('unreferenced_blobs')
    .set({ doomed: 1 })
    .where(isAmong(db, 'digest', digests))
    .execute();
};

export const deleteMarks = async (db: Db, digests: readonly string[]): Promise<void> => {
  await tables(db)
    .deleteFrom('unreferenced_blobs')
    .where(isAmong(db, 'digest', digests))
    .execute();
};

export const sumMarks = async (db: Db): Promise<{ blobs: number; bytes: number; oldestSeenAt: number | null }> => {
  const row = await tables(db)
    .selectFrom('unreferenced_blobs')
    .select((e) => [
      e.fn.countAll<number>().as('blobs'),
      sql<number>`coalesce(sum(size_bytes), 0)`.as('bytes'),
      e.fn.min('seen_at').as('oldest'),
    ])
    .executeTakeFirstOrThrow();
  return {
    blobs: Number(row.blobs),
    bytes: Number(row.bytes),
    oldestSeenAt: row.oldest === null ? null : Number(row.oldest),
  };
};
