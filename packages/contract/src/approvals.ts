import { type Static, Type } from 'typebox';
import { Digest, Id, Instant, Nullable, OneOf, PageQuery, ProjectName, Strict, pageOf } from './fields.ts';
import { operation } from './operation.ts';
import { Alias, ModelRef, ModelStage } from './registry.ts';
import { ApprovalRule, ApprovingRole } from './registry-policy.ts';

const tag = 'registry';

const Reason = Type.String({ minLength: 1, maxLength: 2000, pattern: '\\S' });
/** `void`: the files or the signature of the version are others now, or it is deleted. */
export const RequestState = OneOf('open', 'approved', 'rejected', 'withdrawn', 'void', 'expired');
export type RequestState = Static<typeof RequestState>;

/** One person's word on a request. */
export const ApprovalVote = Type.Object({
  by: Type.String(),
  decision: OneOf('approve', 'reject'),
  reason: Type.String(),
  at: Instant,
  /** That the person was granted when they decided. */
  roles: Type.Array(ApprovingRole),
});
export type ApprovalVote = Static<typeof ApprovalVote>;

export const ApprovalComment = Type.Object({ id: Id, by: Type.String(), at: Instant, text: Type.String() });
export type ApprovalComment = Static<typeof ApprovalComment>;

export const ApprovalRequest = Type.Object({
  id: Id,
  modelId: Id,
  modelName: Type.String(),
  modelVersionId: Id,
  number: Type.Integer(),
  /** What happens to the version once the request is approved, beside its approval. */
  alias: Nullable(Type.String()),
  stage: Nullable(ModelStage),
  /** The approval is about the version as it was when this was asked: the digest of its files ... */
  digest: Nullable(Digest),
  /** ... and that of files, signature and source together. */
  boundTo: Digest,
  reason: Type.String(),
  requestedBy: Type.String(),
  requestedAt: Instant,
  expiresAt: Instant,
  state: RequestState,
  closedBy: Nullable(Type.String()),
  closedAt: Nullable(Instant),
  closedReason: Type.String(),
  votes: Type.Array(ApprovalVote),
  /** Every rule that must be met, and how many have approved so far. */
  rules: Type.Array(Type.Object({ ...ApprovalRule.properties, approved: Type.Integer() })),
  /** Whether the caller may decide it now. */
  waitsForMe: Type.Boolean(),
});
export type ApprovalRequest = Static<typeof ApprovalRequest>;
export const ApprovalThread = Type.Object({
  ...ApprovalRequest.properties,
  comments: Type.Array(ApprovalComment),
});
export type ApprovalThread = Static<typeof ApprovalThread>;

const project = { project: ProjectName };
const request = Type.Object({ ...project, request: Id });

export const requestApproval = operation({
  id: 'requestApproval',
  method: 'POST',
  path: '/projects/:project/model-versions/:modelVersion/approval-requests',
  summary: 'Ask for the approval of a model version, or for an alias or a stage that is protected',
  tag,
  permission: 'model:write',
  description:
    'Bound to the files, signature and source of the version as they are now: any change voids it. Once approved, the alias is moved or the stage is set at once.',
  status: 201,
  params: Type.Object({ ...project, modelVersion: Id }),
  body: Strict({ reason: Reason, alias: Type.Optional(Alias), stage: Type.Optional(ModelStage) }),
  reply: ApprovalThread,
  errors: ['NOT_FOUND', 'CONFLICT', 'INVALID_INPUT', 'TESTS_RED'],
  audit: 'approval.request',
  cli: 'model-versions request-approval',
});
export const listApprovalRequests = operation({
  id: 'listApprovalRequests',
  method: 'GET',
  path: '/projects/:project/approval-requests',
  summary: 'List requests for approval, newest first',
  tag,
  permission: 'model:read',
  description: '`waitsForMe`: only open ones that the caller may decide.',
  params: Type.Object(project),
  query: Type.Object({
    ...PageQuery,
    state: Type.Optional(RequestState),
    model: Type.Optional(ModelRef),
    modelVersion: Type.Optional(Id),
    waitsForMe: Type.Optional(Type.Boolean()),
  }),
  reply: pageOf(ApprovalRequest),
  errors: ['NOT_FOUND'],
  audit: false,
  cli: 'approvals list',
});
export const getApprovalRequest = operation({
  id: 'getApprovalRequest',
  method: 'GET',
  path: '/projects/:project/approval-requests/:request',
  summary: 'Read one request for approval with its decisions and comments',
  tag,
  permission: 'model:read',
  params: request,
  reply: ApprovalThread,
  errors: ['NOT_FOUND'],
  audit: false,
  cli: 'approvals show',
});
export const commentOnApproval = operation({
  id: 'commentOnApproval',
  method: 'POST',
  path: '/projects/:project/approval-requests/:request/comments',
  summary: 'Say something about a request for approval',
  tag,
  permission: 'model:comment',
  status: 201,
  params: request,
  body: Strict({ text: Type.String({ minLength: 1, maxLength: 10_000, pattern: '^[^\\u0000]*\\S[^\\u0000]*$' }) }),
  reply: ApprovalThread,
  errors: ['NOT_FOUND'],
  audit: 'approval.comment',
  cli: 'approvals comment',
});
export const decideApprovalRequest = operation({
  id: 'decideApprovalRequest',
  method: 'POST',
  path: '/projects/:project/approval-requests/:request/decisions',
  summary: 'Approve or reject what somebody asked for',
  tag,
  permission: 'model:approve',
  description:
    'Neither who asked nor who registered the version can approve. `digest`: the files that were looked at. The last approval that is needed approves the version, and moves the alias or sets the stage.',
  params: request,
  body: Strict({ decision: OneOf('approve', 'reject'), reason: Reason, digest: Nullable(Digest) }),
  reply: ApprovalThread,
  errors: ['NOT_FOUND', 'SELF_APPROVAL', 'STALE', 'CONFLICT', 'TESTS_RED'],
  audit: 'approval.decide',
  cli: 'approvals decide',
});
export const withdrawApprovalRequest = operation({
  id: 'withdrawApprovalRequest',
  method: 'POST',
  path: '/projects/:project/approval-requests/:request/withdrawal',
  summary: 'Take back what one asked for',
  tag,
  permission: 'model:write',
  params: request,
  body: Strict({ reason: Reason }),
  reply: ApprovalThread,
  errors: ['NOT_FOUND', 'CONFLICT', 'PERMISSION_DENIED'],
  audit: 'approval.withdraw',
  cli: 'approvals withdraw',
});
