import { type Static, Type } from 'typebox';
import {
  Count,
  Digest,
  Id,
  Instant,
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
import { Signature } from './training.ts';

const tag = 'registry';

export const ApprovalState = OneOf('pending', 'approved', 'rejected');
/** `automatic`: a green gate approves, in the name of the gate. `manual`: somebody other than the requester must. */
export const ApprovalMode = OneOf('automatic', 'manual');
export const Model = Type.Object({
  id: Id,
  name: Name,
  description: Type.String(),
  approval: ApprovalMode,
  owner: Type.String(),
  createdAt: Instant,
  updatedAt: Instant,
  versionCount: Count,
  aliases: Type.Record(Type.String(), Type.Object({ versionId: Id, number: Count })),
});
export type Model = Static<typeof Model>;

export const ModelVersion = Type.Object({
  id: Id,
  modelId: Id,
  modelName: Name,
  number: Count,
  digest: Digest,
  sizeBytes: Count,
  signature: Signature,
  runId: Nullable(Id),
  evaluationId: Nullable(Id),
  datasetVersionId: Nullable(Id),
  aliases: Type.Array(Type.String()),
  note: Type.String(),
  createdBy: Type.String(),
  createdAt: Instant,
  approval: Type.Object({
    state: ApprovalState,
    by: Nullable(Type.String()),
    at: Nullable(Instant),
    reason: Type.String(),
    /** The approval holds for this digest only. */ digest: Nullable(Digest),
  }),
});
export type ModelVersion = Static<typeof ModelVersion>;

const project = { project: ProjectName };
const model = Type.Object({ ...project, model: Ref });
const resource = { type: 'model', param: 'model' };
const version = Type.Object({ ...project, modelVersion: Id });
const Alias = Type.String({ pattern: '^[a-z][a-z0-9_-]{0,62}$' });

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
  body: Strict({ name: Name, description: Type.Optional(Text), approval: Type.Optional(ApprovalMode) }),
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
export const downloadModel = operation({
  id: 'downloadModel',
  method: 'GET',
  path: '/projects/:project/model-versions/:modelVersion/content',
  summary: 'Download the model file, verified',
  tag,
  permission: 'model:read',
  params: version,
  replyKind: 'stream',
  errors: ['NOT_FOUND', 'RANGE_UNSATISFIABLE'],
  audit: false,
  cli: 'model-versions download',
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
    digest: Digest,
  }),
  reply: ModelVersion,
  errors: ['NOT_FOUND', 'SELF_APPROVAL', 'STALE', 'CONFLICT'],
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
  description: '`champion` and `challenger` must point at approved versions.',
  params: Type.Object({ ...project, model: Ref, alias: Alias }),
  resource,
  body: Strict({ versionId: Id }),
  reply: Model,
  errors: ['NOT_FOUND', 'INVALID_REFERENCE', 'CONFLICT'],
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
  params: Type.Object({ ...project, model: Ref, alias: Alias }),
  resource,
  reply: Model,
  errors: ['NOT_FOUND'],
  audit: 'alias.delete',
  cli: 'models unalias',
});
