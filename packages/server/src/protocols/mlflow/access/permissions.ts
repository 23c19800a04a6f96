import type { Grant } from '@millwright/contract';
import type { ExperimentsService } from '#experiments';
import { type Auth, type Ctx, demand } from '#platform/auth';
import { fail, isMillwrightError } from '#platform/errors';
import type { RegistryService } from '#registry';
import type { MlflowEndpoint } from '../wire/endpoint.ts';
import { experimentOf } from '../experiments/experiments.ts';
import type { Fields } from '../wire/fields.ts';
import { modelNamed } from '../registry/model-names.ts';
import { highest, levelOf, levels, type Level } from './levels.ts';
import { userNamed } from './users.ts';

interface Target {
  /** `type/id`, as grants name it. */
  resource: string;
  /** For messages. */
  kind: 'Experiment' | 'Registered model';
  label: string;
}

export interface PermissionServices {
  auth: Auth;
  experiments: ExperimentsService;
  registry: RegistryService;
}

/** Roles on single experiments and registered models, as MLflow's clients give and take them. */
export const permissionEndpoints = ({ auth, experiments, registry }: PermissionServices): MlflowEndpoint[] => {
  const experimentTarget = async (ctx: Ctx, number: string): Promise<Target> => {
    const { id } = await experimentOf(experiments, ctx, number);
    return { resource: `experiment/${id}`, kind: 'Experiment', label: `experiment_id=${number}` };
  };
  const modelTarget = async (ctx: Ctx, name: string): Promise<Target> => {
    const { id } = await modelNamed(registry, ctx, name);
    return { resource: `model/${id}`, kind: 'Registered model', label: `name=${name}` };
  };
  const isOn = (ctx: Ctx, { resource }: Target, grant: Grant): boolean =>
    grant.project === ctx.project && grant.resource === resource;
  /** What the user was given on this one resource; null for nothing. */
  const given = async (ctx: Ctx, target: Target, userId: string): Promise<Level | null> => {
    const own = (await auth.grantsHeld(userId)).filter((grant) => isOn(ctx, target, grant));
    return own.length === 0 ? null : highest(own.map(({ role }) => role));
  };
  const set = (ctx: Ctx, target: Target, userId: string, level: Level): Promise<void> =>
    auth.setRoleOn(
      ctx.actor,
      { principal: userId, project: ctx.project, resource: target.resource, role: levels[level] },
      ctx.requestId,
    );
  const missing = (target: Target, name: string): never =>
    fail('NOT_FOUND', `${target.kind} permission with ${target.label} and username=${name} not found`);
  const refuseSecond = async (ctx: Ctx, target: Target, user: { id: string; name: string }): Promise<void> => {
    if ((await given(ctx, target, user.id)) !== null)
      fail('NAME_TAKEN', `${target.kind} permission (${target.label}, username=${user.name}) already exists.`);
  };

  /** One set of endpoints for experiments and one for registered models, as clients before 3.9 call them. */
  const kind = (
    prefix: 'experiments' | 'registered-models',
    field: 'experiment_id' | 'name',
    targetOf: (ctx: Ctx, ref: string) => Promise<Target>,
  ): MlflowEndpoint[] => {
    const subjectOf = async (input: Fields, ctx: Ctx) => {
      const [ref, name] = [input.requiredText(field), input.requiredText('username')];
      return { ref, target: await targetOf(ctx, ref), user: await userNamed(auth, name) };
    };
    const shown = (ref: string, userId: string, permission: Level) => ({
      [prefix === 'experiments' ? 'experiment_permission' : 'registered_model_permission']: {
        [field]: ref,
        user_id: userId,
        permission,
      },
    });
    const path = `/${prefix}/permissions`;
    return [
      {
        method: 'POST',
        path: `${path}/create`,
        permission: 'access:write',
        async handle(input, ctx) {
          const level = levelOf(input);
          const { ref, target, user } = await subjectOf(input, ctx);
          await refuseSecond(ctx, target, user);
          await set(ctx, target, user.id, level);
          return shown(ref, user.id, level);
        },
      },
      {
        method: 'GET',
        path: `${path}/get`,
        permission: 'access:read',
        async handle(input, ctx) {
          const { ref, target, user } = await subjectOf(input, ctx);
          return shown(ref, user.id, (await given(ctx, target, user.id)) ?? missing(target, user.name));
        },
      },
      {
        method: 'PATCH',
        path: `${path}/update`,
        permission: 'access:write',
        async handle(input, ctx) {
          const level = levelOf(input);
          const { target, user } = await subjectOf(input, ctx);
          if ((await given(ctx, target, user.id)) === null) missing(target, user.name);
          await set(ctx, target, user.id, level);
          return {};
        },
      },
      {
        method: 'DELETE',
        path: `${path}/delete`,
        permission: 'access:write',
        async handle(input, ctx) {
          const { target, user } = await subjectOf(input, ctx);
          if ((await given(ctx, target, user.id)) === null) missing(target, user.name);
          await set(ctx, target, user.id, 'NO_PERMISSIONS');
          return {};
        },
      },
    ];
  };

  const checkType = (input: Fields): 'experiment' | 'registered_model' => {
    const type = input.requiredText('resource_type');
    return type === 'experiment' || type === 'registered_model'
      ? type
      : fail('INVALID_INPUT', `Invalid resource type '${type}'. There are 'experiment' and 'registered_model'.`);
  };
  const namedTarget = (input: Fields, ctx: Ctx): Promise<Target> => {
    const id = input.requiredText('resource_id');
    if (id === '*') fail('INVALID_INPUT', "For everything in a workspace, grant a role in the project instead of '*'.");
    return checkType(input) === 'experiment' ? experimentTarget(ctx, id) : modelTarget(ctx, id);
  };
  const grantNamed = (input: Fields): string =>
    `Permission for user=${input.requiredText('username')} on resource_type=${input.requiredText('resource_type')}, resource_id=${input.requiredText('resource_id')}`;
  return [
    ...kind('experiments', 'experiment_id', experimentTarget),
    ...kind('registered-models', 'name', modelTarget),
    {
      method: 'POST',
      path: '/users/permissions/grant',
      version: '3.0',
      permission: 'access:write',
      async handle(input, ctx) {
        const user = await userNamed(auth, input.requiredText('username'));
        const level = levelOf(input);
        if (level === 'NO_PERMISSIONS')
          fail('INVALID_INPUT', "'NO_PERMISSIONS' cannot be granted: revoke what was granted.");
        const target = await namedTarget(input, ctx);
        if ((await given(ctx, target, user.id)) !== null) fail('NAME_TAKEN', `${grantNamed(input)} already exists.`);
        await set(ctx, target, user.id, level);
        return {};
      },
    },
    {
      method: 'POST',
      path: '/users/permissions/revoke',
      version: '3.0',
      permission: 'access:write',
      async handle(input, ctx) {
        const user = await userNamed(auth, input.requiredText('username'));
        const target = await namedTarget(input, ctx);
        if ((await given(ctx, target, user.id)) === null) fail('NOT_FOUND', `${grantNamed(input)} not found.`);
        await set(ctx, target, user.id, 'NO_PERMISSIONS');
        return {};
      },
    },
    {
      method: 'GET',
      path: '/users/permissions/get',
      version: '3.0',
      permission: 'access:read',
      scope: 'signed-in',
      async handle(input, ctx) {
        const name = input.requiredText('username');
        if (name !== ctx.actor.name) demand(ctx.actor, 'access:read', { project: ctx.project });
        const user = await userNamed(auth, name);
        const target = await namedTarget(input, ctx).catch((error: unknown) => {
          // Nobody may do anything with what is not there.
          if (isMillwrightError(error) && error.code === 'NOT_FOUND') return null;
          throw error;
        });
        const reaching = (grant: Grant, { resource }: Target): boolean =>
          (grant.project === null || grant.project === ctx.project) &&
          [null, resource, `${resource.split('/')[0]}/*`].includes(grant.resource);
        const all =
          target === null ? [] : (await auth.grantsInForce(user.id)).filter((grant) => reaching(grant, target));
        const permission = highest(all.map(({ role }) => role));
        return { allowed: permission === 'EDIT' || permission === 'MANAGE', permission };
      },
    },
  ];
};
