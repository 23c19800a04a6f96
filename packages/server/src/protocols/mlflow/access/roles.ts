import { type Auth, type Ctx, demand, type Team, type TeamGrant } from '#platform/auth';
import { fail } from '#platform/errors';
import type { MlflowEndpoint } from '../wire/endpoint.ts';
import type { Fields } from '../wire/fields.ts';
import { refuseMissing } from '../wire/refusals.ts';
import { inWords } from './in-words.ts';
import { levelOfGrant } from './levels.ts';
import { grantedRole, type RoleResources } from './role-resources.ts';
import { userNamed } from './users.ts';

const limits = { name: 255, description: 1024 };
type Access = 'access:read' | 'access:write';

/** A role names its workspace: only then it is known where the permission is asked for, and each endpoint asks itself. */
const asking = <A extends Access>(permission: A) => ({ version: '3.0', permission, scope: 'signed-in' }) as const;
export const reading = asking('access:read');
const writing = asking('access:write');

const checkName = (name: string): string => {
  if (name.trim() === '') fail('INVALID_INPUT', 'Role name cannot be empty.');
  if (name.startsWith('__user_'))
    fail(
      'INVALID_INPUT',
      `Role name '${name}' uses the reserved '__user_' prefix, which is held for the per-user permission representation. Choose a different name.`,
    );
  return name;
};

/** Teams with what their members may do, as roles of MLflow. */
export type RoleViews = ReturnType<typeof createRoleViews>;
export const createRoleViews = (auth: Auth, resources: RoleResources) => {
  const grantOnWire = async (ctx: Ctx, team: Team, grant: TeamGrant) => ({
    id: grant.number,
    role_id: grant.team,
    ...(await resources.toWire({ ...ctx, project: team.project }, grant.resource)),
    permission: levelOfGrant(grant),
  });
  return {
    grantOnWire,
    async rolesOnWire(ctx: Ctx, teams: readonly Team[]) {
      const grants = await auth.listTeamGrants(teams.map(({ number }) => number));
      return Promise.all(
        teams.map(async (team) => ({
          id: team.number,
          name: team.name,
          workspace: team.project,
          description: team.description,
          permissions: await Promise.all(
            grants.filter((grant) => grant.team === team.number).map((grant) => grantOnWire(ctx, team, grant)),
          ),
        })),
      );
    },
  };
};

/** Roles of MLflow: what an admin hands out together, within one workspace. They are the teams of a project. */
export const roleEndpoints = (auth: Auth, resources: RoleResources, views: RoleViews): MlflowEndpoint[] => {
  const { grantOnWire, rolesOnWire } = views;
  const onWire = async (ctx: Ctx, team: Team) => (await rolesOnWire(ctx, [team]))[0];

  /** Whoever may not know of all teams is told of none that is not there. */
  const found = async <T>(ctx: Ctx, access: Access, id: number | undefined, field: string, find: () => Promise<T>) => {
    const one = id === undefined ? null : await find();
    if (one === null) demand(ctx.actor, access, { project: null });
    return one ?? (id === undefined ? refuseMissing(field) : null);
  };
  const teamNumbered = async (ctx: Ctx, access: Access, id: number | undefined): Promise<Team> => {
    const team = await found(ctx, access, id, 'role_id', () => auth.findTeam(id as number));
    if (team === null) return fail('NOT_FOUND', `Role with id=${id} not found`);
    const isMember = async () =>
      (await auth.listMemberships(ctx.actor.id)).some(({ team: number }) => number === team.number);
    if (access === 'access:write' || !(await isMember())) demand(ctx.actor, access, { project: team.project });
    return team;
  };
  const teamOf = (input: Fields, ctx: Ctx, access: Access) => teamNumbered(ctx, access, input.integer('role_id'));
  const grantOf = async (input: Fields, ctx: Ctx): Promise<{ team: Team; grant: TeamGrant }> => {
    const id = input.integer('role_permission_id');
    const grant = await found(ctx, 'access:write', id, 'role_permission_id', () => auth.findTeamGrant(id as number));
    if (grant === null) return fail('NOT_FOUND', `Role permission with id=${id} not found`);
    return { grant, team: await teamNumbered(ctx, 'access:write', grant.team) };
  };
  const description = (input: Fields) =>
    input.text('description', { max: limits.description, called: 'Role description' });
  const named = (input: Fields) => input.text('name', { max: limits.name, called: 'Role name' });

  return [
    {
      method: 'POST',
      path: '/roles/create',
      ...writing,
      async handle(input, ctx) {
        const workspace = input.text('workspace') ?? '';
        demand(ctx.actor, 'access:write', { project: workspace === '' ? null : workspace });
        const name = checkName(named(input) ?? refuseMissing('name'));
        if (workspace.trim() === '') fail('INVALID_INPUT', 'Workspace cannot be empty.');
        const team = { project: workspace, name, description: description(input) ?? null };
        const made = await inWords(auth.createTeam(ctx.actor, team, ctx.requestId), {
          NAME_TAKEN: `Role (name=${name}, workspace=${workspace}) already exists.`,
          INVALID_REFERENCE: `Workspace '${workspace}' does not exist.`,
        });
        return { role: await onWire(ctx, made) };
      },
    },
    {
      method: 'GET',
      path: '/roles/get',
      ...reading,
      handle: async (input, ctx) => ({ role: await onWire(ctx, await teamOf(input, ctx, 'access:read')) }),
    },
    {
      method: 'GET',
      path: '/roles/list',
      ...reading,
      async handle(input, ctx) {
        const workspaces = input.texts('workspace');
        if (workspaces.length === 0) demand(ctx.actor, 'access:read', { project: null });
        for (const project of workspaces) demand(ctx.actor, 'access:read', { project });
        return {
          roles: await rolesOnWire(ctx, await auth.listTeams(workspaces.length === 0 ? {} : { projects: workspaces })),
        };
      },
    },
    {
      method: 'PATCH',
      path: '/roles/update',
      ...writing,
      async handle(input, ctx) {
        const team = await teamOf(input, ctx, 'access:write');
        const [name, about] = [named(input), description(input)];
        if (name === undefined && about === undefined)
          fail('INVALID_INPUT', "At least one of 'name' or 'description' must be provided to update a role.");
        const set = {
          ...(name === undefined ? {} : { name: checkName(name) }),
          ...(about === undefined ? {} : { description: about }),
        };
        const updated = await inWords(auth.updateTeam(ctx.actor, team.number, set, ctx.requestId), {
          NAME_TAKEN: `Role with name=${name} already exists in workspace=${team.project}`,
        });
        return { role: await onWire(ctx, updated) };
      },
    },
    {
      method: 'DELETE',
      path: '/roles/delete',
      ...writing,
      async handle(input, ctx) {
        const { number } = await teamOf(input, ctx, 'access:write');
        await auth.deleteTeam(ctx.actor, number, ctx.requestId);
        return {};
      },
    },
    {
      method: 'POST',
      path: '/roles/permissions/add',
      ...writing,
      async handle(input, ctx) {
        const team = await teamOf(input, ctx, 'access:write');
        const [type, pattern] = [input.requiredText('resource_type'), input.requiredText('resource_pattern')];
        const granted = grantedRole(input, type);
        const resource = await resources.fromWire({ ...ctx, project: team.project }, type, pattern);
        const made = await inWords(
          auth.createTeamGrant(ctx.actor, { team: team.number, resource, ...granted }, ctx.requestId),
          {
            NAME_TAKEN: `Role permission (role_id=${team.number}, resource_type=${type}, resource_pattern=${pattern}) already exists.`,
          },
        );
        return { role_permission: await grantOnWire(ctx, team, made) };
      },
    },
    {
      method: 'DELETE',
      path: '/roles/permissions/remove',
      ...writing,
      async handle(input, ctx) {
        const { grant } = await grantOf(input, ctx);
        await auth.deleteTeamGrant(ctx.actor, grant.number, ctx.requestId);
        return {};
      },
    },
    {
      method: 'GET',
      path: '/roles/permissions/list',
      ...reading,
      async handle(input, ctx) {
        const role = await onWire(ctx, await teamOf(input, ctx, 'access:read'));
        return { role_permissions: role?.permissions ?? [] };
      },
    },
    {
      method: 'PATCH',
      path: '/roles/permissions/update',
      ...writing,
      async handle(input, ctx) {
        const { team, grant } = await grantOf(input, ctx);
        const set = grantedRole(input, resources.typeOf(grant));
        const updated = await auth.updateTeamGrant(ctx.actor, grant.number, set, ctx.requestId);
        return { role_permission: await grantOnWire(ctx, team, updated) };
      },
    },
    {
      method: 'POST',
      path: '/roles/assign',
      ...writing,
      async handle(input, ctx) {
        const { number } = await teamOf(input, ctx, 'access:write');
        const user = await userNamed(auth, input.requiredText('username'));
        const made = await inWords(auth.addMember(ctx.actor, number, user.id, ctx.requestId), {
          NAME_TAKEN: `User role assignment (user_id=${user.id}, role_id=${number}) already exists`,
        });
        return { assignment: { id: made.number, user_id: user.id, role_id: number } };
      },
    },
    {
      method: 'DELETE',
      path: '/roles/unassign',
      ...writing,
      async handle(input, ctx) {
        const { number } = await teamOf(input, ctx, 'access:write');
        const user = await userNamed(auth, input.requiredText('username'));
        await inWords(auth.removeMember(ctx.actor, number, user.id, ctx.requestId), {
          NOT_FOUND: `User role assignment (user_id=${user.id}, role_id=${number}) not found`,
        });
        return {};
      },
    },
    {
      method: 'GET',
      path: '/roles/users/list',
      ...reading,
      async handle(input, ctx) {
        const { number } = await teamOf(input, ctx, 'access:read');
        const members = await auth.listMembers(number);
        return {
          assignments: members.map(({ number: id, principalId }) => ({ id, user_id: principalId, role_id: number })),
        };
      },
    },
  ];
};
