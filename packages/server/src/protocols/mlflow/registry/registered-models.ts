import type { Model, ModelVersion } from '@millwright/contract';
import { allowedOn, type Ctx, mayDo } from '#platform/auth';
import { fail, isMillwrightError } from '#platform/errors';
import type { RegistryService } from '#registry';
import type { MlflowEndpoint } from '../wire/endpoint.ts';
import type { Fields } from '../wire/fields.ts';
import { readMlflowFilter, readMlflowOrder } from '../filters/index.ts';
import {
  checkAlias,
  checkNewAlias,
  checkNewModelName,
  goingTagOf,
  isPrompt,
  modelNamed,
  modelNameOf,
  readStage,
  readVersionNumber,
  tagOf,
  tagsOf,
  tagsOnWire,
  versionNumbered,
  versionOfAlias,
} from './model-names.ts';
import { versionOnWire } from './model-versions.ts';
import { pageOptions } from '../wire/pages.ts';
import { withoutPrompts } from './prompt-filter.ts';

const modelOnWire = (model: Model, latest: readonly ModelVersion[] = []) => {
  const aliases = Object.entries(model.aliases).map(([alias, { number }]) => ({ alias, version: String(number) }));
  return {
    name: model.name,
    creation_timestamp: model.createdAt,
    last_updated_timestamp: model.updatedAt,
    ...(model.description === '' ? {} : { description: model.description }),
    ...(latest.length > 0
      ? { latest_versions: latest.map((version) => versionOnWire({ ...version, aliases: [] })) }
      : {}),
    ...tagsOnWire(model.tags),
    ...(aliases.length > 0 ? { aliases } : {}),
  };
};

export const registeredModelEndpoints = (registry: RegistryService): MlflowEndpoint[] => {
  const shown = async (ctx: Ctx, model: Model) => ({
    registered_model: modelOnWire(model, await registry.latestVersions(ctx, [model.id])),
  });
  /** The name of a model is refused in words that say what has it. */
  const taken = async (ctx: Ctx, name: string, tags: Readonly<Record<string, string>>): Promise<never> => {
    const [wanted, found] = [isPrompt(tags), isPrompt((await registry.modelNamed(ctx, name))?.tags ?? {})].map(
      (prompt) => (prompt ? 'Prompt' : 'Registered Model'),
    );
    return wanted === found
      ? fail('NAME_TAKEN', `${wanted} (name=${name}) already exists.`)
      : fail(
          'NAME_TAKEN',
          `Tried to create a ${wanted?.toLowerCase()} with name '${name}', but the name is already taken by a ${found?.toLowerCase()}. A model and a prompt cannot have the same name.`,
        );
  };
  const latestVersions = async (input: Fields, ctx: Ctx) => {
    const model = await modelNamed(registry, ctx, input.requiredText('name'));
    const stages = input.texts('stages').map(readStage);
    const versions = (await registry.latestVersions(ctx, [model.id])).filter(
      ({ stage }) => stages.length === 0 || stages.includes(stage),
    );
    return versions.length > 0 ? { model_versions: versions.map(versionOnWire) } : {};
  };
  /**
   * Where approvals are asked for, an alias is a matter of those who may approve. The others are told how to ask for it;
   * nothing is asked in their name: scripts that try again would fill the inbox, and a request needs a reason.
   */
  const mayMoveAliases = (
    { actor, project }: Ctx,
    model: Pick<Model, 'id' | 'name' | 'approval'>,
    { alias, versionId }: { alias: string; versionId: string | null },
  ): void => {
    if (
      model.approval === 'none' ||
      mayDo(actor, 'model:approve', { project, resource: { type: 'model', ref: model.id } })
    )
      return;
    const how =
      versionId === null
        ? 'Ask somebody who has it'
        : `Ask for it: millwright model-versions request-approval ${versionId} --alias ${alias} --reason TEXT --project ${project}, or on the page of the version in the console`;
    fail(
      'PERMISSION_DENIED',
      `'${actor.name}' does not have the permission model:approve in project '${project}', which moves aliases of '${model.name}'. ${how}.`,
    );
  };
  return [
    {
      method: 'POST',
      path: '/registered-models/create',
      permission: 'model:write',
      async handle(input, ctx) {
        const name = checkNewModelName(modelNameOf(input));
        const tags = tagsOf(input);
        const description = input.text('description') ?? '';
        const made = await registry
          .createModel(ctx, { name, description, tags, approval: 'none' })
          .catch((error: unknown) => {
            if (isMillwrightError(error) && error.code === 'NAME_TAKEN') return taken(ctx, name, tags);
            throw error;
          });
        return { registered_model: modelOnWire(made) };
      },
    },
    {
      method: 'GET',
      path: '/registered-models/get',
      permission: 'model:read',
      handle: async (input, ctx) => shown(ctx, await modelNamed(registry, ctx, input.requiredText('name'))),
    },
    {
      method: 'PATCH',
      path: '/registered-models/update',
      permission: 'model:write',
      async handle(input, ctx) {
        const description = input.text('description') ?? '';
        const { id } = await modelNamed(registry, ctx, input.requiredText('name'));
        return shown(ctx, await registry.updateModel(ctx, id, { description }));
      },
    },
    {
      method: 'POST',
      path: '/registered-models/rename',
      permission: 'model:write',
      async handle(input, ctx) {
        const [from, to] = [input.requiredText('name'), modelNameOf(input, 'new_name')];
        const { id } = await modelNamed(registry, ctx, from);
        const renamed = await registry.updateModel(ctx, id, { name: checkNewModelName(to) }).catch((error: unknown) => {
          if (isMillwrightError(error) && error.code === 'NAME_TAKEN')
            return fail('NAME_TAKEN', `Registered Model (name=${to}) already exists.`);
          throw error;
        });
        return shown(ctx, renamed);
      },
    },
    {
      method: 'DELETE',
      path: '/registered-models/delete',
      permission: 'model:write',
      async handle(input, ctx) {
        await registry.deleteModel(ctx, (await modelNamed(registry, ctx, input.requiredText('name'))).id);
        return {};
      },
    },
    {
      method: 'GET',
      path: '/registered-models/search',
      permission: 'model:read',
      isListing: true,
      async handle(input, ctx) {
        const { limit, cursor } = pageOptions(input, { max: 1000, initial: 100 });
        const page = await registry.searchModels(ctx, {
          ...withoutPrompts(readMlflowFilter('registered-models', input.text('filter') ?? '')),
          order: readMlflowOrder('registered-models', input.texts('order_by')),
          only: allowedOn(ctx.actor, 'model:read', ctx.project, 'model'),
          limit,
          cursor,
        });
        const latest = Map.groupBy(
          await registry.latestVersions(
            ctx,
            page.items.map(({ id }) => id),
          ),
          (version) => version.modelId,
        );
        // The order of MLflow's searches, not of its single models.
        for (const versions of latest.values()) versions.sort((a, b) => (a.stage < b.stage ? -1 : 1));
        const models = page.items.map((model) => modelOnWire(model, latest.get(model.id)));
        return {
          ...(models.length > 0 ? { registered_models: models } : {}),
          ...(page.nextCursor === null ? {} : { next_page_token: page.nextCursor }),
        };
      },
    },
    { method: 'GET', path: '/registered-models/get-latest-versions', permission: 'model:read', handle: latestVersions },
    {
      method: 'POST',
      path: '/registered-models/get-latest-versions',
      permission: 'model:read',
      handle: latestVersions,
    },
    {
      method: 'POST',
      path: '/registered-models/set-tag',
      permission: 'model:write',
      async handle(input, ctx) {
        const name = input.requiredText('name');
        const [key, value] = tagOf(input);
        const { id } = await modelNamed(registry, ctx, name);
        await registry.updateModel(ctx, id, { tags: { [key]: value } });
        return {};
      },
    },
    {
      method: 'DELETE',
      path: '/registered-models/delete-tag',
      permission: 'model:write',
      async handle(input, ctx) {
        const [name, key] = [input.requiredText('name'), goingTagOf(input)];
        const { id } = await modelNamed(registry, ctx, name);
        await registry.updateModel(ctx, id, { tags: { [key]: null } });
        return {};
      },
    },
    {
      method: 'POST',
      path: '/registered-models/alias',
      permission: 'model:write',
      async handle(input, ctx) {
        const [name, given] = [modelNameOf(input), input.requiredText('alias')];
        const number = input.requiredText('version');
        const alias = checkNewAlias(given);
        const version = await versionNumbered(registry, ctx, name, readVersionNumber(number));
        mayMoveAliases(ctx, await registry.getModel(ctx, version.modelId), { alias, versionId: version.id });
        await registry.setAlias(ctx, version.modelId, alias, version.id);
        return {};
      },
    },
    {
      method: 'DELETE',
      path: '/registered-models/alias',
      permission: 'model:write',
      async handle(input, ctx) {
        const [name, given] = [modelNameOf(input), input.requiredText('alias')];
        const alias = checkAlias(given);
        const model = await modelNamed(registry, ctx, name);
        if (!Object.hasOwn(model.aliases, alias)) return {};
        mayMoveAliases(ctx, model, { alias, versionId: null });
        await registry.deleteAlias(ctx, model.id, alias);
        return {};
      },
    },
    {
      method: 'GET',
      path: '/registered-models/alias',
      permission: 'model:read',
      async handle(input, ctx) {
        const [name, alias] = [modelNameOf(input), input.requiredText('alias')];
        return { model_version: versionOnWire(await versionOfAlias(registry, ctx, name, alias)) };
      },
    },
  ];
};
