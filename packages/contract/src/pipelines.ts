import { type Static, Type } from 'typebox';
import {
  Count,
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

const tag = 'pipelines';

/**
 * One step. Values in `with` may refer to outputs of earlier steps: `{"$from": "train.runId"}`, and to the parameters
 * of the run: `{"$parameter": "reason"}`.
 */
export const Step = Strict({
  name: Name,
  kind: Type.String({ pattern: '^[a-z]+(\\.[a-z-]+)+$', maxLength: 80 }),
  needs: Type.Optional(Type.Array(Name, { maxItems: 50 })),
  with: Type.Optional(Json),
  maxAttempts: Type.Optional(Type.Integer({ minimum: 1, maximum: 20, default: 3 })),
});
export type Step = Static<typeof Step>;

/** What starts a run. An event trigger fires on events of that type whose subject (if given) matches. */
export const Trigger = Type.Union([
  Strict({
    kind: Type.Literal('schedule'),
    cron: Type.String({ maxLength: 120 }),
    timeZone: Type.String({ maxLength: 60 }),
  }),
  Strict({
    kind: Type.Literal('event'),
    type: Type.String({ maxLength: 120 }),
    subjectId: Type.Optional(Type.String({ maxLength: 160 })),
  }),
]);
export type Trigger = Static<typeof Trigger>;

/** A definition never changes: saving again makes the next revision, and a run keeps the revision it started with. */
export const PipelineSpec = Strict({
  steps: Type.Array(Step, { minItems: 1, maxItems: 100 }),
  triggers: Type.Optional(Type.Array(Trigger, { maxItems: 20 })),
  /** A trigger within this time after the last triggered run started is noted and not followed. Manual starts are free. */
  coolDownMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 31_536_000_000 })),
});
export type PipelineSpec = Static<typeof PipelineSpec>;

export const RunState = OneOf('queued', 'running', 'succeeded', 'stopped', 'failed', 'cancelled');
export const Pipeline = Type.Object({
  id: Id,
  name: Name,
  description: Type.String(),
  revision: Count,
  spec: PipelineSpec,
  enabled: Type.Boolean(),
  owner: Type.String(),
  createdAt: Instant,
  updatedAt: Instant,
  nextRunAt: Nullable(Instant),
  lastRun: Nullable(Type.Object({ id: Id, state: RunState, startedAt: Instant })),
});
export type Pipeline = Static<typeof Pipeline>;

/** `waiting`: looks again later (a rollout under way). `stopped`: the step decided that the run ends here, e.g. a red gate. */
export const StepState = OneOf(
  'pending',
  'running',
  'waiting',
  'succeeded',
  'stopped',
  'failed',
  'skipped',
  'cancelled',
);
export const StepRun = Type.Object({
  name: Name,
  kind: Type.String(),
  state: StepState,
  attempts: Count,
  startedAt: Nullable(Instant),
  endedAt: Nullable(Instant),
  output: Nullable(Json),
  message: Type.String(),
  log: Type.Array(Type.Object({ at: Instant, line: Type.String() })),
});
export type StepRun = Static<typeof StepRun>;
export const PipelineRun = Type.Object({
  id: Id,
  pipelineId: Id,
  pipelineName: Name,
  revision: Count,
  number: Count,
  state: RunState,
  parameters: Json,
  trigger: Type.Object({
    kind: OneOf('manual', 'schedule', 'event'),
    by: Type.String(),
    eventId: Nullable(Id),
    reason: Type.String(),
  }),
  startedAt: Instant,
  endedAt: Nullable(Instant),
  message: Type.String(),
  steps: Type.Array(StepRun),
  spec: PipelineSpec,
});
export type PipelineRun = Static<typeof PipelineRun>;
/** Every trigger that came in and what was made of it, with the reason: also when the answer was no. */
export const TriggerDecision = Type.Object({
  id: Id,
  pipelineId: Id,
  at: Instant,
  kind: OneOf('schedule', 'event'),
  eventId: Nullable(Id),
  decision: OneOf('started', 'cooling-down', 'already-running', 'disabled'),
  reason: Type.String(),
  pipelineRunId: Nullable(Id),
});
export type TriggerDecision = Static<typeof TriggerDecision>;

const project = { project: ProjectName };
const pipeline = Type.Object({ ...project, pipeline: Ref });
const resource = { type: 'pipeline', param: 'pipeline' };
const run = Type.Object({ ...project, pipelineRun: Id });

export const listStepKinds = operation({
  id: 'listStepKinds',
  method: 'GET',
  path: '/step-kinds',
  summary: 'List the kinds of steps a pipeline can be made of',
  tag,
  permission: 'signed-in',
  reply: Type.Object({
    items: Type.Array(Type.Object({ kind: Type.String(), summary: Type.String(), input: Json, output: Json })),
  }),
  audit: false,
  cli: 'step-kinds list',
});
export const listPipelines = operation({
  id: 'listPipelines',
  method: 'GET',
  path: '/projects/:project/pipelines',
  summary: 'List pipelines',
  tag,
  permission: 'pipeline:read',
  params: Type.Object(project),
  query: Type.Object(PageQuery),
  reply: pageOf(Pipeline),
  audit: false,
  cli: 'pipelines list',
});
export const savePipeline = operation({
  id: 'savePipeline',
  method: 'PUT',
  path: '/projects/:project/pipelines/:pipeline',
  summary: 'Create a pipeline, or save its next revision',
  tag,
  permission: 'pipeline:write',
  params: Type.Object({ ...project, pipeline: Name }),
  resource,
  body: Strict({ description: Type.Optional(Text), spec: PipelineSpec, enabled: Type.Optional(Type.Boolean()) }),
  reply: Pipeline,
  errors: ['INVALID_INPUT'],
  audit: 'pipeline.save',
  cli: 'pipelines save',
});
export const getPipeline = operation({
  id: 'getPipeline',
  method: 'GET',
  path: '/projects/:project/pipelines/:pipeline',
  summary: 'Read one pipeline',
  tag,
  permission: 'pipeline:read',
  params: pipeline,
  resource,
  reply: Pipeline,
  errors: ['NOT_FOUND'],
  audit: false,
  cli: 'pipelines show',
});
export const startPipeline = operation({
  id: 'startPipeline',
  method: 'POST',
  path: '/projects/:project/pipelines/:pipeline/runs',
  summary: 'Start a run of a pipeline',
  tag,
  permission: 'pipeline:run',
  params: pipeline,
  resource,
  body: Strict({ parameters: Type.Optional(Json), reason: Type.Optional(Text) }),
  reply: PipelineRun,
  status: 202,
  errors: ['NOT_FOUND', 'CONFLICT'],
  audit: 'pipeline.start',
  cli: 'pipelines start',
});
export const listPipelineRuns = operation({
  id: 'listPipelineRuns',
  method: 'GET',
  path: '/projects/:project/pipeline-runs',
  summary: 'List pipeline runs, newest first',
  description: 'Without the logs of the steps: read one run for them.',
  tag,
  permission: 'pipeline:read',
  params: Type.Object(project),
  query: Type.Object({ ...PageQuery, pipeline: Type.Optional(Ref) }),
  reply: pageOf(PipelineRun),
  audit: false,
  cli: 'pipeline-runs list',
});
export const getPipelineRun = operation({
  id: 'getPipelineRun',
  method: 'GET',
  path: '/projects/:project/pipeline-runs/:pipelineRun',
  summary: 'Read one pipeline run',
  tag,
  permission: 'pipeline:read',
  params: run,
  reply: PipelineRun,
  errors: ['NOT_FOUND'],
  audit: false,
  cli: 'pipeline-runs show',
});
export const cancelPipelineRun = operation({
  id: 'cancelPipelineRun',
  method: 'POST',
  path: '/projects/:project/pipeline-runs/:pipelineRun/cancel',
  summary: 'Cancel a pipeline run',
  tag,
  permission: 'pipeline:run',
  params: run,
  reply: PipelineRun,
  errors: ['NOT_FOUND', 'CONFLICT'],
  audit: 'pipeline-run.cancel',
  cli: 'pipeline-runs cancel',
});
export const listTriggerDecisions = operation({
  id: 'listTriggerDecisions',
  method: 'GET',
  path: '/projects/:project/pipelines/:pipeline/trigger-decisions',
  summary: 'List what was made of each trigger',
  tag,
  permission: 'pipeline:read',
  params: pipeline,
  resource,
  query: Type.Object(PageQuery),
  reply: pageOf(TriggerDecision),
  errors: ['NOT_FOUND'],
  audit: false,
  cli: 'pipelines decisions',
});
