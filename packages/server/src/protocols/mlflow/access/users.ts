import { isName, isPassword, type Principal } from '@millwright/contract';
import { type Auth, type Ctx, demand } from '#platform/auth';
import { fail, isMillwrightError } from '#platform/errors';
import type { MlflowEndpoint } from '../wire/endpoint.ts';
import type { Fields } from '../wire/fields.ts';
import { refuseMissing } from '../wire/refusals.ts';
import { inWords } from './in-words.ts';
import type { RoleViews } from './roles.ts';

const maxUsers = 1000;

const notFound = (name: string): never => fail('NOT_FOUND', `User with username=${name} not found`);

const checkPassword = (password: string): string =>
  isPassword(password) ? password : fail('INVALID_INPUT', 'Password must be at least 12 characters, and at most 500.');

/** A deleted user of MLflow is a disabled one here, and no service account is a user. Errors: NOT_FOUND. */
export const userNamed = async (auth: Auth, name: string): Promise<Principal> => {
  const found = await auth.findPrincipal(name);
  return found?.name === name && found.kind === 'user' && found.state === 'active' ? found : notFound(name);
};

const everyUser = async (auth: Auth): Promise<Principal[]> => {
  const found: Principal[] = [];
  let cursor: string | undefined;
  do {
    const page = await auth.listPrincipals({ limit: maxUsers, cursor });
    found.push(...page.items.filter(({ kind, state }) => kind === 'user' && state === 'active'));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return found;
};

/** Users, as the app `basic-auth` of MLflow's server manages them. */
export const userEndpoints = (auth: Auth, { rolesOnWire }: RoleViews): MlflowEndpoint[] => {
  const short = async ({ id, name }: Pick<Principal, 'id' | 'name'>) => ({
    id,
    username: name,
    is_admin: await auth.isAdmin(id),
  });
  /** Clients before 3.9 look for the two lists, which the server fills no more. */
  const onWire = async (user: Principal) => ({
    ...(await short(user)),
    experiment_permissions: [],
    registered_model_permissions: [],
  });
  const nameOf = (input: Fields): string => input.requiredText('username');
  /** Of oneself anybody may know; of others who may see accounts. */
  const admitTo = (ctx: Ctx, name: string, permission: 'access:read' | 'access:write'): void => {
    if (ctx.actor.name !== name) demand(ctx.actor, permission, { project: null });
  };
  return [
    {
      method: 'POST',
      path: '/users/create',
      permission: 'access:write',
      scope: 'instance',
      async handle(input, ctx) {
        const [name, password] = [nameOf(input), input.requiredText('password')];
        if (!isName(name))
          fail('INVALID_INPUT', `'${name}' is no name of a user: letters, digits, dot, underscore and hyphen.`);
        const user = await inWords(
          auth.createUser(ctx.actor, { name, password: checkPassword(password) }, ctx.requestId),
          { NAME_TAKEN: `User (username=${name}) already exists.` },
        );
        return { user: await onWire(user) };
      },
    },
    {
      method: 'GET',
      path: '/users/get',
      permission: 'access:read',
      scope: 'signed-in',
      async handle(input, ctx) {
        const name = nameOf(input);
        admitTo(ctx, name, 'access:read');
        return { user: await onWire(await userNamed(auth, name)) };
      },
    },
    {
      method: 'GET',
      path: '/users/current',
      permission: 'access:read',
      scope: 'signed-in',
      handle: async (_input, { actor }) => ({
        user: {
          ...(await short(actor)),
          ...(actor.kind === 'local-owner' ? { is_admin: true } : {}),
        },
        is_basic_auth: actor.via === 'password',
      }),
    },
    {
      method: 'GET',
      path: '/users/list',
      permission: 'access:read',
      scope: 'instance',
      async handle(_input, ctx) {
        const [users, memberships] = await Promise.all([everyUser(auth), auth.listMemberships(null)]);
        const roles = await rolesOnWire(ctx, await auth.listTeams());
        const rolesOf = (id: string) => {
          const own = new Set(memberships.filter(({ principalId }) => principalId === id).map(({ team }) => team));
          return roles.filter((role) => own.has(role.id));
        };
        return {
          users: await Promise.all(users.map(async (user) => ({ ...(await short(user)), roles: rolesOf(user.id) }))),
        };
      },
    },
    {
      method: 'PATCH',
      path: '/users/update-password',
      permission: 'access:write',
      scope: 'signed-in',
      async handle(input, ctx) {
        const [name, next] = [nameOf(input), input.requiredText('password')];
        admitTo(ctx, name, 'access:write');
        await userNamed(auth, name);
        checkPassword(next);
        if (ctx.actor.name !== name) {
          await auth.resetPassword(ctx.actor, name, next, ctx.requestId);
          return {};
        }
        const current = input.text('current_password');
        if (!current) return fail('INVALID_INPUT', 'Current password is required when changing your own password.');
        if (current === next) fail('INVALID_INPUT', 'New password must differ from the current password.');
        await auth.setPassword(ctx.actor, current, next, ctx.requestId).catch((error: unknown) => {
          // A wrong one here is a wrong field: the request itself was signed in.
          if (isMillwrightError(error) && error.code === 'SIGN_IN_FAILED')
            return fail('INVALID_INPUT', 'Current password does not match.');
          throw error;
        });
        return {};
      },
    },
    {
      method: 'PATCH',
      path: '/users/update-admin',
      permission: 'access:write',
      scope: 'instance',
      async handle(input, ctx) {
        const name = nameOf(input);
        const isAdmin = input.boolean('is_admin');
        if (isAdmin === undefined) return refuseMissing('is_admin');
        const { id } = await userNamed(auth, name);
        await auth.setAdmin(ctx.actor, id, isAdmin, ctx.requestId);
        return {};
      },
    },
    {
      method: 'DELETE',
      path: '/users/delete',
      permission: 'access:write',
      scope: 'instance',
      async handle(input, ctx) {
        const { id } = await userNamed(auth, nameOf(input));
        if (id === ctx.actor.id)
          fail(
            'INVALID_INPUT',
            'Users cannot delete their own account. Ask another admin to delete this user instead.',
            {
              errorCode: 'BAD_REQUEST',
            },
          );
        await auth.setPrincipalState(ctx.actor, id, 'disabled', ctx.requestId);
        return {};
      },
    },
  ];
};
