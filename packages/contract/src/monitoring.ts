import { type Static, Type } from 'typebox';
import {
  ColumnName,
  Count,
  Fraction,
  Id,
  Instant,
  Nullable,
  OneOf,
  PageQuery,
  ProjectName,
  Ref,
  Strict,
  pageOf,
} from './fields.ts';
import { operation } from './operation.ts';

const tag = 'monitoring';

/** What is watched at an endpoint. Windows are runs of `windowRows` predictions in the order they were answered. */
export const MonitorSettings = Strict({
  windowRows: Type.Optional(Type.Integer({ minimum: 50, maximum: 1_000_000, default: 500 })),
  /** False discovery rate over the columns of one window. */
  falseDiscoveryRate: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 0.5, default: 0.05 })),
  /** A drift smaller than this (normed Wasserstein distance, total variation for categories) is not reported, however significant. */
  minEffect: Type.Optional(Type.Number({ minimum: 0, default: 0.1 })),
  persistWindows: Type.Optional(Type.Integer({ minimum: 1, maximum: 20, default: 2 })),
  ofWindows: Type.Optional(Type.Integer({ minimum: 1, maximum: 20, default: 3 })),
  /** By how much the loss may rise over the reference before a significant rise counts: of the error rate (classification), as a share of the reference's mean squared error (regression). */
  lossTolerance: Type.Optional(Type.Number({ minimum: 0, default: 0.02 })),
  performanceAlpha: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 0.5, default: 0.01 })),
  /** A window is judged once this share of its predictions has a label. */
  minLabelCoverage: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1, default: 0.6 })),
  ignoreColumns: Type.Optional(Type.Array(ColumnName)),
});
export type MonitorSettings = Static<typeof MonitorSettings>;
export const Monitor = Type.Object({
  endpointId: Id,
  endpointName: Type.String(),
  enabled: Type.Boolean(),
  settings: MonitorSettings,
  referenceVersionId: Nullable(Id),
  referenceRows: Count,
  referenceLoss: Nullable(Type.Number()),
  windows: Count,
  health: OneOf('no-data', 'ok', 'warning', 'failing'),
  updatedAt: Instant,
});
export type Monitor = Static<typeof Monitor>;

export const ColumnDrift = Type.Object({
  column: Type.String(),
  test: OneOf('ks', 'chi-square', 'none'),
  statistic: Nullable(Type.Number()),
  pValue: Nullable(Type.Number()),
  /** Benjamini-Hochberg over the columns of the window. */ adjustedPValue: Nullable(Type.Number()),
  effect: Nullable(Type.Number()),
  drifted: Type.Boolean(),
  /** Drifted in 2 of the last 3 windows. */ confirmed: Type.Boolean(),
  missingFraction: Fraction,
  referenceMissingFraction: Fraction,
});
export type ColumnDrift = Static<typeof ColumnDrift>;
/** Performance of a window by prediction time; later labels restate it (`asOf`). */
export const Performance = Type.Object({
  labelled: Count,
  coverage: Fraction,
  loss: Nullable(Type.Number()),
  referenceLoss: Nullable(Type.Number()),
  pValue: Nullable(Type.Number()),
  worse: Type.Boolean(),
  confirmed: Type.Boolean(),
  asOf: Instant,
  /** `no-reference`: the champion has no hold-out to compare with. */ state: OneOf(
    'waiting-for-labels',
    'judged',
    'no-reference',
  ),
});
export type Performance = Static<typeof Performance>;
export const Window = Type.Object({
  id: Id,
  endpointId: Id,
  number: Count,
  rows: Count,
  startAt: Instant,
  endAt: Instant,
  modelVersionId: Id,
  modelVersion: Count,
  columns: Type.Array(ColumnDrift),
  performance: Performance,
  failures: Count,
  dropped: Count,
});
export type Window = Static<typeof Window>;

export const IncidentState = OneOf('open', 'acknowledged', 'resolved');
/** One per cause: drift of whatever columns is one incident, a performance drop is another. */
export const Incident = Type.Object({
  id: Id,
  endpointId: Id,
  endpointName: Type.String(),
  kind: OneOf('drift', 'performance', 'capture-loss'),
  severity: OneOf('ticket', 'page'),
  state: IncidentState,
  title: Type.String(),
  columns: Type.Array(Type.String()),
  windows: Count,
  firstWindow: Count,
  lastWindow: Count,
  openedAt: Instant,
  updatedAt: Instant,
  resolvedAt: Nullable(Instant),
  log: Type.Array(Type.Object({ at: Instant, by: Type.String(), line: Type.String() })),
});
export type Incident = Static<typeof Incident>;

const project = { project: ProjectName };
const endpoint = Type.Object({ ...project, endpoint: Ref });
const resource = { type: 'endpoint', param: 'endpoint' };

export const getMonitor = operation({
  id: 'getMonitor',
  method: 'GET',
  path: '/projects/:project/endpoints/:endpoint/monitor',
  summary: 'Read what is watched at an endpoint',
  tag,
  permission: 'monitor:read',
  params: endpoint,
  resource,
  reply: Monitor,
  errors: ['NOT_FOUND'],
  audit: false,
  cli: 'monitors show',
});
export const saveMonitor = operation({
  id: 'saveMonitor',
  method: 'PUT',
  path: '/projects/:project/endpoints/:endpoint/monitor',
  summary: 'Watch an endpoint',
  tag,
  permission: 'monitor:write',
  params: endpoint,
  resource,
  body: Strict({ enabled: Type.Optional(Type.Boolean()), settings: MonitorSettings }),
  reply: Monitor,
  errors: ['NOT_FOUND', 'INVALID_INPUT'],
  audit: 'monitor.save',
  cli: 'monitors save',
});
export const listWindows = operation({
  id: 'listWindows',
  method: 'GET',
  path: '/projects/:project/endpoints/:endpoint/windows',
  summary: 'List windows, newest first',
  tag,
  permission: 'monitor:read',
  params: endpoint,
  resource,
  query: Type.Object(PageQuery),
  reply: pageOf(Window),
  errors: ['NOT_FOUND'],
  audit: false,
  cli: 'monitors windows',
});
export const Distribution = Type.Object({
  column: Type.String(),
  kind: OneOf('number', 'category') /** Bin edges (one more than counts), or category labels. */,
  edges: Nullable(Type.Array(Type.Number())),
  labels: Nullable(Type.Array(Type.String())),
  reference: Type.Array(Count),
  current: Type.Array(Count),
  referenceRows: Count,
  currentRows: Count,
});
export type Distribution = Static<typeof Distribution>;
export const compareDistribution = operation({
  id: 'compareDistribution',
  method: 'GET',
  path: '/projects/:project/windows/:window/distribution',
  summary: 'Reference against one window, one column',
  tag,
  permission: 'monitor:read',
  params: Type.Object({ ...project, window: Id }),
  query: Type.Object({ column: ColumnName }),
  reply: Distribution,
  errors: ['NOT_FOUND'],
  audit: false,
});
export const listIncidents = operation({
  id: 'listIncidents',
  method: 'GET',
  path: '/projects/:project/incidents',
  summary: 'List incidents, newest first',
  tag,
  permission: 'monitor:read',
  params: Type.Object(project),
  query: Type.Object({ ...PageQuery, endpoint: Type.Optional(Ref), state: Type.Optional(IncidentState) }),
  reply: pageOf(Incident),
  audit: false,
  cli: 'incidents list',
});
export const updateIncident = operation({
  id: 'updateIncident',
  method: 'PATCH',
  path: '/projects/:project/incidents/:incident',
  summary: 'Acknowledge or resolve an incident',
  tag,
  permission: 'monitor:write',
  params: Type.Object({ ...project, incident: Id }),
  body: Strict({ state: OneOf('acknowledged', 'resolved'), note: Type.Optional(Type.String({ maxLength: 2000 })) }),
  reply: Incident,
  errors: ['NOT_FOUND', 'CONFLICT'],
  audit: 'incident.update',
  cli: 'incidents update',
});
