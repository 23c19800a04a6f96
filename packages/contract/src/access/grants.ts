import { type Static, Type } from 'typebox';
import { Id, Instant, Nullable, OneOf, PageQuery, ProjectName, Strict, pageOf } from '../fields.ts';
import { operation } from '../operation.ts';
import { roleNames } from '../permissions.ts';
import { tag } from './scope.ts';

export const RoleName = OneOf(...roleNames);

/** `type/id`, by id or name, or `type/*` for all of a type. */
export const GrantedResource = Type.String({ pattern: '^[a-z-]+/([A-Za-z0-9._-]{1,120}|[*])$' });

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
    resource: Type.Optional(GrantedResource),
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
