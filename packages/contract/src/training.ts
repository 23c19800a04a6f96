import { type Static, Type } from 'typebox';
import { ColumnName, Count, Digest, Fraction, Id, Json, Nullable, OneOf, ProjectName, Ref, Strict } from './fields.ts';
import { operation } from './operation.ts';

const tag = 'training';

export const Task = OneOf('classification', 'regression');
export type Task = Static<typeof Task>;
/** Data types of the Open Inference Protocol. */
export const Datatype = OneOf('BOOL', 'INT32', 'INT64', 'FP32', 'FP64', 'BYTES');
export const TensorMeta = Type.Object({
  /** Name in the model's graph. */
  name: Type.String(),
  datatype: Datatype,
  shape: Type.Array(Type.Integer()),
  /** The column fed in, where it is not called like the tensor: a column called `label` meets an output of that name. */
  feature: Type.Optional(Type.String()),
});
export type TensorMeta = Static<typeof TensorMeta>;
/** One input per feature column, shape [-1, 1]. Outputs: `label` and `probabilities`, or `value`. */
export const Signature = Type.Object({
  task: Task,
  target: Type.String(),
  classes: Nullable(Type.Array(Type.String())),
  inputs: Type.Array(TensorMeta),
  outputs: Type.Array(TensorMeta),
});
export type Signature = Static<typeof Signature>;

export const Trainer = Type.Object({ name: Type.String(), task: Task, summary: Type.String(), parameters: Json });
export type Trainer = Static<typeof Trainer>;

/**
 * What to train on what. The last `holdoutFraction` of the rows (in time order; in file order without a time column)
 * is not touched. `windows`: how many of the newest remaining rows to learn from; with several, each is tried and
 * the one with the lowest loss on the newest fifth is refitted. `null` in it means all rows.
 */
export const TrainRequest = Strict({
  datasetVersionId: Id,
  experiment: Ref,
  trainer: Type.String({ maxLength: 60 }),
  target: ColumnName,
  features: Type.Optional(Type.Array(ColumnName, { minItems: 1 })),
  timeColumn: Type.Optional(ColumnName),
  holdoutFraction: Type.Optional(Type.Number({ minimum: 0, maximum: 0.9, default: 0.25 })),
  windows: Type.Optional(Type.Array(Nullable(Type.Integer({ minimum: 20 })), { minItems: 1, maxItems: 10 })),
  parameters: Type.Optional(Json),
  seed: Type.Optional(Type.Integer({ minimum: 0, maximum: 4_294_967_295 })),
});
export type TrainRequest = Static<typeof TrainRequest>;

/** The model file of a training run and where its hold-out begins. */
export const TrainResult = Type.Object({
  runId: Id,
  datasetVersionId: Id,
  modelDigest: Digest,
  modelSizeBytes: Count,
  signature: Signature,
  trainRows: Count,
  holdoutFrom: Count,
  holdoutRows: Count,
  /** Greatest difference between the trainer's own predictions and ONNX Runtime's. */
  maxDifference: Type.Number(),
  droppedRows: Count,
  window: Nullable(Count),
  holdoutFraction: Fraction,
  /** Rows are counted in the order of this column; null: in the order of the file. */
  timeColumn: Nullable(Type.String()),
});
export type TrainResult = Static<typeof TrainResult>;

export const listTrainers = operation({
  id: 'listTrainers',
  method: 'GET',
  path: '/trainers',
  summary: 'List the built-in trainers',
  tag,
  permission: 'signed-in',
  reply: Type.Object({ items: Type.Array(Trainer) }),
  audit: false,
  cli: 'trainers list',
});
export const train = operation({
  id: 'train',
  method: 'POST',
  path: '/projects/:project/train',
  summary: 'Train a model and log it as a run',
  tag,
  permission: 'run:write',
  status: 201,
  params: Type.Object({ project: ProjectName }),
  body: TrainRequest,
  reply: TrainResult,
  errors: ['INVALID_REFERENCE', 'TRAINING_FAILED'],
  audit: 'model.train',
  cli: 'train',
});
