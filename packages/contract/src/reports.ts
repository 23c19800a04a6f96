import { type Static, Type } from 'typebox';
import { DatasetVersion } from './data.ts';
import { Evaluation } from './evaluation.ts';
import { ArtifactPath, MetricPoint, Run, RunKey } from './experiments/index.ts';
import {
  Count,
  Digest,
  Id,
  Instant,
  Nullable,
  OneOf,
  PageQuery,
  ProjectName,
  Ref,
  Strict,
  Title,
  pageOf,
} from './fields.ts';
import { operation } from './operation.ts';
import { ModelVersion } from './registry.ts';

const tag = 'reports';

/** Named by the one who writes the report; unique in it. */
const BlockId = Type.String({ pattern: '^[a-z0-9]{1,24}$' });
const Caption = Type.Optional(Type.String({ maxLength: 500, pattern: '^[^\\u0000-\\u001f\\u007f]*$' }));
const filter = Type.String({ maxLength: 2000 });
/** Runs by their ids, or those a filter finds; the newest of them unless an order says otherwise. */
export const ChosenRuns = Strict({
  ids: Type.Optional(Type.Array(Id, { maxItems: 50 })),
  experiment: Type.Optional(Ref),
  filter: Type.Optional(filter),
  order: Type.Optional(Type.String({ maxLength: 1000 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 50, default: 10 })),
});
export type ChosenRuns = Static<typeof ChosenRuns>;

/** `metrics.auc`, `parameters.lr`, `tags.team`. */
const ValuePath = Type.String({
  maxLength: 270,
  pattern: '^(metrics|parameters|tags)\\.[^\\u0000-\\u001f\\u007f]{1,250}$',
});

/** What a panel shows. It is looked up whenever the report is read, and kept when a copy of it is frozen. */
export const Panel = Type.Union([
  Strict({
    kind: Type.Literal('curves'),
    caption: Caption,
    runs: ChosenRuns,
    metrics: Type.Array(RunKey, { minItems: 1, maxItems: 6 }),
  }),
  Strict({
    kind: Type.Literal('table'),
    caption: Caption,
    runs: ChosenRuns,
    columns: Type.Array(ValuePath, { maxItems: 20 }),
  }),
  Strict({
    kind: Type.Literal('parallel'),
    caption: Caption,
    runs: ChosenRuns,
    axes: Type.Array(ValuePath, { minItems: 2, maxItems: 12 }),
  }),
  Strict({
    kind: Type.Literal('comparison'),
    caption: Caption,
    runs: ChosenRuns,
    /** Runs with the same value of this are one group. */
    groupBy: ValuePath,
    metric: RunKey,
  }),
  Strict({ kind: Type.Literal('distribution'), caption: Caption, runs: ChosenRuns, metric: RunKey }),
  Strict({ kind: Type.Literal('image'), caption: Caption, run: Id, path: ArtifactPath }),
  /** What the runs logged under a name, side by side: the last of it, or that of a step. */
  Strict({
    kind: Type.Literal('media'),
    caption: Caption,
    runs: ChosenRuns,
    media: OneOf('image', 'table', 'text'),
    name: Type.String({ minLength: 1, maxLength: 500 }),
    step: Type.Optional(Type.Integer()),
  }),
  Strict({ kind: Type.Literal('model-version'), caption: Caption, version: Id }),
  Strict({ kind: Type.Literal('dataset-version'), caption: Caption, version: Id }),
  Strict({ kind: Type.Literal('gate'), caption: Caption, evaluation: Id }),
]);
export type Panel = Static<typeof Panel>;

export const ReportBlock = Type.Union([
  Strict({
    id: BlockId,
    kind: Type.Literal('text'),
    /** Markdown; HTML in it is text. */
    markdown: Type.String({ maxLength: 50_000, pattern: '^[^\\u0000]*$' }),
  }),
  Strict({ id: BlockId, kind: Type.Literal('panel'), panel: Panel }),
]);
export type ReportBlock = Static<typeof ReportBlock>;
const Blocks = Type.Array(ReportBlock, { maxItems: 100 });

export const CurveOfRun = Type.Object({
  runId: Id,
  key: Type.String(),
  total: Count,
  points: Type.Array(MetricPoint),
});
/** A profile is a page of its own. */
const { profile: _profile, checkResults: _checkResults, ...briefVersion } = DatasetVersion.properties;
const ImageType = OneOf('image/png', 'image/jpeg', 'image/gif', 'image/webp');
const mediaOf = { runId: Id, runName: Type.String(), step: Type.Integer(), path: Type.String(), digest: Digest };
export const ShownMedia = Type.Union([
  Type.Object({ ...mediaOf, kind: Type.Literal('image'), mediaType: ImageType, base64: Type.String() }),
  /** A table is the JSON that was logged: its columns and its data. */
  Type.Object({ ...mediaOf, kind: OneOf('table', 'text'), text: Type.String() }),
  /** Too large for a report, or not what its name says. */
  Type.Object({ ...mediaOf, kind: Type.Literal('left-out'), reason: Type.String() }),
]);
export type ShownMedia = Static<typeof ShownMedia>;
/** What is known of what a panel shows. */
export const PanelData = Type.Union([
  Type.Object({
    kind: Type.Literal('runs'),
    /** With the values that the panel shows, no others. */
    runs: Type.Array(Run),
    /** How many runs there are to choose from. */
    total: Count,
    /** Only in frozen copies: what is live follows the metrics by itself. */
    curves: Type.Optional(Type.Array(CurveOfRun)),
  }),
  Type.Object({ kind: Type.Literal('model-version'), version: ModelVersion }),
  Type.Object({ kind: Type.Literal('dataset-version'), version: Type.Object(briefVersion) }),
  Type.Object({ kind: Type.Literal('gate'), evaluation: Evaluation }),
  Type.Object({
    kind: Type.Literal('image'),
    mediaType: ImageType,
    digest: Digest,
    base64: Type.String(),
  }),
  Type.Object({
    kind: Type.Literal('media'),
    items: Type.Array(ShownMedia),
    /** How many of the chosen runs were looked at; some may have nothing of that name. */
    runs: Count,
  }),
  /** It does not exist, or who asks may not read it. */
  Type.Object({ kind: Type.Literal('missing'), reason: Type.String() }),
]);
export type PanelData = Static<typeof PanelData>;

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

export const ShareLink = Type.Object({
  id: Id,
  copyId: Id,
  /** The beginning of its secret, to tell links apart. */
  hint: Type.String(),
  createdBy: Type.String(),
  createdAt: Instant,
  expiresAt: Instant,
  revokedAt: Nullable(Instant),
  lastReadAt: Nullable(Instant),
  state: OneOf('active', 'expired', 'revoked'),
});
export type ShareLink = Static<typeof ShareLink>;

const project = { project: ProjectName };
const report = Type.Object({ ...project, report: Id });
const copy = Type.Object({ ...project, report: Id, copy: Id });

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
export const readPanel = operation({
  id: 'readPanel',
  method: 'POST',
  path: '/projects/:project/reports/panel',
  summary: 'What a panel of a report shows now',
  tag,
  permission: 'run:read',
  params: Type.Object(project),
  body: Strict({ panel: Panel }),
  reply: PanelData,
  errors: ['INVALID_FILTER'],
  audit: false,
});
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
export const createShareLink = operation({
  id: 'createShareLink',
  method: 'POST',
  path: '/projects/:project/reports/:report/copies/:copy/links',
  summary: 'Make an address at which anybody reads a frozen copy without an account',
  tag,
  description:
    'Only where the operator allows it (--share-links). Whoever has the address reads this one copy and nothing else, until it expires or is revoked. The secret is shown once.',
  permission: 'report:share',
  params: copy,
  status: 201,
  body: Strict({ days: Type.Optional(Type.Integer({ minimum: 1, maximum: 365, default: 30 })) }),
  reply: Type.Object({ link: ShareLink, secret: Type.String() }),
  errors: ['NOT_FOUND', 'CONFLICT'],
  audit: 'report.share',
  cli: 'reports share',
});
export const listShareLinks = operation({
  id: 'listShareLinks',
  method: 'GET',
  path: '/projects/:project/reports/:report/links',
  summary: 'List the addresses at which copies of a report are read without an account',
  tag,
  permission: 'run:read',
  params: report,
  reply: Type.Object({
    /** Whether the operator allows such addresses; those made before do not answer otherwise. */
    allowed: Type.Boolean(),
    items: Type.Array(ShareLink),
  }),
  errors: ['NOT_FOUND'],
  audit: false,
  cli: 'reports links',
});
export const revokeShareLink = operation({
  id: 'revokeShareLink',
  method: 'DELETE',
  path: '/projects/:project/reports/:report/links/:link',
  summary: 'Make such an address answer no more',
  tag,
  permission: 'report:share',
  params: Type.Object({ ...project, report: Id, link: Id }),
  reply: ShareLink,
  errors: ['NOT_FOUND'],
  audit: 'report.revoke-link',
  cli: 'reports revoke',
});
export const readSharedReport = operation({
  id: 'readSharedReport',
  method: 'GET',
  path: '/shared/:secret',
  summary: 'Read a frozen copy by its address',
  tag,
  permission: 'public',
  params: Type.Object({ secret: Type.String({ pattern: '^[A-Za-z0-9_-]{1,100}$' }) }),
  reply: Type.Object({ digest: Digest, expiresAt: Instant, content: FrozenReport }),
  errors: ['NOT_FOUND', 'TOO_MANY_REQUESTS'],
  audit: false,
});
