import { type Static, Type } from 'typebox';
import { Nullable, PageQuery, ProjectName, Strict, Title, pageOf } from '../fields.ts';
import { operation } from '../operation.ts';
import { GrantedResource, RoleName } from './grants.ts';
import { tag } from './scope.ts';

const TeamId = Type.String({ pattern: '^[0-9]{1,15}$' });
const team = Type.Object({ team: TeamId });
const Description = Type.String({ maxLength: 1000 });

/** Roles in one project that are handed out together: members have all of them. */
export const Team = Type.Object({
  id: TeamId,
  project: ProjectName,
  name: Type.String(),
  description: Nullable(Type.String()),
  /** `resource` is `type/id`, `type/*` for all of a type, or null for the whole project. */
  grants: Type.Array(Type.Object({ id: TeamId, role: RoleName, resource: Nullable(Type.String()) })),
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

export const createTeam = operation({
  id: 'createTeam',
  method: 'POST',
  path: '/teams',
  summary: 'Make a team in a project; it gives nothing yet',
  tag,
  permission: 'access:write',
  status: 201,
  body: Strict({ project: ProjectName, name: Title, description: Type.Optional(Description) }),
  reply: Team,
  errors: ['NAME_TAKEN', 'INVALID_REFERENCE'],
  audit: 'team.create',
  cli: 'teams create',
});
export const updateTeam = operation({
  id: 'updateTeam',
  method: 'PATCH',
  path: '/teams/:team',
  summary: 'Rename a team or describe it',
  tag,
  permission: 'access:write',
  params: team,
  body: Strict({ name: Type.Optional(Title), description: Type.Optional(Description) }),
  reply: Team,
  errors: ['NOT_FOUND', 'NAME_TAKEN'],
  audit: 'team.update',
  cli: 'teams update',
});
export const deleteTeam = operation({
  id: 'deleteTeam',
  method: 'DELETE',
  path: '/teams/:team',
  summary: 'Delete a team: its members lose what it gave',
  tag,
  permission: 'access:write',
  status: 204,
  params: team,
  errors: ['NOT_FOUND'],
  audit: 'team.delete',
  cli: 'teams delete',
});
export const createTeamGrant = operation({
  id: 'createTeamGrant',
  method: 'POST',
  path: '/teams/:team/grants',
  summary: 'Give a role to all members of a team, in its project or on one resource of it',
  tag,
  permission: 'access:write',
  status: 201,
  params: team,
  body: Strict({ role: RoleName, resource: Type.Optional(GrantedResource) }),
  reply: Team,
  errors: ['NOT_FOUND', 'NAME_TAKEN', 'INVALID_REFERENCE', 'CONFLICT'],
  audit: 'team.grant',
  cli: 'teams grant',
});
export const deleteTeamGrant = operation({
  id: 'deleteTeamGrant',
  method: 'DELETE',
  path: '/teams/:team/grants/:number',
  summary: 'Take a role from a team',
  tag,
  permission: 'access:write',
  status: 204,
  params: Type.Object({ team: TeamId, number: TeamId }),
  errors: ['NOT_FOUND'],
  audit: 'team.revoke',
  cli: 'teams revoke',
});
export const addTeamMember = operation({
  id: 'addTeamMember',
  method: 'POST',
  path: '/teams/:team/members',
  summary: 'Make an account a member of a team',
  tag,
  permission: 'access:write',
  status: 201,
  params: team,
  body: Strict({ principal: Type.String({ maxLength: 160 }) }),
  reply: Team,
  errors: ['NOT_FOUND', 'NAME_TAKEN', 'INVALID_REFERENCE', 'CONFLICT'],
  audit: 'team.add-member',
  cli: 'teams add-member',
});
export const removeTeamMember = operation({
  id: 'removeTeamMember',
  method: 'DELETE',
  path: '/teams/:team/members/:principal',
  summary: 'Take an account out of a team',
  tag,
  permission: 'access:write',
  status: 204,
  params: Type.Object({ team: TeamId, principal: Type.String({ maxLength: 160 }) }),
  errors: ['NOT_FOUND', 'INVALID_REFERENCE'],
  audit: 'team.remove-member',
  cli: 'teams remove-member',
});
