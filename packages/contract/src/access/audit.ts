import { type Static, Type } from 'typebox';
import { Count, Instant, Json, Nullable, PageQuery, ProjectName, pageOf } from '../fields.ts';
import { operation } from '../operation.ts';
import { tag } from './scope.ts';

export const AuditRow = Type.Object({
  seq: Count,
  at: Instant,
  actorId: Type.String(),
  actorName: Type.String(),
  verb: Type.String(),
  project: Nullable(Type.String()),
  resourceType: Type.String(),
  resourceId: Type.String(),
  requestId: Type.String(),
  detail: Json,
  previousHash: Type.String(),
  hash: Type.String(),
});
export type AuditRow = Static<typeof AuditRow>;

export const listAudit = operation({
  id: 'listAudit',
  method: 'GET',
  path: '/audit',
  summary: 'Read the audit trail, newest first',
  tag,
  permission: 'audit:read',
  query: Type.Object({
    ...PageQuery,
    project: Type.Optional(ProjectName),
    resourceType: Type.Optional(Type.String({ maxLength: 60 })),
    resourceId: Type.Optional(Type.String({ maxLength: 160 })),
  }),
  reply: pageOf(AuditRow),
  audit: false,
  cli: 'audit list',
});

export const AuditVerdict = Type.Object({
  intact: Type.Boolean(),
  rows: Count,
  headSeq: Count,
  headHash: Nullable(Type.String()),
  problems: Type.Array(Type.Object({ seq: Count, problem: Type.String() })),
});
export type AuditVerdict = Static<typeof AuditVerdict>;

export const verifyAudit = operation({
  id: 'verifyAudit',
  method: 'GET',
  path: '/audit/verdict',
  summary: 'Check the hash chain of the audit trail',
  tag,
  permission: 'audit:read',
  reply: AuditVerdict,
  audit: false,
});

export const exportAudit = operation({
  id: 'exportAudit',
  method: 'GET',
  path: '/audit/export',
  summary: 'Export the audit trail as JSON lines with a sealed head',
  tag,
  permission: 'audit:read',
  replyKind: 'stream',
  audit: false,
});

/** The trail of one object, for anybody who may read the project. */
export const listActivity = operation({
  id: 'listActivity',
  method: 'GET',
  path: '/projects/:project/activity',
  summary: 'What happened in a project or to one object, newest first',
  tag,
  permission: 'project:read',
  params: Type.Object({ project: ProjectName }),
  query: Type.Object({
    ...PageQuery,
    resourceType: Type.Optional(Type.String({ maxLength: 60 })),
    resourceId: Type.Optional(Type.String({ maxLength: 160 })),
  }),
  reply: pageOf(AuditRow),
  audit: false,
  cli: 'activity list',
});
