import type { ModelVersion } from '@millwright/contract';
import { allowedOn, type Ctx } from '#platform/auth';
import { fail } from '#platform/errors';
import type { MlflowEndpoint } from '../wire/endpoint.ts';
import type { Fields } from '../wire/fields.ts';
import { readMlflowFilter, readMlflowOrder } from '../filters/index.ts';
import { runIdFromWire } from '../wire/ids.ts';
import { goingTagOf, isPrompt, modelNamed, readStage, tagOf, tagsOf, tagsOnWire, versionOf } from './model-names.ts';
import { downloadUriOf, type ModelSource, resolveSource, sourceOnWire, type SourceServices } from './model-sources.ts';
import { pageOptions } from '../wire/pages.ts';
import { withoutPrompts } from './prompt-filter.ts';

const statuses: Record<ModelVersion['status'], string> = {
  pending: 'PENDING_REGISTRATION',
  failed: 'FAILED_REGISTRATION',
  ready: 'READY',
};

export const versionOnWire = (version: ModelVersion) => ({
  name: version.modelName,
  version: String(version.number),
  creation_timestamp: version.createdAt,
  last_updated_timestamp: version.updatedAt,
  current_stage: version.stage,
  description: version.note,
  source: sourceOnWire(version),
  run_id: version.namedRun ?? '',
  status: statuses[version.status],
  ...tagsOnWire(version.tags),
  run_link: version.runLink,
  ...(version.aliases.length > 0 ? { aliases: version.aliases } : {}),
});

/** What clients write in place of a source where there is none. */
const promptSources: readonly string[] = ['dummy-source', 'prompt-template'];

/** Stages of which there should be one version at a time. */
const activeStages: readonly string[] = ['Staging', 'Production'];

/** On a logged model: the versions that were made of it. */
const versionsTag = 'mlflow.modelVersions';

export const modelVersionEndpoints = (services: SourceServices): MlflowEndpoint[] => {
  const { registry, experiments } = services;
  const answer = (version: ModelVersion) => ({ model_version: versionOnWire(version) });

  const sourceOf = async (input: Fields, ctx: Ctx, tags: Readonly<Record<string, string>>): Promise<ModelSource> => {
    const source = input.requiredText('source');
    const named = { source, runId: input.text('run_id'), modelId: input.text('model_id') };
    if (!isPrompt(tags)) return resolveSource(services, ctx, named);
    return promptSources.includes(source)
      ? { source, files: null, downloadUri: null, run: named.runId || null, modelId: null }
      : fail(
          'INVALID_INPUT',
          `Invalid prompt source: '${source.slice(0, 500)}'. It must be a placeholder: dummy-source.`,
        );
  };
  const noteOnLoggedModel = async (ctx: Ctx, modelId: string, { modelName, number }: ModelVersion): Promise<void> => {
    const { tags } = await experiments.getLoggedModel(ctx, modelId, { evenDeleted: true });
    const before = /^\[(.+)\]$/s.exec(tags[versionsTag] ?? '')?.[1];
    const entry = `{"name": ${JSON.stringify(modelName)}, "version": ${number}}`;
    await experiments.setLoggedModelTags(ctx, modelId, { [versionsTag]: `[${before ? `${before}, ` : ''}${entry}]` });
  };
  return [
    {
      method: 'POST',
      path: '/model-versions/create',
      permission: 'model:write',
      async handle(input, ctx) {
        const name = input.requiredText('name');
        const tags = tagsOf(input);
        const runLink = input.text('run_link') ?? '';
        const note = input.text('description') ?? '';
        const { modelId, run, ...source } = await sourceOf(input, ctx, tags);
        const model = await modelNamed(registry, ctx, name);
        const version = await registry.registerSource(ctx, model.id, {
          ...source,
          runId: run === null ? null : runIdFromWire(run),
          namedRun: run,
          runLink,
          note,
          tags,
        });
        if (modelId !== null) await noteOnLoggedModel(ctx, modelId, version);
        return answer(version);
      },
    },
    {
      method: 'GET',
      path: '/model-versions/get',
      permission: 'model:read',
      handle: async (input, ctx) => answer(await versionOf(registry, ctx, input)),
    },
    {
      method: 'PATCH',
      path: '/model-versions/update',
      permission: 'model:write',
      async handle(input, ctx) {
        const note = input.text('description') ?? '';
        const { id } = await versionOf(registry, ctx, input);
        return answer(await registry.updateVersion(ctx, id, { note }));
      },
    },
    {
      method: 'POST',
      path: '/model-versions/transition-stage',
      permission: 'model:write',
      async handle(input, ctx) {
        for (const field of ['name', 'version']) input.requiredText(field);
        const stage = readStage(input.requiredText('stage'));
        const archiveOthers = input.boolean('archive_existing_versions') ?? false;
        if (archiveOthers && !activeStages.includes(stage))
          fail(
            'INVALID_INPUT',
            `Model version transition cannot archive existing model versions because '${stage}' is not an Active stage. Valid stages are ${activeStages.join(', ')}`,
          );
        const { id } = await versionOf(registry, ctx, input);
        return answer(await registry.updateVersion(ctx, id, { stage, archiveOthers }));
      },
    },
    {
      method: 'DELETE',
      path: '/model-versions/delete',
      permission: 'model:write',
      async handle(input, ctx) {
        await registry.deleteVersion(ctx, (await versionOf(registry, ctx, input)).id);
        return {};
      },
    },
    {
      method: 'GET',
      path: '/model-versions/get-download-uri',
      permission: 'model:read',
      async handle(input, ctx) {
        input.requiredText('name');
        if (!input.text('version')) fail('INVALID_INPUT', "Parameter 'version' must be an integer, got ''.");
        const { id } = await versionOf(registry, ctx, input);
        return { artifact_uri: downloadUriOf(await registry.versionPlace(ctx, id)) };
      },
    },
    {
      method: 'GET',
      path: '/model-versions/search',
      permission: 'model:read',
      isListing: true,
      async handle(input, ctx) {
        const { limit, cursor } = pageOptions(input, { max: 200_000, initial: 10_000 });
        const page = await registry.searchVersions(ctx, {
          ...withoutPrompts(readMlflowFilter('model-versions', input.text('filter') ?? '')),
          order: readMlflowOrder('model-versions', input.texts('order_by')),
          only: allowedOn(ctx.actor, 'model:read', ctx.project, 'model'),
          limit,
          cursor,
        });
        // As MLflow does, without the aliases: those are asked for with the version or the model.
        const versions = page.items.map((version) => versionOnWire({ ...version, aliases: [] }));
        return {
          ...(versions.length > 0 ? { model_versions: versions } : {}),
          ...(page.nextCursor === null ? {} : { next_page_token: page.nextCursor }),
        };
      },
    },
    {
      method: 'POST',
      path: '/model-versions/set-tag',
      permission: 'model:write',
      async handle(input, ctx) {
        for (const field of ['name', 'version']) input.requiredText(field);
        const [key, value] = tagOf(input);
        const { id } = await versionOf(registry, ctx, input);
        await registry.updateVersion(ctx, id, { tags: { [key]: value } });
        return {};
      },
    },
    {
      method: 'DELETE',
      path: '/model-versions/delete-tag',
      permission: 'model:write',
      async handle(input, ctx) {
        for (const field of ['name', 'version']) input.requiredText(field);
        const key = goingTagOf(input);
        const { id } = await versionOf(registry, ctx, input);
        await registry.updateVersion(ctx, id, { tags: { [key]: null } });
        return {};
      },
    },
  ];
};
