import { type Static, Type } from 'typebox';
import { Count, Id, Instant, PageQuery, Strict, Title, pageOf } from '../fields.ts';
import { operation } from '../operation.ts';
import { Blocks } from './blocks.ts';
import { project, report, tag } from './scope.ts';

const summary = {
  id: Id,
  title: Type.String(),
  /** Counts up with every change. */
  revision: Count,
  createdBy: Type.String(),
  createdAt: Instant,
  updatedBy: Type.String(),
  updatedAt: Instant,
};
export const ReportSummary = Type.Object({ ...summary, copies: Count });
export type ReportSummary = Static<typeof ReportSummary>;
export const Report = Type.Object({ ...summary, blocks: Blocks });
export type Report = Static<typeof Report>;
export const ReportRevision = Type.Object({
  revision: Count,
  title: Type.String(),
  by: Type.String(),
  at: Instant,
});
export type ReportRevision = Static<typeof ReportRevision>;

export const listReports = operation({
  id: 'listReports',
  method: 'GET',
  path: '/projects/:project/reports',
  summary: 'List reports, the one changed last first',
  tag,
  permission: 'run:read',
  params: Type.Object(project),
  query: Type.Object(PageQuery),
  reply: pageOf(ReportSummary),
  errors: ['INVALID_CURSOR'],
  audit: false,
  cli: 'reports list',
});
export const createReport = operation({
  id: 'createReport',
  method: 'POST',
  path: '/projects/:project/reports',
  summary: 'Write a report',
  tag,
  permission: 'run:write',
  status: 201,
  params: Type.Object(project),
  body: Strict({ title: Title, blocks: Type.Optional(Blocks) }),
  reply: Report,
  errors: ['INVALID_INPUT'],
  audit: 'report.create',
  cli: 'reports create',
});
export const getReport = operation({
  id: 'getReport',
  method: 'GET',
  path: '/projects/:project/reports/:report',
  summary: 'Read a report',
  tag,
  permission: 'run:read',
  params: report,
  reply: Report,
  errors: ['NOT_FOUND'],
  audit: false,
  cli: 'reports show',
});
export const updateReport = operation({
  id: 'updateReport',
  method: 'PUT',
  path: '/projects/:project/reports/:report',
  summary: 'Save a report',
  tag,
  description:
    '`revision` is the one that was changed: when somebody else saved another one meanwhile, nothing is written and the answer is STALE.',
  permission: 'run:write',
  params: report,
  body: Strict({ revision: Count, title: Title, blocks: Blocks }),
  reply: Report,
  errors: ['NOT_FOUND', 'STALE', 'INVALID_INPUT'],
  audit: 'report.update',
  cli: 'reports update',
});
export const deleteReport = operation({
  id: 'deleteReport',
  method: 'DELETE',
  path: '/projects/:project/reports/:report',
  summary: 'Delete a report with its revisions, frozen copies and links',
  tag,
  permission: 'run:write',
  params: report,
  status: 204,
  errors: ['NOT_FOUND'],
  audit: 'report.delete',
  cli: 'reports delete',
});
export const listReportRevisions = operation({
  id: 'listReportRevisions',
  method: 'GET',
  path: '/projects/:project/reports/:report/revisions',
  summary: 'What a report was before, newest first',
  tag,
  description: 'What one author saves within ten minutes is one revision: the last of it.',
  permission: 'run:read',
  params: report,
  query: Type.Object(PageQuery),
  reply: pageOf(ReportRevision),
  errors: ['NOT_FOUND', 'INVALID_CURSOR'],
  audit: false,
  cli: 'reports revisions',
});
export const getReportRevision = operation({
  id: 'getReportRevision',
  method: 'GET',
  path: '/projects/:project/reports/:report/revisions/:revision',
  summary: 'Read a report as it was',
  tag,
  permission: 'run:read',
  params: Type.Object({ ...project, report: Id, revision: Type.String({ pattern: '^[0-9]{1,9}$' }) }),
  reply: Type.Object({ ...ReportRevision.properties, blocks: Blocks }),
  errors: ['NOT_FOUND'],
  audit: false,
  cli: 'reports revision',
});
