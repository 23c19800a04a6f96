import type { Page, Report, ReportBlock, ReportRevision, ReportSummary } from '@millwright/contract';
import { type Db, decodeCursor, decodeJson, encodeJson, pageFrom } from '#platform/db';
import type { ReportTables } from './tables.ts';

const tables = (db: Db) => db.withTables<ReportTables>();

export interface PageAsked {
  limit?: number | undefined;
  cursor?: string | undefined;
}
type Row = ReportTables['reports'];

const toSummary = (row: Omit<Row, 'blocks' | 'project'>) => ({
  id: row.id,
  title: row.title,
  revision: row.revision,
  createdBy: row.created_by,
  createdAt: row.created_at,
  updatedBy: row.updated_by,
  updatedAt: row.updated_at,
});
const toReport = (row: Row): Report => ({ ...toSummary(row), blocks: decodeJson<ReportBlock[]>(row.blocks) });

export const listReports = async (db: Db, project: string, asked: PageAsked): Promise<Page<ReportSummary>> => {
  const { limit = 100, cursor } = asked;
  const after = decodeCursor(cursor);
  let query = tables(db)
    .selectFrom('reports')
    .select(['id', 'title', 'revision', 'created_by', 'created_at', 'updated_by', 'updated_at'])
    .select((e) =>
      e
        .selectFrom('report_copies')
        .whereRef('report_copies.report', '=', 'reports.id')
        .select((copies) => copies.fn.countAll<number>().as('count'))
        .as('copies'),
    )
    .where('project', '=', project)
    .orderBy('updated_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1);
  if (after) {
    const [at, id] = [Number(after[0]), String(after[1])];
    query = query.where((e) => e.or([e('updated_at', '<', at), e.and([e('updated_at', '=', at), e('id', '<', id)])]));
  }
  return pageFrom(
    await query.execute(),
    limit,
    (row) => [row.updated_at, row.id],
    (row) => ({ ...toSummary(row), copies: Number(row.copies ?? 0) }),
  );
};

export const findReport = async (db: Db, project: string, id: string): Promise<Report | null> => {
  const query = tables(db).selectFrom('reports').selectAll().where('id', '=', id).where('project', '=', project);
  const row = await query.executeTakeFirst();
  return row ? toReport(row) : null;
};

const toRow = (project: string, report: Report): Row => ({
  id: report.id,
  project,
  title: report.title,
  blocks: encodeJson(report.blocks),
  revision: report.revision,
  created_by: report.createdBy,
  created_at: report.createdAt,
  updated_by: report.updatedBy,
  updated_at: report.updatedAt,
});

export const insertReport = async (db: Db, project: string, report: Report): Promise<void> => {
  await tables(db).insertInto('reports').values(toRow(project, report)).execute();
};

/** Whether it was still at the revision before; otherwise nothing is written. */
export const replaceReport = async (db: Db, project: string, report: Report): Promise<boolean> => {
  const { id: _id, project: _project, ...set } = toRow(project, report);
  const { numUpdatedRows } = await tables(db)
    .updateTable('reports')
    .set(set)
    .where('id', '=', report.id)
    .where('project', '=', project)
    .where('revision', '=', report.revision - 1)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
};

/** Writes what a report is now; what the same author saved shortly before is the same revision. */
export const keepRevision = async (
  db: Db,
  report: Report,
  { mergeSince, keep }: { mergeSince: number; keep: number },
): Promise<void> => {
  await tables(db)
    .deleteFrom('report_revisions')
    .where('report', '=', report.id)
    .where('revision', '=', report.revision - 1)
    .where('saved_by', '=', report.updatedBy)
    .where('saved_at', '>', mergeSince)
    .execute();
  await tables(db)
    .insertInto('report_revisions')
    .values({
      report: report.id,
      revision: report.revision,
      title: report.title,
      blocks: encodeJson(report.blocks),
      saved_by: report.updatedBy,
      saved_at: report.updatedAt,
    })
    .execute();
  const oldest = await tables(db)
    .selectFrom('report_revisions')
    .select('revision')
    .where('report', '=', report.id)
    .orderBy('revision', 'desc')
    .offset(keep)
    .limit(1)
    .executeTakeFirst();
  if (oldest)
    await tables(db)
      .deleteFrom('report_revisions')
      .where('report', '=', report.id)
      .where('revision', '<=', oldest.revision)
      .execute();
};

const toRevision = (row: Omit<ReportTables['report_revisions'], 'blocks' | 'report'>): ReportRevision => ({
  revision: row.revision,
  title: row.title,
  by: row.saved_by,
  at: row.saved_at,
});

export const listRevisions = async (db: Db, report: string, asked: PageAsked): Promise<Page<ReportRevision>> => {
  const { limit = 100, cursor } = asked;
  const after = decodeCursor(cursor);
  let query = tables(db)
    .selectFrom('report_revisions')
    .select(['revision', 'title', 'saved_by', 'saved_at'])
    .where('report', '=', report)
    .orderBy('revision', 'desc')
    .limit(limit + 1);
  if (after) query = query.where('revision', '<', Number(after[0]));
  return pageFrom(await query.execute(), limit, (row) => [row.revision], toRevision);
};

export const findRevision = async (
  db: Db,
  report: string,
  revision: number,
): Promise<(ReportRevision & { blocks: ReportBlock[] }) | null> => {
  const row = await tables(db)
    .selectFrom('report_revisions')
    .selectAll()
    .where('report', '=', report)
    .where('revision', '=', revision)
    .executeTakeFirst();
  return row ? { ...toRevision(row), blocks: decodeJson<ReportBlock[]>(row.blocks) } : null;
};

export const deleteReport = async (db: Db, id: string): Promise<void> => {
  for (const table of ['report_links', 'report_copies', 'report_revisions'] as const)
    await tables(db).deleteFrom(table).where('report', '=', id).execute();
  await tables(db).deleteFrom('reports').where('id', '=', id).execute();
};
