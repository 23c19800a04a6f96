import type { Page, ReportCopy } from '@millwright/contract';
import { type Db, decodeCursor, pageFrom } from '#platform/db';
import type { PageAsked } from '../store.ts';
import type { ReportTables } from '../tables.ts';

const tables = (db: Db) => db.withTables<ReportTables>();

const toCopy = (row: ReportTables['report_copies']): ReportCopy => ({
  id: row.id,
  reportId: row.report,
  revision: row.revision,
  title: row.title,
  digest: row.digest,
  sizeBytes: row.size_bytes,
  frozenBy: row.frozen_by,
  frozenAt: row.frozen_at,
});

export const insertCopy = async (db: Db, copy: ReportCopy): Promise<void> => {
  await tables(db)
    .insertInto('report_copies')
    .values({
      id: copy.id,
      report: copy.reportId,
      revision: copy.revision,
      title: copy.title,
      digest: copy.digest,
      size_bytes: copy.sizeBytes,
      frozen_by: copy.frozenBy,
      frozen_at: copy.frozenAt,
    })
    .execute();
};

/** Newest first. */
export const listCopies = async (db: Db, report: string, asked: PageAsked): Promise<Page<ReportCopy>> => {
  const { limit = 100, cursor } = asked;
  const after = decodeCursor(cursor);
  let query = tables(db)
    .selectFrom('report_copies')
    .selectAll()
    .where('report', '=', report)
    .orderBy('id', 'desc')
    .limit(limit + 1);
  if (after) query = query.where('id', '<', String(after[0]));
  return pageFrom(await query.execute(), limit, (row) => [row.id], toCopy);
};

export const findCopy = async (db: Db, key: { report?: string; id: string }): Promise<ReportCopy | null> => {
  let query = tables(db).selectFrom('report_copies').selectAll().where('id', '=', key.id);
  if (key.report !== undefined) query = query.where('report', '=', key.report);
  const row = await query.executeTakeFirst();
  return row ? toCopy(row) : null;
};
