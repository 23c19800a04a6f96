import { type Auth, type Ctx, demand, mayDo, type Team } from '#platform/auth';
import type { MlflowEndpoint } from '../wire/endpoint.ts';
import type { Fields } from '../wire/fields.ts';
import { levelOfRole } from './levels.ts';
import type { RoleResources } from './role-resources.ts';
import { reading, type RoleViews } from './roles.ts';
import { userNamed } from './users.ts';

/** What a user may do, by roles and by what was given to them alone; to themselves, and to admins of where it is. */
export const heldRoleEndpoints = (
  auth: Auth,
  resources: RoleResources,
  { rolesOnWire }: RoleViews,
): MlflowEndpoint[] => {
  const isSeen = (ctx: Ctx, userId: string, project: string): boolean =>
    ctx.actor.id === userId || mayDo(ctx.actor, 'access:read', { project });
  /** An admin of the project asked in sees what is of projects where they are one; others see nobody but themselves. */
  const userOf = async (input: Fields, ctx: Ctx) => {
    const name = input.requiredText('username');
    if (name !== ctx.actor.name && !mayDo(ctx.actor, 'access:read', { project: ctx.project }))
      demand(ctx.actor, 'access:read', { project: null });
    return userNamed(auth, name);
  };
  const teamsOf = async (ctx: Ctx, userId: string): Promise<Team[]> => {
    const numbers = (await auth.listMemberships(userId)).map(({ team }) => team);
    return (await auth.listTeams({ numbers })).filter(({ project }) => isSeen(ctx, userId, project));
  };
  const held = async (ctx: Ctx, userId: string) => {
    const ofRoles = (await rolesOnWire(ctx, await teamsOf(ctx, userId))).flatMap((role) =>
      role.permissions.map(({ resource_type, resource_pattern, permission }) => ({
        role_id: role.id,
        role_name: role.name,
        workspace: role.workspace,
        resource_type,
        resource_pattern,
        permission,
      })),
    );
    const own = (await auth.grantsHeld(userId)).flatMap(({ project, resource, role }) =>
      project === null || !isSeen(ctx, userId, project) ? [] : [{ project, resource: resource ?? '*', role }],
    );
    const ofTheirOwn = own.map(async ({ project, resource, role }) => ({
      role_id: 0,
      role_name: `__user_${userId}__`,
      workspace: project,
      ...(await resources.toWire({ ...ctx, project }, resource)),
      permission: levelOfRole[role],
    }));
    return { is_admin: await auth.isAdmin(userId), permissions: [...ofRoles, ...(await Promise.all(ofTheirOwn))] };
  };
  return [
    {
      method: 'GET',
      path: '/users/roles/list',
      ...reading,
      async handle(input, ctx) {
        const { id } = await userOf(input, ctx);
        return { roles: await rolesOnWire(ctx, await teamsOf(ctx, id)) };
      },
    },
    {
      method: 'GET',
      path: '/users/permissions/list',
      ...reading,
      handle: async (input, ctx) => held(ctx, (await userOf(input, ctx)).id),
    },
    {
      method: 'GET',
      path: '/users/current/permissions',
      ...reading,
      handle: (_input, ctx) =>
        ctx.actor.kind === 'user' || ctx.actor.kind === 'service'
          ? held(ctx, ctx.actor.id)
          : Promise.resolve({ is_admin: true, permissions: [] }),
    },
  ];
};
