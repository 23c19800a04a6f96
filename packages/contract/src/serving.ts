import { type Static, Type } from 'typebox';
import {
  ColumnName,
  Count,
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
import { ModelRef } from './registry.ts';
import { Datatype, Signature } from './training.ts';

const tag = 'serving';

export const Variant = Type.Object({
  role: OneOf('champion', 'challenger'),
  modelVersionId: Id,
  modelName: Type.String(),
  number: Count,
  /** Share of units, 0 to 1. */ weight: Fraction,
  state: OneOf('loading', 'ready', 'failed'),
  message: Type.String(),
});
export const Endpoint = Type.Object({
  id: Id,
  name: Name,
  description: Type.String(),
  modelId: Id,
  modelName: Type.String(),
  signature: Nullable(Signature),
  variants: Type.Array(Variant),
  /** The input whose value decides the variant of a request; without one, the request's `unit` parameter or its id. */
  unitColumn: Nullable(Type.String()),
  rolloutId: Nullable(Id),
  owner: Type.String(),
  createdAt: Instant,
  updatedAt: Instant,
  predictions: Count,
  captured: Count,
  dropped: Count,
  labels: Count,
  health: OneOf('empty', 'ok', 'warning', 'failing'),
});
export type Endpoint = Static<typeof Endpoint>;

/** How a challenger takes over. Decisions are anytime-valid at level `alpha`: looking often costs nothing. */
export const RolloutPolicy = Strict({
  steps: Type.Optional(
    Type.Array(Type.Number({ exclusiveMinimum: 0, maximum: 1 }), {
      minItems: 1,
      maxItems: 20,
      description: 'Weights of the challenger, rising',
    }),
  ),
  /** Labelled predictions of the challenger before the weight is raised. */
  minLabelsPerStep: Type.Optional(Type.Integer({ minimum: 1, default: 50 })),
  alpha: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 0.5, default: 0.05 })),
  /** By how much the challenger's loss may be higher and still count as no worse. */
  lossMargin: Type.Optional(Type.Number({ minimum: 0, default: 0.05 })),
  errorMargin: Type.Optional(Type.Number({ minimum: 0, default: 0.02 })),
  /** Labelled predictions over both variants after which an undecided rollout pauses. */
  maxLabels: Type.Optional(Type.Integer({ minimum: 10, default: 20_000 })),
});
export type RolloutPolicy = Static<typeof RolloutPolicy>;

export const Arm = Type.Object({
  modelVersionId: Id,
  number: Count,
  requests: Count,
  failures: Count,
  labelled: Count,
  /** Wrong labels (classification) or sum of squared errors. */ lossSum: Type.Number(),
  meanLoss: Nullable(Type.Number()),
});
export const RolloutState = OneOf('running', 'paused', 'promoted', 'rolled-back', 'aborted');
export const RolloutDecision = Type.Object({
  at: Instant,
  decision: OneOf('start', 'advance', 'promote', 'roll-back', 'pause', 'resume', 'abort'),
  by: Type.String(),
  reason: Type.String(),
  weight: Fraction,
});
export const Rollout = Type.Object({
  id: Id,
  endpointId: Id,
  endpointName: Name,
  state: RolloutState,
  policy: RolloutPolicy,
  stepIndex: Count,
  weight: Fraction,
  champion: Arm,
  challenger: Arm /** e-values against "no harm" and "harm beyond the margin"; 1 / alpha decides. */,
  evidence: Type.Object({
    harm: Type.Number(),
    noHarm: Type.Number(),
    errors: Type.Number(),
    threshold: Type.Number(),
  }),
  decisions: Type.Array(RolloutDecision),
  reason: Type.String(),
  startedAt: Instant,
  endedAt: Nullable(Instant),
  pipelineRunId: Nullable(Id),
});
export type Rollout = Static<typeof Rollout>;

const project = { project: ProjectName };
const endpoint = Type.Object({ ...project, endpoint: Ref });
const resource = { type: 'endpoint', param: 'endpoint' };
const rollout = Type.Object({ ...project, rollout: Id });

export const listEndpoints = operation({
  id: 'listEndpoints',
  method: 'GET',
  path: '/projects/:project/endpoints',
  summary: 'List endpoints',
  tag,
  permission: 'endpoint:read',
  params: Type.Object(project),
  query: Type.Object(PageQuery),
  reply: pageOf(Endpoint),
  audit: false,
  cli: 'endpoints list',
});
export const createEndpoint = operation({
  id: 'createEndpoint',
  method: 'POST',
  path: '/projects/:project/endpoints',
  summary: 'Create an endpoint for a model',
  tag,
  permission: 'endpoint:write',
  status: 201,
  description:
    'Names of endpoints are unique in the instance: the Open Inference Protocol knows no projects. The champion alias of the model is served.',
  params: Type.Object(project),
  body: Strict({
    name: Name,
    model: ModelRef,
    description: Type.Optional(Text),
    unitColumn: Type.Optional(ColumnName),
  }),
  reply: Endpoint,
  errors: ['NAME_TAKEN', 'INVALID_REFERENCE', 'CONFLICT'],
  audit: 'endpoint.create',
  cli: 'endpoints create',
});
export const getEndpoint = operation({
  id: 'getEndpoint',
  method: 'GET',
  path: '/projects/:project/endpoints/:endpoint',
  summary: 'Read one endpoint',
  tag,
  permission: 'endpoint:read',
  params: endpoint,
  resource,
  reply: Endpoint,
  errors: ['NOT_FOUND'],
  audit: false,
  cli: 'endpoints show',
});

const TensorData = Type.Array(Type.Unknown(), { maxItems: 1_000_000 });
export const InferRequest = Type.Object({
  id: Type.Optional(Type.String({ maxLength: 200 })),
  parameters: Type.Optional(Json),
  inputs: Type.Array(
    Type.Object({
      name: ColumnName,
      shape: Type.Array(Type.Integer({ minimum: 0 }), { minItems: 1, maxItems: 8 }),
      datatype: Type.String({ maxLength: 20 }),
      parameters: Type.Optional(Json),
      data: TensorData,
    }),
    { minItems: 1, maxItems: 10_000 },
  ),
  outputs: Type.Optional(Type.Array(Type.Object({ name: ColumnName, parameters: Type.Optional(Json) }))),
});
export type InferRequest = Static<typeof InferRequest>;
/** `parameters.prediction_ids` has one id per row: labels are sent for them. */
export const InferReply = Type.Object({
  model_name: Type.String(),
  model_version: Type.String(),
  id: Type.String(),
  parameters: Json,
  outputs: Type.Array(
    Type.Object({
      name: Type.String(),
      shape: Type.Array(Count),
      datatype: Datatype,
      data: Type.Array(Type.Unknown()),
    }),
  ),
});
export type InferReply = Static<typeof InferReply>;
export const predict = operation({
  id: 'predict',
  method: 'POST',
  path: '/projects/:project/endpoints/:endpoint/infer',
  summary: 'Predict (Open Inference Protocol JSON)',
  tag,
  permission: 'endpoint:predict',
  params: endpoint,
  resource,
  body: InferRequest,
  reply: InferReply,
  errors: ['NOT_FOUND', 'MODEL_NOT_READY', 'OVERLOADED'],
  audit: false,
  cli: 'endpoints predict',
});
export const Label = Strict({
  predictionId: Type.String({ minLength: 1, maxLength: 200 }),
  value: Type.Union([Type.String({ maxLength: 1000 }), Type.Number(), Type.Boolean()]),
  /** When the outcome became known. */ at: Type.Optional(Instant),
});
export const sendLabels = operation({
  id: 'sendLabels',
  method: 'POST',
  path: '/projects/:project/endpoints/:endpoint/labels',
  summary: 'Send true outcomes by prediction id, at any delay',
  tag,
  permission: 'endpoint:label',
  description:
    'The last label of a prediction counts. A label that was sent before with the same value changes nothing. Answered after they are durable.',
  params: endpoint,
  resource,
  body: Strict({ labels: Type.Array(Label, { minItems: 1, maxItems: 10_000 }) }),
  reply: Type.Object({ accepted: Count }),
  status: 202,
  errors: ['NOT_FOUND', 'OVERLOADED', 'STORAGE_FULL'],
  audit: false,
  cli: 'endpoints label',
});
export const listPredictions = operation({
  id: 'listPredictions',
  method: 'GET',
  path: '/projects/:project/endpoints/:endpoint/predictions',
  summary: 'Read the newest captured predictions with their labels',
  tag,
  permission: 'endpoint:read',
  params: endpoint,
  resource,
  query: Type.Object({ limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 50 })) }),
  reply: Type.Object({
    items: Type.Array(
      Type.Object({
        id: Type.String(),
        at: Instant,
        variant: Type.String(),
        modelVersion: Count,
        unit: Type.String(),
        inputs: Json,
        output: Json,
        label: Nullable(Type.Unknown()),
      }),
    ),
  }),
  errors: ['NOT_FOUND'],
  audit: false,
  cli: 'endpoints predictions',
});

export const listRollouts = operation({
  id: 'listRollouts',
  method: 'GET',
  path: '/projects/:project/rollouts',
  summary: 'List rollouts, newest first',
  tag,
  permission: 'endpoint:read',
  params: Type.Object(project),
  query: Type.Object({ ...PageQuery, endpoint: Type.Optional(Ref) }),
  reply: pageOf(Rollout),
  audit: false,
  cli: 'rollouts list',
});
export const getRollout = operation({
  id: 'getRollout',
  method: 'GET',
  path: '/projects/:project/rollouts/:rollout',
  summary: 'Read one rollout',
  tag,
  permission: 'endpoint:read',
  params: rollout,
  reply: Rollout,
  errors: ['NOT_FOUND'],
  audit: false,
  cli: 'rollouts show',
});
export const startRollout = operation({
  id: 'startRollout',
  method: 'POST',
  path: '/projects/:project/endpoints/:endpoint/rollouts',
  summary: 'Start the canary of an approved model version',
  tag,
  permission: 'endpoint:write',
  status: 201,
  params: endpoint,
  resource,
  body: Strict({ modelVersionId: Id, policy: Type.Optional(RolloutPolicy) }),
  reply: Rollout,
  errors: ['NOT_FOUND', 'INVALID_REFERENCE', 'CONFLICT', 'MODEL_REFUSED'],
  audit: 'rollout.start',
  cli: 'endpoints rollout',
});
export const decideRollout = operation({
  id: 'decideRollout',
  method: 'POST',
  path: '/projects/:project/rollouts/:rollout/decision',
  summary: 'Promote, roll back, pause or resume by hand',
  tag,
  permission: 'rollout:decide',
  params: rollout,
  body: Strict({
    decision: OneOf('promote', 'roll-back', 'pause', 'resume'),
    reason: Type.String({ minLength: 1, maxLength: 2000 }),
  }),
  reply: Rollout,
  errors: ['NOT_FOUND', 'CONFLICT'],
  audit: 'rollout.decide',
  cli: 'rollouts decide',
});
export const rollBack = operation({
  id: 'rollBack',
  method: 'POST',
  path: '/projects/:project/endpoints/:endpoint/roll-back',
  summary: 'Go back to the champion before this one',
  tag,
  permission: 'rollout:decide',
  params: endpoint,
  resource,
  body: Strict({ reason: Type.String({ minLength: 1, maxLength: 2000 }) }),
  reply: Endpoint,
  errors: ['NOT_FOUND', 'CONFLICT'],
  audit: 'endpoint.roll-back',
  cli: 'endpoints roll-back',
});
