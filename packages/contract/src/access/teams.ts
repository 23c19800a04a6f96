import { type Static, Type } from 'typebox';
import { Nullable, PageQuery, ProjectName, pageOf } from '../fields.ts';
import { operation } from '../operation.ts';
import { RoleName } from './grants.ts';
import { tag } from './scope.ts';

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
