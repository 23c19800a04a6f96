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
  Strict,
  Text,
  Title,
  pageOf,
} from './fields.ts';
import { operation } from './operation.ts';
import { permissions, roleNames } from './permissions.ts';

const tag = 'access';
export const RoleName = OneOf(...roleNames);
export const PrincipalKind = OneOf('user', 'service', 'local-owner');

export const Principal = Type.Object({
  id: Type.String(),
  kind: PrincipalKind,
  name: Type.String(),
  state: OneOf('active', 'disabled'),
  createdAt: Instant,
});
export type Principal = Static<typeof Principal>;

/** A role on the instance (`project` null), on a project, or on one resource of it (`resource` is `type/id`). */
export const Grant = Type.Object({
  id: Id,
  principalId: Type.String(),
  principalName: Type.String(),
  role: RoleName,
  project: Nullable(ProjectName),
  resource: Nullable(Type.String()),
  createdAt: Instant,
});
export type Grant = Static<typeof Grant>;

/** Roles in one project that are handed out together: members have all of them. */
export const Team = Type.Object({
  id: Type.String(),
  project: ProjectName,
  name: Type.String(),
  description: Nullable(Type.String()),
  /** `resource` is `type/id`, `type/*` for all of a type, or null for the whole project. */
  grants: Type.Array(Type.Object({ role: RoleName, resource: Nullable(Type.String()) })),
  members: Type.Array(Type.Object({ principalId: Type.String(), principalName: Type.String() })),
});
export type Team = Static<typeof Team>;

export const Token = Type.Object({
  id: Id,
  principalId: Type.String(),
  name: Type.String(),
  /** The first characters, so that a person can tell tokens apart. */
  hint: Type.String(),
  permissions: Nullable(Type.Array(OneOf(...permissions))),
  project: Nullable(ProjectName),
  createdAt: Instant,
  expiresAt: Instant,
  lastUsedAt: Nullable(Instant),
  revokedAt: Nullable(Instant),
});
export type Token = Static<typeof Token>;

export const Me = Type.Object({
  principal: Principal,
  grants: Type.Array(Grant),
  /** How this request was recognised. */
  via: OneOf('session', 'token', 'password', 'loopback'),
});
export type Me = Static<typeof Me>;

export const Project = Type.Object({
  id: Id,
  name: ProjectName,
  title: Type.String(),
  description: Type.String(),
  createdAt: Instant,
});
export type Project = Static<typeof Project>;

export const AuditRow = Type.Object({
  seq: Count,
  at: Instant,
  actorId: Type.String(),
  actorName: Type.String(),
  verb: Type.String(),
  project: Nullable(Type.String()),
  resourceType: Type.String(),
  resourceId: Type.String(),
  requestId: Type.String(),
  detail: Json,
  previousHash: Type.String(),
  hash: Type.String(),
});
export type AuditRow = Static<typeof AuditRow>;

const passwordLength = { minLength: 12, maxLength: 500 };
const Password = Type.String(passwordLength);
/** For protocols, which read passwords by themselves. */
export const isPassword = ({ length }: string): boolean =>
  length >= passwordLength.minLength && length <= passwordLength.maxLength;
const principal = Type.Object({ principal: Type.String({ maxLength: 160 }) });

export const signIn = operation({
  id: 'signIn',
  method: 'POST',
  path: '/session',
  summary: 'Sign in',
  tag,
  permission: 'public',
  cli: 'session start',
  body: Strict({ name: Type.String({ maxLength: 120 }), password: Type.String({ maxLength: 500 }) }),
  reply: Me,
  errors: ['SIGN_IN_FAILED', 'TOO_MANY_REQUESTS'],
  audit: 'session.start',
});
export const signOut = operation({
  id: 'signOut',
  method: 'DELETE',
  path: '/session',
  summary: 'Sign out',
  tag,
  permission: 'signed-in',
  status: 204,
  audit: 'session.end',
});
export const getMe = operation({
  id: 'getMe',
  method: 'GET',
  path: '/me',
  summary: 'Who am I and what may I do',
  tag,
  permission: 'signed-in',
  reply: Me,
  audit: false,
  cli: 'me',
});

export const listPrincipals = operation({
  id: 'listPrincipals',
  method: 'GET',
  path: '/principals',
  summary: 'List users and service accounts',
  tag,
  permission: 'access:read',
  query: Type.Object(PageQuery),
  reply: pageOf(Principal),
  audit: false,
  cli: 'users list',
});
export const createUser = operation({
  id: 'createUser',
  method: 'POST',
  path: '/users',
  summary: 'Create a user',
  tag,
  permission: 'access:write',
  status: 201,
  body: Strict({ name: Name, password: Password }),
  reply: Principal,
  errors: ['NAME_TAKEN'],
  audit: 'user.create',
  cli: 'users create',
});
export const createServiceAccount = operation({
  id: 'createServiceAccount',
  method: 'POST',
  path: '/service-accounts',
  summary: 'Create a service account',
  tag,
  status: 201,
  permission: 'access:write',
  body: Strict({ name: Name }),
  reply: Principal,
  errors: ['NAME_TAKEN'],
  audit: 'service-account.create',
  cli: 'service-accounts create',
});
export const setPrincipalState = operation({
  id: 'setPrincipalState',
  method: 'PUT',
  path: '/principals/:principal/state',
  summary: 'Disable or enable an account',
  tag,
  permission: 'access:write',
  params: principal,
  body: Strict({ state: OneOf('active', 'disabled') }),
  reply: Principal,
  errors: ['NOT_FOUND', 'CONFLICT'],
  audit: 'principal.set-state',
  cli: 'users set-state',
});
export const setPassword = operation({
  id: 'setPassword',
  method: 'PUT',
  path: '/me/password',
  summary: 'Change my password',
  tag,
  permission: 'signed-in',
  status: 204,
  body: Strict({ current: Type.String({ maxLength: 500 }), next: Password }),
  errors: ['SIGN_IN_FAILED', 'CONFLICT'],
  audit: 'password.change',
});

export const listTokens = operation({
  id: 'listTokens',
  method: 'GET',
  path: '/tokens',
  summary: 'List API tokens (admins: of everybody)',
  tag,
  permission: 'signed-in',
  query: Type.Object(PageQuery),
  reply: pageOf(Token),
  audit: false,
  cli: 'tokens list',
});
export const createToken = operation({
  id: 'createToken',
  method: 'POST',
  path: '/tokens',
  summary: 'Create an API token; its secret is shown once',
  tag,
  status: 201,
  description:
    'A token never allows more than its owner. It may be narrowed to permissions and to one project. The default life is 90 days.',
  permission: 'signed-in',
  body: Strict({
    name: Title,
    principal: Type.Optional(
      Type.String({ maxLength: 160, description: 'Whose token: a service account by name or id; needs access:write' }),
    ),
    permissions: Type.Optional(Type.Array(OneOf(...permissions), { minItems: 1 })),
    project: Type.Optional(ProjectName),
    expiresInDays: Type.Optional(Type.Integer({ minimum: 1, maximum: 3650, default: 90 })),
  }),
  reply: Type.Object({ token: Token, secret: Type.String() }),
  errors: ['INVALID_REFERENCE'],
  audit: 'token.create',
  cli: 'tokens create',
});
export const revokeToken = operation({
  id: 'revokeToken',
  method: 'DELETE',
  path: '/tokens/:token',
  summary: 'Revoke an API token',
  tag,
  permission: 'signed-in',
  status: 204,
  params: Type.Object({ token: Id }),
  errors: ['NOT_FOUND'],
  audit: 'token.revoke',
  cli: 'tokens revoke',
});

export const listGrants = operation({
  id: 'listGrants',
  method: 'GET',
  path: '/grants',
  summary: 'List who has which role where',
  tag,
  permission: 'access:read',
  query: Type.Object(PageQuery),
  reply: pageOf(Grant),
  audit: false,
  cli: 'grants list',
});
export const createGrant = operation({
  id: 'createGrant',
  method: 'POST',
  path: '/grants',
  summary: 'Grant a role',
  tag,
  permission: 'access:write',
  status: 201,
  body: Strict({
    principal: Type.String({ maxLength: 160 }),
    role: RoleName,
    project: Type.Optional(ProjectName),
    resource: Type.Optional(Type.String({ pattern: '^[a-z-]+/([A-Za-z0-9._-]{1,120}|[*])$' })),
  }),
  reply: Grant,
  errors: ['INVALID_REFERENCE', 'CONFLICT'],
  audit: 'grant.create',
  cli: 'grants create',
});
export const deleteGrant = operation({
  id: 'deleteGrant',
  method: 'DELETE',
  path: '/grants/:grant',
  summary: 'Take a role back',
  tag,
  permission: 'access:write',
  status: 204,
  params: Type.Object({ grant: Id }),
  errors: ['NOT_FOUND', 'CONFLICT'],
  audit: 'grant.delete',
  cli: 'grants delete',
});

export const listTeams = operation({
  id: 'listTeams',
  method: 'GET',
  path: '/teams',
  summary: 'List teams: roles that are handed out together, and to whom. MLflow knows them as roles',
  tag,
  permission: 'access:read',
  query: Type.Object(PageQuery),
  reply: pageOf(Team),
  audit: false,
  cli: 'teams list',
});

export const listProjects = operation({
  id: 'listProjects',
  method: 'GET',
  path: '/projects',
  summary: 'List the projects I may see',
  tag,
  permission: 'signed-in',
  query: Type.Object(PageQuery),
  reply: pageOf(Project),
  audit: false,
  cli: 'projects list',
});
export const getProject = operation({
  id: 'getProject',
  method: 'GET',
  path: '/projects/:project',
  summary: 'Read one project',
  tag,
  permission: 'project:read',
  params: Type.Object({ project: ProjectName }),
  reply: Project,
  errors: ['NOT_FOUND'],
  audit: false,
  cli: 'projects show',
});
export const createProject = operation({
  id: 'createProject',
  method: 'POST',
  path: '/projects',
  summary: 'Create a project',
  tag,
  permission: 'project:write',
  status: 201,
  body: Strict({ name: ProjectName, title: Type.Optional(Title), description: Type.Optional(Text) }),
  reply: Project,
  errors: ['NAME_TAKEN'],
  audit: 'project.create',
  cli: 'projects create',
});

export const updateProject = operation({
  id: 'updateProject',
  method: 'PATCH',
  path: '/projects/:project',
  summary: 'Change the title or the description of a project',
  tag,
  permission: 'project:write',
  params: Type.Object({ project: ProjectName }),
  body: Strict({ title: Type.Optional(Title), description: Type.Optional(Text) }),
  reply: Project,
  errors: ['NOT_FOUND'],
  audit: 'project.update',
  cli: 'projects update',
});

export const listAudit = operation({
  id: 'listAudit',
  method: 'GET',
  path: '/audit',
  summary: 'Read the audit trail, newest first',
  tag,
  permission: 'audit:read',
  query: Type.Object({
    ...PageQuery,
    project: Type.Optional(ProjectName),
    resourceType: Type.Optional(Type.String({ maxLength: 60 })),
    resourceId: Type.Optional(Type.String({ maxLength: 160 })),
  }),
  reply: pageOf(AuditRow),
  audit: false,
  cli: 'audit list',
});
export const AuditVerdict = Type.Object({
  intact: Type.Boolean(),
  rows: Count,
  headSeq: Count,
  headHash: Nullable(Type.String()),
  problems: Type.Array(Type.Object({ seq: Count, problem: Type.String() })),
});
export type AuditVerdict = Static<typeof AuditVerdict>;
export const verifyAudit = operation({
  id: 'verifyAudit',
  method: 'GET',
  path: '/audit/verdict',
  summary: 'Check the hash chain of the audit trail',
  tag,
  permission: 'audit:read',
  reply: AuditVerdict,
  audit: false,
});
export const exportAudit = operation({
  id: 'exportAudit',
  method: 'GET',
  path: '/audit/export',
  summary: 'Export the audit trail as JSON lines with a sealed head',
  tag,
  permission: 'audit:read',
  replyKind: 'stream',
  audit: false,
});
/** The trail of one object, for anybody who may read the project. */
export const listActivity = operation({
  id: 'listActivity',
  method: 'GET',
  path: '/projects/:project/activity',
  summary: 'What happened in a project or to one object, newest first',
  tag,
  permission: 'project:read',
  params: Type.Object({ project: ProjectName }),
  query: Type.Object({
    ...PageQuery,
    resourceType: Type.Optional(Type.String({ maxLength: 60 })),
    resourceId: Type.Optional(Type.String({ maxLength: 160 })),
  }),
  reply: pageOf(AuditRow),
  audit: false,
  cli: 'activity list',
});
