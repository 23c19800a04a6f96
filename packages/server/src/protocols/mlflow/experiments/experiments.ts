import { resolve } from 'node:path';
import type { Experiment } from '@millwright/contract';
import type { ExperimentsService } from '#experiments';
import { allowedOn, type Ctx } from '#platform/auth';
import { fail } from '#platform/errors';
import type { MlflowEndpoint } from '../wire/endpoint.ts';
import type { Fields } from '../wire/fields.ts';
import { uniqueEntries } from '../runs/entries.ts';
import { readMlflowFilter, readMlflowOrder } from '../filters/index.ts';
import { hostSchemes } from '../wire/host-schemes.ts';
import { checkKey, limits } from '../wire/names.ts';
import { pageOptions, viewOf } from '../wire/pages.ts';
import { checkLength } from '../wire/refusals.ts';

/** MLflow's first experiment, which is there before anybody makes one. */
const defaultName = 'Default';
/** The tag that says what natively is the description of an experiment. */
const noteTag = 'mlflow.note.content';

const tagsOnWire = (tags: Readonly<Record<string, string>>) =>
  Object.entries(tags).map(([key, value]) => ({ key, value }));

export const artifactLocationOf = (experiment: Pick<Experiment, 'number' | 'artifactLocation'>): string =>
  experiment.artifactLocation ?? `mlflow-artifacts:/${experiment.number}`;

const onWire = (experiment: Experiment, workspace: string) => ({
  experiment_id: String(experiment.number),
  name: experiment.name,
  artifact_location: artifactLocationOf(experiment),
  lifecycle_stage: experiment.deletedAt === null ? 'active' : 'deleted',
  last_update_time: experiment.updatedAt,
  creation_time: experiment.createdAt,
  ...(Object.keys(experiment.tags).length > 0 ? { tags: tagsOnWire(experiment.tags) } : {}),
  workspace,
});

export const experimentNotFound = (id: string): never => fail('NOT_FOUND', `No Experiment with id=${id} exists`);

/** Errors: INVALID_INPUT. */
export const experimentNumberOf = (id: string): number =>
  /^-?\d{1,15}$/.test(id)
    ? Number(id)
    : fail('INVALID_INPUT', `Invalid experiment ID '${id}'. Experiment ID must be a valid integer.`);

/** The experiment that a request names by its number. Errors: NOT_FOUND, INVALID_INPUT. */
export const experimentOf = async (experiments: ExperimentsService, ctx: Ctx, id: string): Promise<Experiment> =>
  (await experiments.experimentBy(ctx, { number: experimentNumberOf(id) })) ?? experimentNotFound(id);

/** Makes the experiment that clients log to when they name none, once per project and process. */
export const createDefaultExperiment = (experiments: ExperimentsService) => {
  const known = new Set<string>();
  return async (ctx: Ctx): Promise<void> => {
    if (known.has(ctx.project)) return;
    await experiments.ensureExperiment(ctx, defaultName, ctx.project === 'default' ? { number: 0 } : {});
    known.add(ctx.project);
  };
};

const requiredId = (input: Fields): string => input.requiredText('experiment_id');

const experimentNameOf = (input: Fields, field: string): string => {
  const name = input.requiredText(field, { max: limits.experimentName, called: 'name' });
  return name.trim() === '' ? fail('INVALID_INPUT', `Invalid experiment name: '${name}'`) : name;
};

const locationFrom = (input: Fields): string | null => {
  const location = input.text('artifact_location');
  if (location !== undefined && location.length > limits.artifactLocation)
    fail(
      'INVALID_INPUT',
      `Invalid artifact path length. The length of the artifact path cannot be greater than ${limits.artifactLocation} characters.`,
    );
  if (location === undefined || location === '') return null;
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(location)?.[1]?.toLowerCase() ?? '';
  if (scheme === 'runs') fail('INVALID_INPUT', `Artifact location cannot be a runs:/ URI. Given: '${location}'`);
  if (hostSchemes.includes(scheme) || /^mlflow-artifacts:\/\/[^/]/i.test(location))
    fail(
      'INVALID_INPUT',
      `'artifact_location' cannot use the '${scheme}' scheme: it addresses another host, to which clients would be sent. Name a place in an object store, or none.`,
    );
  if (location.includes('#')) fail('INVALID_INPUT', "'artifact_location' URL can't include fragments or params.");
  // Also encoded, however often: stores may read it as part of the path.
  if (/\?.*(?:\.|%(?:25)*2e){2}/is.test(location)) fail('INVALID_INPUT', 'Invalid query string');
  if (/(^|\/)\.\.(\/|$)/.test(location))
    fail('INVALID_INPUT', `Invalid artifact location: '${location}'. It may hold no '..'.`);
  // One place for all clients, whatever folder each of them runs in.
  return scheme === '' && !location.startsWith('/') ? resolve(location) : location;
};

export const experimentEndpoints = (experiments: ExperimentsService): MlflowEndpoint[] => {
  const search = async (input: Fields, ctx: Ctx) => {
    const { limit, cursor } = pageOptions(input, { max: 50_000, saysMost: true });
    const page = await experiments.searchExperiments(ctx, {
      filter: readMlflowFilter('experiments', input.text('filter') ?? ''),
      order: readMlflowOrder('experiments', input.texts('order_by')),
      view: viewOf(input.word('view_type')),
      only: allowedOn(ctx.actor, 'run:read', ctx.project, 'experiment'),
      limit,
      cursor,
    });
    return {
      ...(page.items.length > 0 ? { experiments: page.items.map((one) => onWire(one, ctx.project)) } : {}),
      ...(page.nextCursor === null ? {} : { next_page_token: page.nextCursor }),
    };
  };
  const active = async (ctx: Ctx, input: Fields): Promise<Experiment> => {
    const experiment = await experimentOf(experiments, ctx, requiredId(input));
    if (experiment.deletedAt !== null)
      fail(
        'INVALID_INPUT',
        `The experiment ${experiment.number} must be in the 'active' state. Current state is deleted.`,
      );
    return experiment;
  };
  return [
    {
      method: 'POST',
      path: '/experiments/create',
      permission: 'run:write',
      async handle(input, ctx) {
        const name = experimentNameOf(input, 'name');
        const tags = uniqueEntries(
          'tag',
          input.messages('tags').map((tag) => [checkKey('tag', tag.requiredText('key')), tagValue(tag)]),
        );
        const made = await experiments.createExperiment(ctx, {
          name,
          tags,
          description: tags[noteTag],
          artifactLocation: locationFrom(input),
        });
        return { experiment_id: String(made.number) };
      },
    },
    {
      method: 'GET',
      path: '/experiments/get',
      permission: 'run:read',
      handle: async (input, ctx) => ({
        experiment: onWire(await experimentOf(experiments, ctx, requiredId(input)), ctx.project),
      }),
    },
    {
      method: 'GET',
      path: '/experiments/get-by-name',
      permission: 'run:read',
      async handle(input, ctx) {
        const name = input.requiredText('experiment_name');
        const found = await experiments.experimentBy(ctx, { name });
        if (!found) return fail('NOT_FOUND', `Could not find experiment with name '${name}'`);
        return { experiment: onWire(found, ctx.project) };
      },
    },
    { method: 'POST', path: '/experiments/search', permission: 'run:read', isListing: true, handle: search },
    { method: 'GET', path: '/experiments/search', permission: 'run:read', isListing: true, handle: search },
    {
      method: 'POST',
      path: '/experiments/delete',
      permission: 'run:write',
      async handle(input, ctx) {
        const { id, deletedAt, number } = await experimentOf(experiments, ctx, requiredId(input));
        if (deletedAt !== null) experimentNotFound(String(number));
        await experiments.setExperimentDeleted(ctx, id, true);
        return {};
      },
    },
    {
      method: 'POST',
      path: '/experiments/restore',
      permission: 'run:write',
      async handle(input, ctx) {
        const { id, deletedAt, number } = await experimentOf(experiments, ctx, requiredId(input));
        if (deletedAt === null) experimentNotFound(String(number));
        await experiments.setExperimentDeleted(ctx, id, false);
        return {};
      },
    },
    {
      method: 'POST',
      path: '/experiments/update',
      permission: 'run:write',
      async handle(input, ctx) {
        requiredId(input);
        const name = experimentNameOf(input, 'new_name');
        const { id } = await active(ctx, input);
        await experiments.updateExperiment(ctx, id, { name });
        return {};
      },
    },
    {
      method: 'POST',
      path: '/experiments/set-experiment-tag',
      permission: 'run:write',
      async handle(input, ctx) {
        requiredId(input);
        const key = checkKey('tag', input.requiredText('key'));
        const value = tagValue(input);
        const { id } = await active(ctx, input);
        const description = key === noteTag ? { description: value } : {};
        await experiments.updateExperiment(ctx, id, { tags: Object.fromEntries([[key, value]]), ...description });
        return {};
      },
    },
    {
      method: 'POST',
      path: '/experiments/delete-experiment-tag',
      permission: 'run:write',
      async handle(input, ctx) {
        requiredId(input);
        const key = input.requiredText('key');
        const { id } = await active(ctx, input);
        await experiments.deleteExperimentTag(ctx, id, key);
        return {};
      },
    },
  ];
};

/** A value that is left out is empty. */
const tagValue = (tag: Fields): string => checkLength('value', tag.text('value') ?? '', limits.experimentTag);
