import { type Static, Type } from 'typebox';
import { RunKey, RunStatus } from './experiments/index.ts';
import {
  Count,
  Fraction,
  Id,
  Instant,
  MetricValue,
  Nullable,
  OneOf,
  ProjectName,
  Ref,
  Strict,
  Text,
} from './fields.ts';
import { operation } from './operation.ts';
import { PipelineRun } from './pipelines.ts';

const tag = 'reproduction';
const project = { project: ProjectName };
const run = Type.Object({ ...project, run: Id });

/** Tags by which a run says what it repeats. */
export const reproductionTags = {
  /** The run it repeats. */
  reproduces: 'millwright.reproduces',
  /** The pipeline run that made it. */
  pipelineRun: 'millwright.reproduced-by',
} as const;

export const PinnedPart = Type.Object({
  part: OneOf('code', 'data', 'environment', 'seed'),
  /** `pinned`: the same can be had again; `partly`: something is known, not enough to be sure; `unknown`: nothing is. */
  state: OneOf('pinned', 'partly', 'unknown'),
  weight: Count,
  points: Count,
  /** What is known, or what is missing. */
  reason: Type.String(),
  /** What to do so that the next run is pinned; empty where nothing is to be done. */
  advice: Type.String(),
});
export type PinnedPart = Static<typeof PinnedPart>;
export const Reproducibility = Type.Object({
  runId: Id,
  /** 0 to 100: the points of the parts. */
  score: Type.Integer({ minimum: 0, maximum: 100 }),
  parts: Type.Array(PinnedPart),
  rerun: Type.Object({
    /** `training`: this platform trains it again; `process`: the recorded command is run. */
    method: OneOf('training', 'process', 'none'),
    /** How it would be done, or why it cannot be. */
    reason: Type.String(),
  }),
});
export type Reproducibility = Static<typeof Reproducibility>;

export const MetricDifference = Type.Object({
  key: Type.String(),
  original: Nullable(MetricValue),
  reproduced: Nullable(MetricValue),
  /** Null where one of them is missing or no finite number. */
  difference: Nullable(Type.Number()),
  relative: Nullable(Type.Number()),
  /** How far apart they may be. */
  tolerance: Nullable(Type.Number()),
  /** `seeds`: twice the standard deviation of runs with the same settings and other seeds; `relative`: a share of the value. */
  basis: OneOf('seeds', 'relative'),
  outcome: OneOf('same', 'within', 'different', 'missing'),
});
export type MetricDifference = Static<typeof MetricDifference>;
export const Reproduction = Type.Object({
  runId: Id,
  runName: Type.String(),
  status: RunStatus,
  startedAt: Instant,
  endedAt: Nullable(Instant),
  pipelineRunId: Nullable(Id),
  outcome: OneOf('running', 'failed', 'same', 'within', 'different'),
  sentence: Type.String(),
  metrics: Type.Array(MetricDifference),
});
export type Reproduction = Static<typeof Reproduction>;

export const getReproducibility = operation({
  id: 'getReproducibility',
  method: 'GET',
  path: '/projects/:project/runs/:run/reproducibility',
  summary: 'How much of a run is pinned: code, data, environment, seed',
  tag,
  permission: 'run:read',
  params: run,
  reply: Reproducibility,
  errors: ['NOT_FOUND'],
  audit: false,
  cli: 'runs reproducibility',
});
export const reproduceRun = operation({
  id: 'reproduceRun',
  method: 'POST',
  path: '/projects/:project/runs/:run/reproduce',
  summary: 'Run a run again through the pipeline engine, and compare its metrics',
  tag,
  description:
    'A run that this platform trained is trained again from the same request. Of any other run the recorded command is run, at the recorded commit and with the recorded packages, if the operator allows it (--allow-local-processes).',
  permission: 'pipeline:run',
  params: run,
  status: 202,
  body: Strict({ reason: Type.Optional(Text) }),
  reply: PipelineRun,
  errors: ['NOT_FOUND', 'CONFLICT', 'NOT_REPRODUCIBLE'],
  audit: 'pipeline.start',
  cli: 'runs reproduce',
});
export const listReproductions = operation({
  id: 'listReproductions',
  method: 'GET',
  path: '/projects/:project/runs/:run/reproductions',
  summary: 'The runs that repeat a run, newest first, and how their metrics differ',
  tag,
  description:
    'At most 20 of them. Two values agree when they differ by no more than the spread over runs with the same settings and other seeds, where there are at least three of those, else by `tolerance` of the greater one.',
  permission: 'run:read',
  params: run,
  query: Type.Object({
    tolerance: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 1,
        default: 1e-6,
        description: 'Relative; also overrules the spread over seeds',
      }),
    ),
  }),
  reply: Type.Object({ items: Type.Array(Reproduction) }),
  errors: ['NOT_FOUND'],
  audit: false,
  cli: 'runs reproductions',
});

export const SimilarRun = Type.Object({
  runId: Id,
  runName: Type.String(),
  experimentId: Id,
  experimentName: Type.String(),
  status: RunStatus,
  startedAt: Instant,
  owner: Type.String(),
  /** Mean over the parameters compared: 0 for equal ones, the relative difference of numbers, 1 for anything else. */
  distance: Fraction,
  /** Every parameter is the same, but for seeds. */
  same: Type.Boolean(),
  differences: Type.Array(
    Type.Object({ key: Type.String(), asked: Nullable(Type.String()), had: Nullable(Type.String()) }),
  ),
  /** The last values of some of its metrics. */
  metrics: Type.Record(Type.String(), MetricValue),
});
export type SimilarRun = Static<typeof SimilarRun>;

export const findSimilarRuns = operation({
  id: 'findSimilarRuns',
  method: 'POST',
  path: '/projects/:project/runs/similar',
  summary: 'What was tried already: runs on the same data with the same or near parameters, best first',
  tag,
  description:
    'About a run, or about what a run would be: its data by `datasetVersionId` or `datasetDigest` (without either, runs of `experiment` that name no data), and its parameters. Runs with exactly these parameters are found however long ago they ran; near ones among the newest 1,000 on this data. Seeds do not count as parameters.',
  permission: 'run:read',
  params: Type.Object(project),
  body: Strict({
    run: Type.Optional(Id),
    datasetVersionId: Type.Optional(Id),
    datasetDigest: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    experiment: Type.Optional(Ref),
    parameters: Type.Optional(
      Type.Record(RunKey, Type.Union([Type.String({ maxLength: 6000 }), Type.Number(), Type.Boolean()])),
    ),
    /** How far apart each number may be, relative to the greater; anything else must be equal. */
    within: Type.Optional(Type.Number({ minimum: 0, maximum: 1, default: 0.1 })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 10 })),
  }),
  reply: Type.Object({
    /** How many runs were looked at. */
    considered: Count,
    items: Type.Array(SimilarRun),
  }),
  errors: ['NOT_FOUND', 'INVALID_REFERENCE'],
  audit: false,
  cli: 'runs tried',
});

export const AttributedFactor = Type.Object({
  kind: OneOf('parameter', 'code', 'data', 'several'),
  label: Type.String(),
  /** More than one where the runs cannot tell them apart. */
  changes: Type.Array(
    Type.Object({
      kind: OneOf('parameter', 'code', 'data'),
      key: Type.String(),
      from: Nullable(Type.String()),
      to: Nullable(Type.String()),
    }),
  ),
  contribution: Type.Number(),
  /** The 95 % interval; null where nothing tells how sure it is. */
  low: Nullable(Type.Number()),
  high: Nullable(Type.Number()),
});
export type AttributedFactor = Static<typeof AttributedFactor>;
export const MetricAttribution = Type.Object({
  metric: Type.String(),
  fromRunId: Id,
  toRunId: Id,
  from: Type.Number(),
  to: Type.Number(),
  change: Type.Number(),
  method: OneOf('cells', 'surrogate', 'pair'),
  /** How many runs it is based on. */
  runs: Count,
  factors: Type.Array(AttributedFactor),
  remainder: Type.Number(),
  /** Standard deviation of runs alike in everything; null where there are no two. */
  noise: Nullable(Type.Number()),
  /** Of a fit: the share of the variance it predicts for runs left out; may be negative. */
  predicts: Nullable(Type.Number()),
  sentence: Type.String(),
  /** What to bear in mind. */
  notes: Type.Array(Type.String()),
});
export type MetricAttribution = Static<typeof MetricAttribution>;

export const attributeMetric = operation({
  id: 'attributeMetric',
  method: 'POST',
  path: '/projects/:project/runs/attribution',
  summary: 'What the change of a metric from one run to another is due to: parameters, code, data',
  tag,
  description:
    'By the newest 400 runs of their experiments: means, where every combination of the changes was run, else an additive fit. What never changed apart is one contribution.',
  permission: 'run:read',
  params: Type.Object(project),
  body: Strict({
    from: Id,
    to: Id,
    metric: RunKey,
    summary: Type.Optional(OneOf('last', 'min', 'max')),
  }),
  reply: MetricAttribution,
  errors: ['NOT_FOUND', 'INVALID_REFERENCE'],
  audit: false,
  cli: 'runs attribute',
});
