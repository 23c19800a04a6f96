import { type Static, Type } from 'typebox';
import { Count, Digest, Id, Instant, Nullable, OneOf, PageQuery, ProjectName, Strict, Text, pageOf } from './fields.ts';
import { operation } from './operation.ts';
import { Signature } from './training.ts';

const tag = 'registry';

/** Any text that is no path and holds no colon, so that it may stand in `models:/<name>/<version>`. */
export const ModelName = Type.String({
  minLength: 1,
  maxLength: 256,
  pattern: '^(?!\\s*$)(?!\\.$|\\.\\.)[^/:\\u0000]+$',
  description: "Any text without '/' and ':'; at most 256 characters",
});
/** Either an id or a name. A model may be named like the id of another one: the id wins. */
export const ModelRef = Type.String({
  minLength: 1,
  maxLength: 256,
  pattern: '^[^/:\\u0000]+$',
  description: 'Identifier or name',
});

export const ApprovalState = OneOf('pending', 'approved', 'rejected');
/**
 * `automatic`: a green gate approves, in the name of the gate. `manual`: somebody other than the requester must.
 * `none`: a version is approved as it arrives, in the name of who registered it.
 */
export const ApprovalMode = OneOf('automatic', 'manual', 'none');
const Tags = Type.Record(Type.String(), Type.String());
export const Model = Type.Object({
  id: Id,
  name: Type.String(),
  description: Type.String(),
  approval: ApprovalMode,
  owner: Type.String(),
  tags: Tags,
  createdAt: Instant,
  updatedAt: Instant,
  /** The highest number given out; deleted versions count, their numbers are not given out again. */
  versionCount: Count,
  aliases: Type.Record(Type.String(), Type.Object({ versionId: Id, number: Count })),
});
export type Model = Static<typeof Model>;

/** Where a version stands in the old four-stage scheme of MLflow. Nothing here acts on it. */
export const ModelStage = OneOf('None', 'Staging', 'Production', 'Archived');
export type ModelStage = Static<typeof ModelStage>;
export const ModelVersion = Type.Object({
  id: Id,
  modelId: Id,
  modelName: Type.String(),
  number: Count,
  /** `onnx`: one file, trained here; it can be evaluated and served. `mlflow`: the files below `source`. */
  format: OneOf('onnx', 'mlflow'),
  /** Of the file, or of the list of the files below the source; null where those are not kept here. */
  digest: Nullable(Digest),
  sizeBytes: Nullable(Count),
  signature: Nullable(Signature),
  /** Where an MLflow client found its files; null for a version trained here. */
  source: Nullable(Type.String()),
  runId: Nullable(Id),
  /** The run as clients of MLflow name it; it may not be here. */
  namedRun: Nullable(Type.String()),
  /** A page about the run elsewhere, as its client named it. */
  runLink: Type.String(),
  evaluationId: Nullable(Id),
  datasetVersionId: Nullable(Id),
  aliases: Type.Array(Type.String()),
  tags: Tags,
  stage: ModelStage,
  status: OneOf('pending', 'failed', 'ready'),
  note: Type.String(),
  createdBy: Type.String(),
  createdAt: Instant,
  updatedAt: Instant,
  /** Gone from every list since then; what refers to it can still read it. */
  deletedAt: Nullable(Instant),
  approval: Type.Object({
    state: ApprovalState,
    by: Nullable(Type.String()),
    at: Nullable(Instant),
    reason: Type.String(),
    /** The approval holds for this digest only. */ digest: Nullable(Digest),
  }),
  /** How it fared in the tests of its model, of which `revision`; null: it was not put to any. */
  tests: Nullable(
    Type.Object({
      runId: Id,
      revision: Count,
      state: OneOf('queued', 'green', 'red'),
      digest: Nullable(Digest),
      at: Instant,
    }),
  ),
});
export type ModelVersion = Static<typeof ModelVersion>;

const project = { project: ProjectName };
const model = Type.Object({ ...project, model: ModelRef });
const resource = { type: 'model', param: 'model' };
const version = Type.Object({ ...project, modelVersion: Id });
/** `latest` and `v3` would read like versions. */
export const Alias = Type.String({
  maxLength: 255,
  pattern: '^(?![lL][aA][tT][eE][sS][tT]$)(?![vV][0-9]+$)[\\p{L}\\p{N}_-]+$',
  description: 'Letters, digits, hyphens and underscores; not `latest` and not `v1`, `v2` ...',
});
/** null removes the tag. */
const TagChanges = Type.Record(Type.String(), Nullable(Type.String({ maxLength: 100_000 })));

export const listModels = operation({
  id: 'listModels',
  method: 'GET',
  path: '/projects/:project/models',
  summary: 'List models',
  tag,
  permission: 'model:read',
  params: Type.Object(project),
  query: Type.Object(PageQuery),
  reply: pageOf(Model),
  audit: false,
  cli: 'models list',
});
export const createModel = operation({
  id: 'createModel',
  method: 'POST',
  path: '/projects/:project/models',
  summary: 'Create a model',
  tag,
  permission: 'model:write',
  status: 201,
  params: Type.Object(project),
  body: Strict({ name: ModelName, description: Type.Optional(Text), approval: Type.Optional(ApprovalMode) }),
  reply: Model,
  errors: ['NAME_TAKEN'],
  audit: 'model.create',
  cli: 'models create',
});
export const getModel = operation({
  id: 'getModel',
  method: 'GET',
  path: '/projects/:project/models/:model',
  summary: 'Read one model',
  tag,
  permission: 'model:read',
  params: model,
  resource,
  reply: Model,
  errors: ['NOT_FOUND'],
  audit: false,
  cli: 'models show',
});
export const updateModel = operation({
  id: 'updateModel',
  method: 'PATCH',
  path: '/projects/:project/models/:model',
  summary: 'Rename a model, describe it, tag it, or change who approves its versions',
  tag,
  permission: 'model:write',
  description: 'Who approves is changed only by somebody who may approve.',
  params: model,
  resource,
  body: Strict({
    name: Type.Optional(ModelName),
    description: Type.Optional(Text),
    approval: Type.Optional(ApprovalMode),
    tags: Type.Optional(TagChanges),
  }),
  reply: Model,
  errors: ['NOT_FOUND', 'NAME_TAKEN'],
  audit: 'model.update',
  cli: 'models update',
});
export const deleteModel = operation({
  id: 'deleteModel',
  method: 'DELETE',
  path: '/projects/:project/models/:model',
  summary: 'Delete a model with its versions and aliases',
  tag,
  permission: 'model:write',
  description: 'Its name is free again. Endpoints go on serving the versions they serve.',
  params: model,
  resource,
  status: 204,
  errors: ['NOT_FOUND'],
  audit: 'model.delete',
  cli: 'models delete',
});
export const listModelVersions = operation({
  id: 'listModelVersions',
  method: 'GET',
  path: '/projects/:project/models/:model/versions',
  summary: 'List the versions of a model, newest first',
  tag,
  permission: 'model:read',
  params: model,
  resource,
  query: Type.Object(PageQuery),
  reply: pageOf(ModelVersion),
  errors: ['NOT_FOUND'],
  audit: false,
  cli: 'models versions',
});
export const registerVersion = operation({
  id: 'registerVersion',
  method: 'POST',
  path: '/projects/:project/models/:model/versions',
  summary: 'Register the model of a training run as a new version',
  tag,
  permission: 'model:write',
  status: 201,
  params: model,
  resource,
  body: Strict({ runId: Id, evaluationId: Type.Optional(Id), note: Type.Optional(Text) }),
  reply: ModelVersion,
  errors: ['NOT_FOUND', 'INVALID_REFERENCE', 'MODEL_REFUSED'],
  audit: 'model-version.create',
  cli: 'models register',
});
export const getModelVersion = operation({
  id: 'getModelVersion',
  method: 'GET',
  path: '/projects/:project/model-versions/:modelVersion',
  summary: 'Read one model version',
  tag,
  permission: 'model:read',
  params: version,
  reply: ModelVersion,
  errors: ['NOT_FOUND'],
  audit: false,
  cli: 'model-versions show',
});
export const updateModelVersion = operation({
  id: 'updateModelVersion',
  method: 'PATCH',
  path: '/projects/:project/model-versions/:modelVersion',
  summary: 'Describe a model version, tag it, or set its stage',
  tag,
  permission: 'model:write',
  params: version,
  body: Strict({
    note: Type.Optional(Text),
    stage: Type.Optional(ModelStage),
    tags: Type.Optional(TagChanges),
  }),
  reply: ModelVersion,
  errors: ['NOT_FOUND', 'CONFLICT', 'TESTS_RED'],
  audit: 'model-version.update',
  cli: 'model-versions update',
});
export const deleteModelVersion = operation({
  id: 'deleteModelVersion',
  method: 'DELETE',
  path: '/projects/:project/model-versions/:modelVersion',
  summary: 'Delete a model version and the aliases that point at it',
  tag,
  permission: 'model:write',
  description: 'Its number is not given out again. Endpoints go on serving it where they do.',
  params: version,
  status: 204,
  errors: ['NOT_FOUND'],
  audit: 'model-version.delete',
  cli: 'model-versions delete',
});
export const downloadModel = operation({
  id: 'downloadModel',
  method: 'GET',
  path: '/projects/:project/model-versions/:modelVersion/content',
  summary: 'Download the model file, verified',
  tag,
  permission: 'model:read',
  params: version,
  replyKind: 'stream',
  errors: ['NOT_FOUND', 'MODEL_REFUSED', 'RANGE_UNSATISFIABLE'],
  audit: false,
});
export const decideApproval = operation({
  id: 'decideApproval',
  method: 'POST',
  path: '/projects/:project/model-versions/:modelVersion/approval',
  summary: 'Approve or reject a model version',
  tag,
  permission: 'model:approve',
  params: version,
  body: Strict({
    decision: OneOf('approve', 'reject'),
    reason: Type.String({ minLength: 1, maxLength: 2000 }),
    digest: Nullable(Digest),
  }),
  reply: ModelVersion,
  errors: ['NOT_FOUND', 'SELF_APPROVAL', 'STALE', 'CONFLICT', 'TESTS_RED'],
  audit: 'model-version.decide',
  cli: 'model-versions decide',
});
export const setAlias = operation({
  id: 'setAlias',
  method: 'PUT',
  path: '/projects/:project/models/:model/aliases/:alias',
  summary: 'Point an alias at a version',
  tag,
  permission: 'model:approve',
  description:
    '`champion` and `challenger` must point at approved versions. A policy may protect more aliases, and leave them to some roles.',
  params: Type.Object({ ...project, model: ModelRef, alias: Alias }),
  resource,
  body: Strict({ versionId: Id }),
  reply: Model,
  errors: ['NOT_FOUND', 'INVALID_REFERENCE', 'CONFLICT', 'TESTS_RED'],
  audit: 'alias.set',
  cli: 'models alias',
});
export const deleteAlias = operation({
  id: 'deleteAlias',
  method: 'DELETE',
  path: '/projects/:project/models/:model/aliases/:alias',
  summary: 'Remove an alias',
  tag,
  permission: 'model:approve',
  params: Type.Object({ ...project, model: ModelRef, alias: Alias }),
  resource,
  reply: Model,
  errors: ['NOT_FOUND'],
  audit: 'alias.delete',
  cli: 'models unalias',
});
