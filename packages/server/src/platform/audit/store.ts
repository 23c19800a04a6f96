import type { AuditRow } from '@millwright/contract';
import { type Db, decodeCursor, decodeJson, encodeJson, insertRows, pageFrom, sql } from '#platform/db';
import { type ChainHead, canonicalJson, genesis, hashRow, sealHead } from './chain.ts';

type AuditTables = {
  audit: {
    seq: number;
    at: number;
    actor_id: string;
    actor_name: string;
    verb: string;
    project: string | null;
    resource_type: string;
    resource_id: string;
    request_id: string;
    detail: string;
    previous_hash: string;
    hash: string;
  };
  chain_heads: { name: string; seq: number; hash: string; seal: string };
};
const tables = (db: Db) => db.withTables<AuditTables>();

const columns = {
  seq: 'integer',
  at: 'integer',
  actor_id: 'text',
  actor_name: 'text',
  verb: 'text',
  project: 'text',
  resource_type: 'text',
  resource_id: 'text',
  request_id: 'text',
  detail: 'text',
  previous_hash: 'text',
  hash: 'text',
} as const;

/** Takes the lock that puts changes in one order, and tells where that order stands. Held until the transaction ends. */
export const lockHead = (db: Db): Promise<{ seq: number; hash: string }> => advanceHead(db, 'audit', 0);

/** The same, and moves on by so many. Answers where it then stands. */
export const advanceHead = async (
  db: Db,
  name: 'audit' | 'events',
  count: number,
): Promise<{ seq: number; hash: string }> => {
  const touched = await tables(db)
    .updateTable('chain_heads')
    .set({ seq: sql`seq + ${count}` as never })
    .where('name', '=', name)
    .returning(['seq', 'hash'])
    .executeTakeFirst();
  if (touched) return touched;
  await tables(db)
    .insertInto('chain_heads')
    .values({ name, seq: 0, hash: genesis, seal: '' })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute();
  return advanceHead(db, name, count);
};

const moveHead = ({ seq, hash, seal }: ChainHead) =>
  sql`update chain_heads set seq = ${seq}, hash = ${hash}, seal = ${seal} where name = 'audit'`;

export type NewAuditRow = Omit<AuditRow, 'seq' | 'previousHash' | 'hash'>;

export const appendAudit = async (db: Db, key: string, rows: readonly NewAuditRow[]): Promise<void> => {
  let { seq, hash } = await lockHead(db);
  const values = rows.map((given) => {
    // Hashed as it will be read back: without what JSON or UTF-8 cannot say.
    const row = {
      ...given,
      resourceId: given.resourceId.toWellFormed(),
      detail: decodeJson<Record<string, unknown>>(encodeJson(given.detail)),
    };
    const complete = { ...row, seq: ++seq, previousHash: hash };
    hash = hashRow(complete);
    return {
      seq,
      at: row.at,
      actor_id: row.actorId,
      actor_name: row.actorName,
      verb: row.verb,
      project: row.project,
      resource_type: row.resourceType,
      resource_id: row.resourceId,
      request_id: row.requestId,
      detail: canonicalJson(row.detail),
      previous_hash: complete.previousHash,
      hash,
    };
  });
  await insertRows(db, 'audit', columns, values, {
    along: moveHead({ seq, hash, seal: sealHead(key, seq, hash) }),
  });
};

export const readHead = async (db: Db): Promise<ChainHead | null> =>
  (await tables(db)
    .selectFrom('chain_heads')
    .select(['seq', 'hash', 'seal'])
    .where('name', '=', 'audit')
    .executeTakeFirst()) ?? null;

const toRow = (row: AuditTables['audit']): AuditRow => ({
  seq: row.seq,
  at: row.at,
  actorId: row.actor_id,
  actorName: row.actor_name,
  verb: row.verb,
  project: row.project,
  resourceType: row.resource_type,
  resourceId: row.resource_id,
  requestId: row.request_id,
  detail: decodeJson(row.detail),
  previousHash: row.previous_hash,
  hash: row.hash,
});

export const readAuditFrom = async (db: Db, afterSeq: number, limit: number): Promise<AuditRow[]> =>
  (
    await tables(db).selectFrom('audit').selectAll().where('seq', '>', afterSeq).orderBy('seq').limit(limit).execute()
  ).map(toRow);

/** Rows for the verifier, each with whether its detail is byte for byte what was written. */
export const readChainFrom = async (db: Db, afterSeq: number, limit: number): Promise<[AuditRow, boolean][]> => {
  const rows = await tables(db)
    .selectFrom('audit')
    .selectAll()
    .where('seq', '>', afterSeq)
    .orderBy('seq')
    .limit(limit)
    .execute();
  return rows.map((row) => {
    try {
      const read = toRow(row);
      return [read, canonicalJson(read.detail) === row.detail];
    } catch {
      return [toRow({ ...row, detail: '{}' }), false];
    }
  });
};

/** Whether anything happened here that must have left a row: the first project is made, with one, when a server starts. */
export const hasHistory = async (db: Db): Promise<boolean> => {
  const found = await sql`select 1 from projects limit 1`.execute(db);
  return found.rows.length > 0;
};

export const listAudit = async (
  db: Db,
  filter: {
    project?: string | undefined;
    resourceType?: string | undefined;
    resourceId?: string | undefined;
    limit?: number | undefined;
    cursor?: string | undefined;
  },
) => {
  const limit = filter.limit ?? 100;
  const after = decodeCursor(filter.cursor);
  let query = tables(db)
    .selectFrom('audit')
    .selectAll()
    .orderBy('seq', 'desc')
    .limit(limit + 1);
  if (filter.project !== undefined) query = query.where('project', '=', filter.project);
  if (filter.resourceType !== undefined) query = query.where('resource_type', '=', filter.resourceType);
  if (filter.resourceId !== undefined) query = query.where('resource_id', '=', filter.resourceId);
  if (after) query = query.where('seq', '<', Number(after[0]));
  return pageFrom(await query.execute(), limit, (row) => [row.seq], toRow);
};
