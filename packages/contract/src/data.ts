import { type Static, Type } from 'typebox';
import {
  ColumnName,
  Count,
  Digest,
  Fraction,
  Id,
  Instant,
  Json,
  Name,
  Nullable,
  OneOf,
  PageQuery,
  ProjectName,
  Ref,
  Strict,
  Text,
  pageOf,
} from './fields.ts';
import { operation } from './operation.ts';

const tag = 'data';

export const ColumnType = OneOf('number', 'integer', 'string', 'boolean', 'timestamp');
export type ColumnType = Static<typeof ColumnType>;
export const Column = Type.Object({ name: Type.String(), type: ColumnType });
export type Column = Static<typeof Column>;

/** What is in one column. Numeric columns have a histogram (20 bins), others their most frequent values. */
export const ColumnProfile = Type.Object({
  name: Type.String(),
  type: ColumnType,
  count: Count,
  missing: Count,
  distinct: Count,
  min: Nullable(Type.Union([Type.Number(), Type.String()])),
  max: Nullable(Type.Union([Type.Number(), Type.String()])),
  mean: Nullable(Type.Number()),
  stddev: Nullable(Type.Number()),
  quantiles: Nullable(
    Type.Object({ p05: Type.Number(), p25: Type.Number(), p50: Type.Number(), p75: Type.Number(), p95: Type.Number() }),
  ),
  histogram: Nullable(Type.Object({ edges: Type.Array(Type.Number()), counts: Type.Array(Count) })),
  top: Nullable(Type.Array(Type.Object({ value: Type.String(), count: Count }))),
});
export type ColumnProfile = Static<typeof ColumnProfile>;

/**
 * One check of a data set. Parameters by kind: `column-present` {type}; `not-missing` {maxFraction}; `in-set` {values,
 * maxFraction: share of other values allowed}; `in-range` {min, max, maxFraction}; `row-count` {min}; `unique` {}.
 */
export const CheckKind = OneOf('column-present', 'not-missing', 'in-set', 'in-range', 'row-count', 'unique');
export const Check = Type.Object({
  id: Id,
  kind: CheckKind,
  column: Nullable(Type.String()),
  parameters: Json,
  severity: OneOf('error', 'warning'),
  origin: OneOf('inferred', 'user'),
  enabled: Type.Boolean(),
});
export type Check = Static<typeof Check>;
export const CheckResult = Type.Object({
  checkId: Id,
  kind: CheckKind,
  column: Nullable(Type.String()),
  severity: OneOf('error', 'warning'),
  passed: Type.Boolean(),
  /** Share of rows that break the check; null where rows make no sense (a missing column). */
  brokenFraction: Nullable(Fraction),
  message: Type.String(),
});
export type CheckResult = Static<typeof CheckResult>;

export const Dataset = Type.Object({
  id: Id,
  name: Name,
  description: Type.String(),
  timeColumn: Nullable(Type.String()),
  targetColumn: Nullable(Type.String()),
  owner: Type.String(),
  createdAt: Instant,
  updatedAt: Instant,
  latestVersion: Nullable(Type.Object({ id: Id, number: Count, rowCount: Count, createdAt: Instant })),
  /** `failing`: the newest upload was refused; `warning`: a check of the newest version warns. */
  health: OneOf('empty', 'ok', 'warning', 'failing'),
});
export type Dataset = Static<typeof Dataset>;

export const DatasetVersion = Type.Object({
  id: Id,
  datasetId: Id,
  datasetName: Name,
  number: Count,
  digest: Digest,
  sizeBytes: Count,
  rowCount: Count,
  columns: Type.Array(Column),
  profile: Type.Array(ColumnProfile),
  checkResults: Type.Array(CheckResult),
  /** How it came to be: `upload` of a file, or `snapshot` of captured predictions with their labels. */
  origin: OneOf('upload', 'snapshot'),
  note: Type.String(),
  createdBy: Type.String(),
  createdAt: Instant,
});
export type DatasetVersion = Static<typeof DatasetVersion>;

/** An upload that was refused: nothing of it was taken in. */
export const Refusal = Type.Object({
  id: Id,
  datasetId: Id,
  at: Instant,
  by: Type.String(),
  reason: Type.String(),
  sizeBytes: Count,
  problemCount: Count,
  problems: Type.Array(
    Type.Object({
      line: Nullable(Count),
      column: Nullable(Type.String()),
      value: Nullable(Type.String()),
      message: Type.String(),
    }),
  ),
});
export type Refusal = Static<typeof Refusal>;

const project = { project: ProjectName };
const dataset = Type.Object({ ...project, dataset: Ref });
const version = Type.Object({ ...project, version: Id });
const resource = { type: 'dataset', param: 'dataset' };

export const listDatasets = operation({
  id: 'listDatasets',
  method: 'GET',
  path: '/projects/:project/datasets',
  summary: 'List data sets',
  tag,
  permission: 'data:read',
  params: Type.Object(project),
  query: Type.Object(PageQuery),
  reply: pageOf(Dataset),
  audit: false,
  cli: 'datasets list',
});
export const createDataset = operation({
  id: 'createDataset',
  method: 'POST',
  path: '/projects/:project/datasets',
  summary: 'Create a data set',
  tag,
  permission: 'data:write',
  status: 201,
  params: Type.Object(project),
  body: Strict({
    name: Name,
    description: Type.Optional(Text),
    timeColumn: Type.Optional(ColumnName),
    targetColumn: Type.Optional(ColumnName),
  }),
  reply: Dataset,
  errors: ['NAME_TAKEN'],
  audit: 'dataset.create',
  cli: 'datasets create',
});
export const getDataset = operation({
  id: 'getDataset',
  method: 'GET',
  path: '/projects/:project/datasets/:dataset',
  summary: 'Read one data set',
  tag,
  permission: 'data:read',
  params: dataset,
  resource,
  reply: Dataset,
  errors: ['NOT_FOUND'],
  audit: false,
  cli: 'datasets show',
});
export const uploadVersion = operation({
  id: 'uploadVersion',
  method: 'POST',
  path: '/projects/:project/datasets/:dataset/versions',
  summary: 'Upload a CSV or Parquet file as a new version',
  tag,
  description:
    'All or nothing: a file that is broken, or that breaks a check of severity error, is refused with line and column named. The same content again answers the version that exists.',
  permission: 'data:write',
  params: dataset,
  resource,
  query: Type.Object({ note: Type.Optional(Text) }),
  bodyKind: 'stream',
  consumes: ['text/csv', 'application/vnd.apache.parquet'],
  reply: DatasetVersion,
  status: 201,
  errors: ['NOT_FOUND', 'DATA_REFUSED', 'CHECKS_FAILED', 'MEDIA_TYPE_UNSUPPORTED', 'STORAGE_FULL'],
  audit: 'dataset-version.create',
  cli: 'datasets upload',
});
export const listVersions = operation({
  id: 'listVersions',
  method: 'GET',
  path: '/projects/:project/datasets/:dataset/versions',
  summary: 'List the versions of a data set, newest first',
  tag,
  permission: 'data:read',
  params: dataset,
  resource,
  query: Type.Object(PageQuery),
  reply: pageOf(DatasetVersion),
  errors: ['NOT_FOUND'],
  audit: false,
  cli: 'datasets versions',
});
export const getVersion = operation({
  id: 'getVersion',
  method: 'GET',
  path: '/projects/:project/dataset-versions/:version',
  summary: 'Read one version with its profile',
  tag,
  permission: 'data:read',
  params: version,
  reply: DatasetVersion,
  errors: ['NOT_FOUND'],
  audit: false,
  cli: 'dataset-versions show',
});
export const previewVersion = operation({
  id: 'previewVersion',
  method: 'GET',
  path: '/projects/:project/dataset-versions/:version/rows',
  summary: 'Read rows of a version',
  tag,
  permission: 'data:read',
  params: version,
  query: Type.Object({
    offset: Type.Optional(Type.Integer({ minimum: 0, default: 0 })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
  }),
  reply: Type.Object({ columns: Type.Array(Column), rows: Type.Array(Type.Array(Type.Unknown())), rowCount: Count }),
  errors: ['NOT_FOUND'],
  audit: false,
});
export const downloadVersion = operation({
  id: 'downloadVersion',
  method: 'GET',
  path: '/projects/:project/dataset-versions/:version/content',
  summary: 'Download a version as Parquet; ranges are answered',
  tag,
  permission: 'data:read',
  params: version,
  replyKind: 'stream',
  errors: ['NOT_FOUND', 'RANGE_UNSATISFIABLE'],
  audit: false,
  cli: 'dataset-versions download',
});
export const listChecks = operation({
  id: 'listChecks',
  method: 'GET',
  path: '/projects/:project/datasets/:dataset/checks',
  summary: 'List the checks of a data set',
  tag,
  permission: 'data:read',
  params: dataset,
  resource,
  reply: Type.Object({ items: Type.Array(Check) }),
  errors: ['NOT_FOUND'],
  audit: false,
  cli: 'datasets checks',
});
export const createCheck = operation({
  id: 'createCheck',
  method: 'POST',
  path: '/projects/:project/datasets/:dataset/checks',
  summary: 'Add a check',
  tag,
  permission: 'data:write',
  status: 201,
  params: dataset,
  resource,
  body: Strict({
    kind: CheckKind,
    column: Type.Optional(ColumnName),
    parameters: Type.Optional(Json),
    severity: OneOf('error', 'warning'),
  }),
  reply: Check,
  errors: ['NOT_FOUND', 'INVALID_INPUT'],
  audit: 'check.create',
  cli: 'checks create',
});
export const updateCheck = operation({
  id: 'updateCheck',
  method: 'PATCH',
  path: '/projects/:project/datasets/:dataset/checks/:check',
  summary: 'Change a check',
  tag,
  permission: 'data:write',
  params: Type.Object({ ...project, dataset: Ref, check: Id }),
  resource,
  body: Strict({
    enabled: Type.Optional(Type.Boolean()),
    severity: Type.Optional(OneOf('error', 'warning')),
    parameters: Type.Optional(Json),
  }),
  reply: Check,
  errors: ['NOT_FOUND', 'INVALID_INPUT'],
  audit: 'check.update',
  cli: 'checks update',
});
export const listRefusals = operation({
  id: 'listRefusals',
  method: 'GET',
  path: '/projects/:project/datasets/:dataset/refusals',
  summary: 'List refused uploads with the rows and columns named',
  tag,
  permission: 'data:read',
  params: dataset,
  resource,
  query: Type.Object(PageQuery),
  reply: pageOf(Refusal),
  errors: ['NOT_FOUND'],
  audit: false,
  cli: 'datasets refusals',
});
