import { type Static, Type } from 'typebox';
import { Id, Instant, Nullable, OneOf, PageQuery, ProjectName, Strict, Title, pageOf } from '../fields.ts';
import { operation } from '../operation.ts';
import { permissions } from '../permissions.ts';
import { tag } from './scope.ts';

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
