import { type Static, Type } from 'typebox';
import {
  Count,
  Digest,
  Id,
  Instant,
  MetricValue,
  Name,
  Nullable,
  OneOf,
  PageQuery,
  ProjectName,
  Ref,
  Strict,
  Text,
  Title,
  pageOf,
} from './fields.ts';
import { operation } from './operation.ts';

const tag = 'experiments';

export const Experiment = Type.Object({
  id: Id,
  /** Its number on this instance: what MLflow's clients call the experiment id. */
  number: Count,
  name: Type.String(),
  description: Type.String(),
  owner: Type.String(),
  tags: Type.Record(Type.String(), Type.String()),
  /** Where its clients keep files by themselves; null: here. */
  artifactLocation: Nullable(Type.String()),
  createdAt: Instant,
  updatedAt: Instant,
  /** In the trash since then. */
  deletedAt: Nullable(Instant),
  runCount: Count,
  lastRunAt: Nullable(Instant),
});
export type Experiment = Static<typeof Experiment>;

export const RunStatus = OneOf('running', 'scheduled', 'finished', 'failed', 'killed');
export const MetricSummary = Type.Object({
  last: MetricValue,
  min: MetricValue,
  max: MetricValue,
  lastStep: Type.Integer(),
  /** The time its logger gave to the last value, epoch ms. */
  lastAt: Type.Integer(),
  points: Count,
});
export type MetricSummary = Static<typeof MetricSummary>;
export const Run = Type.Object({
  id: Id,
  experimentId: Id,
  experimentName: Type.String(),
  experimentNumber: Count,
  name: Type.String(),
  status: RunStatus,
  parentRunId: Nullable(Id),
  startedAt: Instant,
  endedAt: Nullable(Instant),
  /** In the trash since then. */
  deletedAt: Nullable(Instant),
  owner: Type.String(),
  /** Whom the client that logged it names as the user; no proof of anything. */
  userId: Type.String(),
  note: Type.String(),
  parameters: Type.Record(Type.String(), Type.String()),
  metrics: Type.Record(Type.String(), MetricSummary),
  tags: Type.Record(Type.String(), Type.String()),
});
export type Run = Static<typeof Run>;

export const MetricPoint = Type.Object({ step: Type.Integer(), at: Instant, value: MetricValue });
export type MetricPoint = Static<typeof MetricPoint>;
export const Artifact = Type.Object({
  path: Type.String(),
  digest: Digest,
  sizeBytes: Count,
  mediaType: Type.String(),
  createdAt: Instant,
});
export type Artifact = Static<typeof Artifact>;

/** Of a metric, a parameter or a tag. */
export const RunKey = Type.String({ minLength: 1, maxLength: 250, pattern: '^[^\\u0000-\\u001f\\u007f]+$' });
/** A relative path of plain segments: no `..`, no empty or dot-only segment, no back slash, no percent sign, no control character. */
export const ArtifactPath = Type.String({
  minLength: 1,
  maxLength: 500,
  pattern:
    '^(?!\\.{1,2}(/|$))[^\\u0000-\\u001f\\u007f/\\\\%#?:*"<>|]+(/(?!\\.{1,2}(/|$))[^\\u0000-\\u001f\\u007f/\\\\%#?:*"<>|]+)*$',
});
const step = Type.Integer({ minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER });

const project = { project: ProjectName };
const experiment = Type.Object({ ...project, experiment: Ref });
const run = Type.Object({ ...project, run: Id });

/** Which runs a list or a count is about. */
const RunSelection = {
  experiment: Type.Optional(Ref),
  filter: Type.Optional(Type.String({ maxLength: 2000 })),
  view: Type.Optional(OneOf('active', 'deleted', 'all')),
};

export const listExperiments = operation({
  id: 'listExperiments',
  method: 'GET',
  path: '/projects/:project/experiments',
  summary: 'List experiments',
  tag,
  permission: 'run:read',
  params: Type.Object(project),
  query: Type.Object({ ...PageQuery, view: Type.Optional(OneOf('active', 'deleted', 'all')) }),
  reply: pageOf(Experiment),
  audit: false,
  cli: 'experiments list',
});
export const createExperiment = operation({
  id: 'createExperiment',
  method: 'POST',
  path: '/projects/:project/experiments',
  summary: 'Create an experiment',
  tag,
  permission: 'run:write',
  status: 201,
  params: Type.Object(project),
  body: Strict({ name: Name, description: Type.Optional(Text) }),
  reply: Experiment,
  errors: ['NAME_TAKEN'],
  audit: 'experiment.create',
  cli: 'experiments create',
});
export const getExperiment = operation({
  id: 'getExperiment',
  method: 'GET',
  path: '/projects/:project/experiments/:experiment',
  summary: 'Read one experiment',
  tag,
  permission: 'run:read',
  params: experiment,
  resource: { type: 'experiment', param: 'experiment' },
  reply: Experiment,
  errors: ['NOT_FOUND'],
  audit: false,
  cli: 'experiments show',
});
export const listRuns = operation({
  id: 'listRuns',
  method: 'GET',
  path: '/projects/:project/runs',
  summary: 'List runs, newest first',
  tag,
  permission: 'run:read',
  description:
    'The filter compares `status`, `name`, `experiment`, `owner`, `startedAt`, `parameters.<key>`, `metrics.<key>` and `tags.<key>`, e.g. `metrics.accuracy > 0.9 and tags.team = "risk"`.',
  params: Type.Object(project),
  query: Type.Object({
    ...PageQuery,
    ...RunSelection,
    order: Type.Optional(
      Type.String({
        maxLength: 1000,
        description: 'e.g. `metrics.auc desc, metrics.loss.min, startedAt`; default the newest first',
      }),
    ),
    keys: Type.Optional(
      Type.String({
        maxLength: 20_000,
        description:
          'Answer only these of the parameters, metrics and tags, e.g. `metrics.auc,parameters.lr` (a comma in a key as %2C); default all, empty none',
      }),
    ),
  }),
  reply: pageOf(Run),
  errors: ['INVALID_FILTER', 'INVALID_CURSOR'],
  audit: false,
  cli: 'runs list',
});
export const countRuns = operation({
  id: 'countRuns',
  method: 'GET',
  path: '/projects/:project/runs/count',
  summary: 'How many runs a filter matches',
  tag,
  permission: 'run:read',
  params: Type.Object(project),
  query: Type.Object(RunSelection),
  reply: Type.Object({ count: Count }),
  errors: ['INVALID_FILTER'],
  audit: false,
  cli: 'runs count',
});
export const listRunKeys = operation({
  id: 'listRunKeys',
  method: 'GET',
  path: '/projects/:project/experiments/:experiment/keys',
  summary: 'The keys of metrics, parameters and tags that runs of an experiment have',
  tag,
  permission: 'run:read',
  params: experiment,
  resource: { type: 'experiment', param: 'experiment' },
  reply: Type.Object({
    metrics: Type.Array(Type.String()),
    parameters: Type.Array(Type.String()),
    tags: Type.Array(Type.String()),
  }),
  errors: ['NOT_FOUND'],
  audit: false,
  cli: 'experiments keys',
});
export const updateExperiment = operation({
  id: 'updateExperiment',
  method: 'PATCH',
  path: '/projects/:project/experiments/:experiment',
  summary: 'Rename an experiment, describe it, set its tags',
  tag,
  permission: 'run:write',
  params: experiment,
  resource: { type: 'experiment', param: 'experiment' },
  body: Strict({
    name: Type.Optional(Name),
    description: Type.Optional(Text),
    tags: Type.Optional(Type.Record(RunKey, Type.String({ maxLength: 5000 }))),
  }),
  reply: Experiment,
  errors: ['NOT_FOUND', 'NAME_TAKEN', 'CONFLICT'],
  audit: 'experiment.update',
  cli: 'experiments update',
});
export const deleteExperiment = operation({
  id: 'deleteExperiment',
  method: 'DELETE',
  path: '/projects/:project/experiments/:experiment',
  summary: 'Move an experiment and its runs into the trash',
  tag,
  permission: 'run:write',
  params: experiment,
  resource: { type: 'experiment', param: 'experiment' },
  reply: Experiment,
  errors: ['NOT_FOUND'],
  audit: 'experiment.delete',
  cli: 'experiments delete',
});
export const restoreExperiment = operation({
  id: 'restoreExperiment',
  method: 'POST',
  path: '/projects/:project/experiments/:experiment/restore',
  summary: 'Take an experiment and its runs out of the trash',
  tag,
  permission: 'run:write',
  params: experiment,
  resource: { type: 'experiment', param: 'experiment' },
  reply: Experiment,
  errors: ['NOT_FOUND'],
  audit: 'experiment.restore',
  cli: 'experiments restore',
});
export const deleteRun = operation({
  id: 'deleteRun',
  method: 'DELETE',
  path: '/projects/:project/runs/:run',
  summary: 'Move a run into the trash',
  tag,
  permission: 'run:write',
  params: run,
  reply: Run,
  errors: ['NOT_FOUND'],
  audit: 'run.update',
  cli: 'runs delete',
});
export const restoreRun = operation({
  id: 'restoreRun',
  method: 'POST',
  path: '/projects/:project/runs/:run/restore',
  summary: 'Take a run out of the trash',
  tag,
  permission: 'run:write',
  params: run,
  reply: Run,
  errors: ['NOT_FOUND'],
  audit: 'run.update',
  cli: 'runs restore',
});
export const getMetricHistories = operation({
  id: 'getMetricHistories',
  method: 'POST',
  path: '/projects/:project/metrics/histories',
  summary: 'The points of several metrics of several runs',
  tag,
  description:
    'Each sampled as by getMetricHistory. What a run has not logged is left out, and so is a run that does not exist.',
  permission: 'run:read',
  params: Type.Object(project),
  body: Strict({
    runs: Type.Array(Id, { minItems: 1, maxItems: 200 }),
    keys: Type.Array(RunKey, { minItems: 1, maxItems: 50 }),
    points: Type.Optional(Type.Integer({ minimum: 10, maximum: 10_000, default: 500 })),
  }),
  reply: Type.Object({
    histories: Type.Array(
      Type.Object({
        runId: Id,
        key: Type.String(),
        total: Count,
        sampled: Type.Boolean(),
        points: Type.Array(MetricPoint),
      }),
    ),
  }),
  audit: false,
  cli: 'runs metrics',
});
export const createRun = operation({
  id: 'createRun',
  method: 'POST',
  path: '/projects/:project/runs',
  summary: 'Start a run',
  tag,
  permission: 'run:write',
  status: 201,
  params: Type.Object(project),
  body: Strict({
    experiment: Ref,
    name: Type.Optional(Title),
    parentRunId: Type.Optional(Id),
    datasetVersionId: Type.Optional(Id),
    parameters: Type.Optional(Type.Record(RunKey, Type.String({ maxLength: 6000 }))),
    tags: Type.Optional(Type.Record(RunKey, Type.String({ maxLength: 8000 }))),
  }),
  reply: Run,
  errors: ['INVALID_REFERENCE'],
  audit: 'run.create',
  cli: 'runs create',
});
export const getRun = operation({
  id: 'getRun',
  method: 'GET',
  path: '/projects/:project/runs/:run',
  summary: 'Read one run',
  tag,
  permission: 'run:read',
  params: run,
  reply: Run,
  errors: ['NOT_FOUND'],
  audit: false,
  cli: 'runs show',
});
export const updateRun = operation({
  id: 'updateRun',
  method: 'PATCH',
  path: '/projects/:project/runs/:run',
  summary: 'Finish a run, rename it, set tags or parameters',
  tag,
  permission: 'run:write',
  params: run,
  description: 'A parameter that is set keeps its value: setting it to another one is a conflict.',
  body: Strict({
    status: Type.Optional(RunStatus),
    name: Type.Optional(Title),
    note: Type.Optional(Text),
    endedAt: Type.Optional(Instant),
    parameters: Type.Optional(Type.Record(RunKey, Type.String({ maxLength: 6000 }))),
    tags: Type.Optional(Type.Record(RunKey, Type.String({ maxLength: 8000 }))),
  }),
  reply: Run,
  errors: ['NOT_FOUND', 'CONFLICT'],
  audit: 'run.update',
  cli: 'runs update',
});
export const logMetrics = operation({
  id: 'logMetrics',
  method: 'POST',
  path: '/projects/:project/runs/:run/metrics',
  summary: 'Append metric points; answered after they are durable',
  tag,
  permission: 'run:write',
  params: run,
  status: 204,
  body: Strict({
    points: Type.Array(
      Strict({ key: RunKey, value: MetricValue, step: Type.Optional(step), at: Type.Optional(Instant) }),
      { minItems: 1, maxItems: 10_000 },
    ),
  }),
  errors: ['NOT_FOUND'],
  audit: false,
});
export const getMetricHistory = operation({
  id: 'getMetricHistory',
  method: 'GET',
  path: '/projects/:project/runs/:run/metrics/history',
  summary: 'The points of one metric in step order',
  tag,
  description: 'At most `points` of them: each bucket keeps its minimum and its maximum, so that no spike is hidden.',
  permission: 'run:read',
  params: run,
  query: Type.Object({
    key: RunKey,
    points: Type.Optional(Type.Integer({ minimum: 10, maximum: 100_000, default: 2000 })),
  }),
  reply: Type.Object({ key: Type.String(), total: Count, sampled: Type.Boolean(), points: Type.Array(MetricPoint) }),
  errors: ['NOT_FOUND'],
  audit: false,
  cli: 'runs metric',
});
export const putArtifact = operation({
  id: 'putArtifact',
  method: 'PUT',
  path: '/projects/:project/runs/:run/artifacts',
  summary: 'Store a file with a run',
  tag,
  permission: 'run:write',
  params: run,
  query: Type.Object({ path: ArtifactPath }),
  bodyKind: 'stream',
  consumes: ['application/octet-stream'],
  reply: Artifact,
  status: 201,
  errors: ['NOT_FOUND', 'STORAGE_FULL'],
  audit: 'artifact.put',
  cli: 'artifacts put',
});
export const listArtifacts = operation({
  id: 'listArtifacts',
  method: 'GET',
  path: '/projects/:project/runs/:run/artifacts',
  summary: 'List the files of a run',
  tag,
  permission: 'run:read',
  params: run,
  reply: Type.Object({ items: Type.Array(Artifact) }),
  errors: ['NOT_FOUND'],
  audit: false,
  cli: 'artifacts list',
});
export const getArtifact = operation({
  id: 'getArtifact',
  method: 'GET',
  path: '/projects/:project/runs/:run/artifacts/content',
  summary: 'Download a file of a run; ranges are answered',
  tag,
  description:
    'Always sent as an attachment with a sandboxing policy, so that nothing stored here can run in the console.',
  permission: 'run:read',
  params: run,
  query: Type.Object({ path: ArtifactPath }),
  replyKind: 'stream',
  errors: ['NOT_FOUND', 'RANGE_UNSATISFIABLE'],
  audit: false,
  cli: 'artifacts get',
});
