import { type Static, Type } from 'typebox';
import { Count, Id, Instant, Json, Nullable, OneOf, PageQuery, ProjectName, pageOf } from './fields.ts';
import { operation } from './operation.ts';

const tag = 'system';

export const getHealth = operation({
  id: 'getHealth',
  method: 'GET',
  path: '/health',
  summary: 'Is the server up',
  tag,
  permission: 'public',
  reply: Type.Object({ status: Type.Literal('ok'), version: Type.String() }),
  audit: false,
});

export const Finding = Type.Object({
  check: Type.String(),
  state: OneOf('ok', 'warning', 'failed'),
  message: Type.String(),
  advice: Nullable(Type.String()),
});
export type Finding = Static<typeof Finding>;
export const getSystem = operation({
  id: 'getSystem',
  method: 'GET',
  path: '/system',
  summary: 'What this instance runs on, and how it fares',
  tag,
  permission: 'system:read',
  reply: Type.Object({
    version: Type.String(),
    node: Type.String(),
    database: OneOf('sqlite', 'postgres'),
    blobs: OneOf('files', 's3'),
    startedAt: Instant,
    residentBytes: Count,
    settings: Json,
    findings: Type.Array(Finding),
  }),
  audit: false,
  cli: 'system show',
});

export const JobState = OneOf('queued', 'running', 'done', 'dead');
export const Job = Type.Object({
  id: Id,
  kind: Type.String(),
  state: JobState,
  project: Nullable(Type.String()),
  payload: Json,
  attempts: Count,
  maxAttempts: Count,
  runAt: Instant,
  createdAt: Instant,
  startedAt: Nullable(Instant),
  finishedAt: Nullable(Instant),
  error: Nullable(Type.String()),
});
export type Job = Static<typeof Job>;
export const listJobs = operation({
  id: 'listJobs',
  method: 'GET',
  path: '/jobs',
  summary: 'List background jobs',
  tag,
  permission: 'system:read',
  query: Type.Object({
    ...PageQuery,
    state: Type.Optional(JobState),
    kind: Type.Optional(Type.String({ maxLength: 120 })),
  }),
  reply: pageOf(Job),
  audit: false,
  cli: 'jobs list',
});
export const retryJob = operation({
  id: 'retryJob',
  method: 'POST',
  path: '/jobs/:job/retry',
  summary: 'Run a dead job again',
  tag,
  permission: 'system:write',
  params: Type.Object({ job: Id }),
  reply: Job,
  errors: ['NOT_FOUND', 'CONFLICT'],
  audit: 'job.retry',
  cli: 'jobs retry',
});

export const Event = Type.Object({
  id: Id,
  seq: Count,
  type: Type.String(),
  project: Nullable(Type.String()),
  at: Instant,
  subjectType: Type.String(),
  subjectId: Type.String(),
  data: Json,
});
export type Event = Static<typeof Event>;
export const listEvents = operation({
  id: 'listEvents',
  method: 'GET',
  path: '/projects/:project/events',
  summary: 'List what happened, newest first',
  tag,
  permission: 'project:read',
  params: Type.Object({ project: ProjectName }),
  query: Type.Object({ ...PageQuery, type: Type.Optional(Type.String({ maxLength: 120 })) }),
  reply: pageOf(Event),
  audit: false,
  cli: 'events list',
});
export const streamEvents = operation({
  id: 'streamEvents',
  method: 'GET',
  path: '/projects/:project/events/stream',
  summary: 'Follow events as they happen (server-sent events)',
  tag,
  description:
    'Every message carries the sequence number as its id; a client that reconnects with Last-Event-ID misses nothing.',
  permission: 'project:read',
  params: Type.Object({ project: ProjectName }),
  replyKind: 'events',
  audit: false,
});
export const createBackup = operation({
  id: 'createBackup',
  method: 'POST',
  path: '/backup',
  summary: 'Stream a backup of an embedded instance while it runs',
  tag,
  permission: 'system:write',
  replyKind: 'stream',
  audit: 'backup.create',
  errors: ['CONFLICT'],
});
