import { type Static, Type } from 'typebox';
import { Instant, Nullable, OneOf, ProjectName, Strict } from './fields.ts';
import { operation } from './operation.ts';
import { ModelRef } from './registry.ts';

const tag = 'registry';

/** Who counts for a rule: somebody granted that role (or admin); null: whoever has the permission to approve. */
export const ApprovingRole = OneOf('approver', 'admin');
export type ApprovingRole = Static<typeof ApprovingRole>;

/** So many different people of a role approve. One person counts for every rule that their roles fit. */
export const ApprovalRule = Strict({
  role: Nullable(ApprovingRole),
  count: Type.Integer({ minimum: 1, maximum: 10 }),
});
export type ApprovalRule = Static<typeof ApprovalRule>;

/** Aliases or stages that only some may move. */
export const Protection = Strict({
  kind: OneOf('alias', 'stage'),
  pattern: Type.String({
    pattern: '^[\\p{L}\\p{N}_*-]{1,255}$',
    description: 'Letters, digits, hyphens and underscores; `*` stands for any of them',
  }),
  /** null: whoever may move aliases at all. */
  role: Nullable(ApprovingRole),
  /** Only approved versions may be put there. */
  approvedOnly: Type.Boolean(),
});
export type Protection = Static<typeof Protection>;

export const RegistryPolicy = Strict({
  /** Empty: one approval by anybody who may approve. */
  approvals: Type.Array(ApprovalRule, { maxItems: 5 }),
  protections: Type.Array(Protection, { maxItems: 50 }),
  /** A request that nobody decided for so long expires. */
  requestDays: Type.Integer({ minimum: 1, maximum: 365 }),
});
export type RegistryPolicy = Static<typeof RegistryPolicy>;

export const PolicyView = Type.Object({
  /** What was set here; null: nothing. */
  own: Nullable(RegistryPolicy),
  /** What holds: protections of project and model together; the rest is the model's own, else the project's. */
  effective: RegistryPolicy,
  updatedBy: Nullable(Type.String()),
  updatedAt: Nullable(Instant),
});
export type PolicyView = Static<typeof PolicyView>;

const project = { project: ProjectName };
const model = Type.Object({ ...project, model: ModelRef });
const resource = { type: 'model', param: 'model' };

export const getRegistryPolicy = operation({
  id: 'getRegistryPolicy',
  method: 'GET',
  path: '/projects/:project/registry-policy',
  summary: 'Read which approvals a project asks for, and which aliases and stages it protects',
  tag,
  permission: 'model:read',
  params: Type.Object(project),
  reply: PolicyView,
  audit: false,
  cli: 'registry policy',
});
export const setRegistryPolicy = operation({
  id: 'setRegistryPolicy',
  method: 'PUT',
  path: '/projects/:project/registry-policy',
  summary: 'Set which approvals a project asks for, and which aliases and stages it protects',
  tag,
  permission: 'model:protect',
  params: Type.Object(project),
  body: RegistryPolicy,
  reply: PolicyView,
  audit: 'registry.protect',
  cli: 'registry protect',
});
export const getModelPolicy = operation({
  id: 'getModelPolicy',
  method: 'GET',
  path: '/projects/:project/models/:model/policy',
  summary: 'Read which approvals a model asks for, and which of its aliases and stages are protected',
  tag,
  permission: 'model:read',
  params: model,
  resource,
  reply: PolicyView,
  errors: ['NOT_FOUND'],
  audit: false,
  cli: 'models policy',
});
export const setModelPolicy = operation({
  id: 'setModelPolicy',
  method: 'PUT',
  path: '/projects/:project/models/:model/policy',
  summary: 'Set which approvals a model asks for, and which of its aliases and stages are protected',
  tag,
  permission: 'model:protect',
  description: 'What the project protects stays protected.',
  params: model,
  resource,
  body: RegistryPolicy,
  reply: PolicyView,
  errors: ['NOT_FOUND'],
  audit: 'model.protect',
  cli: 'models protect',
});
export const deleteModelPolicy = operation({
  id: 'deleteModelPolicy',
  method: 'DELETE',
  path: '/projects/:project/models/:model/policy',
  summary: 'Leave a model to the policy of its project',
  tag,
  permission: 'model:protect',
  params: model,
  resource,
  reply: PolicyView,
  errors: ['NOT_FOUND'],
  audit: 'model.protect',
  cli: 'models unprotect',
});
