import { type Static, Type } from 'typebox';
import { Count, Digest, Id, Instant, Nullable, PageQuery, pageOf } from '../fields.ts';
import { operation } from '../operation.ts';
import { ReportBlock } from './blocks.ts';
import { PanelData } from './panels.ts';
import { copy, report, tag } from './scope.ts';

const copySummary = {
  id: Id,
  reportId: Id,
  revision: Count,
  title: Type.String(),
  /** Of all its bytes: whoever has them can see that nothing was changed. */
  digest: Digest,
  sizeBytes: Count,
  frozenBy: Type.String(),
  frozenAt: Instant,
};
export const ReportCopy = Type.Object(copySummary);
export type ReportCopy = Static<typeof ReportCopy>;
/** The report as it was at one moment, with everything its panels showed; needs nothing else to be read. */
export const FrozenReport = Type.Object({
  format: Type.Literal('millwright-report/1'),
  project: Type.String(),
  reportId: Id,
  revision: Count,
  title: Type.String(),
  frozenBy: Type.String(),
  frozenAt: Instant,
  blocks: Type.Array(Type.Object({ block: ReportBlock, data: Nullable(PanelData) })),
});
export type FrozenReport = Static<typeof FrozenReport>;

export const freezeReport = operation({
  id: 'freezeReport',
  method: 'POST',
  path: '/projects/:project/reports/:report/copies',
  summary: 'Freeze a report: keep its text and all its panels show as they are now',
  tag,
  description: 'The server looks everything up by itself, with what the caller may read. A copy never changes.',
  permission: 'run:write',
  params: report,
  status: 201,
  reply: ReportCopy,
  errors: ['NOT_FOUND', 'CONFLICT', 'STORAGE_FULL'],
  audit: 'report.freeze',
  cli: 'reports freeze',
});
export const listReportCopies = operation({
  id: 'listReportCopies',
  method: 'GET',
  path: '/projects/:project/reports/:report/copies',
  summary: 'List the frozen copies of a report, newest first',
  tag,
  permission: 'run:read',
  params: report,
  query: Type.Object(PageQuery),
  reply: pageOf(ReportCopy),
  errors: ['NOT_FOUND', 'INVALID_CURSOR'],
  audit: false,
  cli: 'reports copies',
});
export const getReportCopy = operation({
  id: 'getReportCopy',
  method: 'GET',
  path: '/projects/:project/reports/:report/copies/:copy',
  summary: 'Read a frozen copy',
  tag,
  permission: 'run:read',
  params: copy,
  reply: Type.Object({ ...copySummary, content: FrozenReport }),
  errors: ['NOT_FOUND', 'BLOB_CORRUPT'],
  audit: false,
});
export const exportReportCopy = operation({
  id: 'exportReportCopy',
  method: 'GET',
  path: '/projects/:project/reports/:report/copies/:copy/content',
  summary: 'Download a frozen copy as one JSON file that needs nothing else',
  tag,
  permission: 'run:read',
  params: copy,
  replyKind: 'stream',
  errors: ['NOT_FOUND', 'RANGE_UNSATISFIABLE'],
  audit: false,
  cli: 'reports export',
});
