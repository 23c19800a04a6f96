import { type Static, Type } from 'typebox';
import { Count, Id, Instant, Nullable, OneOf, PageQuery, Ref, Strict, Text, Title, pageOf } from '../fields.ts';
import { operation } from '../operation.ts';
import { MetricSummary } from './metrics.ts';
import { RunKey, project, run, tag } from './scope.ts';

export const RunStatus = OneOf('running', 'scheduled', 'finished', 'failed', 'killed');

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

/** Which runs a list or a count is about. */
const RunSelection = {
  experiment: Type.Optional(Ref),
  filter: Type.Optional(Type.String({ maxLength: 2000 })),
  view: Type.Optional(OneOf('active', 'deleted', 'all')),
};

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
