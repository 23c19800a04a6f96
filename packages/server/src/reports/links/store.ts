import type { Db } from '#platform/db';
import type { ReportTables } from '../tables.ts';
import type { SavedLink } from './link.ts';

const tables = (db: Db) => db.withTables<ReportTables>();

const toLink = (row: ReportTables['report_links']): SavedLink => ({
  id: row.id,
  reportId: row.report,
  copyId: row.copy,
  secretHash: row.secret_hash,
  hint: row.hint,
  createdBy: row.created_by,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  revokedAt: row.revoked_at,
  lastReadAt: row.last_read_at,
});

export const insertLink = async (db: Db, link: SavedLink): Promise<void> => {
  await tables(db)
    .insertInto('report_links')
    .values({
      id: link.id,
      report: link.reportId,
      copy: link.copyId,
      secret_hash: link.secretHash,
      hint: link.hint,
      created_by: link.createdBy,
      created_at: link.createdAt,
      expires_at: link.expiresAt,
      revoked_at: link.revokedAt,
      last_read_at: link.lastReadAt,
    })
    .execute();
};

/** Newest first. */
export const listLinks = async (db: Db, report: string, limit: number): Promise<SavedLink[]> => {
  const query = tables(db).selectFrom('report_links').selectAll().where('report', '=', report);
  return (await query.orderBy('id', 'desc').limit(limit).execute()).map(toLink);
};

export const findLink = async (
  db: Db,
  key: { secretHash: string } | { report: string; id: string },
): Promise<SavedLink | null> => {
  const query = tables(db).selectFrom('report_links').selectAll();
  const row = await ('secretHash' in key
    ? query.where('secret_hash', '=', key.secretHash)
    : query.where('report', '=', key.report).where('id', '=', key.id)
  ).executeTakeFirst();
  return row ? toLink(row) : null;
};

export const setRevoked = async (db: Db, id: string, at: number): Promise<void> => {
  await tables(db)
    .updateTable('report_links')
    .set({ revoked_at: at })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .execute();
};

export const setLastRead = async (db: Db, id: string, at: number): Promise<void> => {
  await tables(db).updateTable('report_links').set({ last_read_at: at }).where('id', '=', id).execute();
};
