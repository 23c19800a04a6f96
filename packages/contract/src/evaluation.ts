import { type Static, Type } from 'typebox';
import { Count, Digest, Id, Instant, Nullable, OneOf, PageQuery, ProjectName, Strict, pageOf } from './fields.ts';
import { operation } from './operation.ts';
import { Task } from './training.ts';

const tag = 'evaluation';

/** `accuracy`, `rocAuc`, `logLoss`, `f1`, `brier`; `rmse`, `mae`, `r2`. */
export const MetricName = OneOf('accuracy', 'rocAuc', 'logLoss', 'f1', 'brier', 'rmse', 'mae', 'r2');
export type MetricName = Static<typeof MetricName>;

/**
 * One condition of a gate. `value`: the metric itself against a number. `baseline`: mean per-row loss not worse than
 * that baseline's by more than `margin` (paired bootstrap over rows, upper bound of the difference at 95 %).
 */
export const GateRule = Type.Union([
  Strict({
    kind: Type.Literal('value'),
    metric: MetricName,
    atLeast: Type.Optional(Type.Number()),
    atMost: Type.Optional(Type.Number()),
  }),
  Strict({
    kind: Type.Literal('baseline'),
    baseline: OneOf('majority', 'persistence', 'champion'),
    margin: Type.Number(),
    mustBeat: Type.Optional(Type.Boolean()),
  }),
]);
export type GateRule = Static<typeof GateRule>;

export const Comparison = Type.Object({
  baseline: OneOf('majority', 'persistence', 'champion'),
  baselineLoss: Type.Number(),
  loss: Type.Number(),
  /** loss - baselineLoss, with its 95 % interval: negative is better. */
  difference: Type.Number(),
  low: Type.Number(),
  high: Type.Number(),
  pValue: Type.Number(),
  resamples: Count,
});
export type Comparison = Static<typeof Comparison>;
export const GateResult = Type.Object({
  rule: GateRule,
  passed: Type.Boolean(),
  /** Not applicable, e.g. no champion yet. */ skipped: Type.Boolean(),
  observed: Nullable(Type.Number()),
  threshold: Nullable(Type.Number()),
  message: Type.String(),
});
export type GateResult = Static<typeof GateResult>;

export const Evaluation = Type.Object({
  id: Id,
  runId: Id,
  datasetVersionId: Id,
  modelDigest: Digest,
  task: Task,
  rows: Count,
  holdoutFrom: Count,
  createdAt: Instant,
  metrics: Type.Record(Type.String(), Type.Number()),
  /** Per class: rows, recall, precision. */
  classes: Nullable(
    Type.Array(
      Type.Object({
        label: Type.String(),
        rows: Count,
        precision: Nullable(Type.Number()),
        recall: Nullable(Type.Number()),
      }),
    ),
  ),
  confusion: Nullable(Type.Array(Type.Array(Count))),
  comparisons: Type.Array(Comparison),
  /** When the thresholds were fixed, always before the training run began, and their digest. */
  gate: Type.Object({
    rules: Type.Array(GateRule),
    digest: Digest,
    fixedAt: Instant,
    verdict: OneOf('green', 'red', 'none'),
    results: Type.Array(GateResult),
  }),
});
export type Evaluation = Static<typeof Evaluation>;

const project = { project: ProjectName };
export const listEvaluations = operation({
  id: 'listEvaluations',
  method: 'GET',
  path: '/projects/:project/evaluations',
  summary: 'List evaluations, newest first',
  tag,
  permission: 'evaluation:read',
  params: Type.Object(project),
  query: Type.Object({ ...PageQuery, runId: Type.Optional(Id) }),
  reply: pageOf(Evaluation),
  audit: false,
  cli: 'evaluations list',
});
export const getEvaluation = operation({
  id: 'getEvaluation',
  method: 'GET',
  path: '/projects/:project/evaluations/:evaluation',
  summary: 'Read one evaluation with its gate report',
  tag,
  permission: 'evaluation:read',
  params: Type.Object({ ...project, evaluation: Id }),
  reply: Evaluation,
  errors: ['NOT_FOUND'],
  audit: false,
  cli: 'evaluations show',
});
