import type { ExperimentsService } from '#experiments';
import { type Ctx, demand } from '#platform/auth';
import { isMillwrightError } from '#platform/errors';
import type { RegistryService } from '#registry';
import { experimentNumberOf } from '../experiments/experiments.ts';
import type { Fields } from '../wire/fields.ts';
import { modelIdFromWire, runIdFromWire } from '../wire/ids.ts';
import { runIdOf } from '../runs/runs.ts';

export const resourceTypes = ['experiment', 'model'] as const;
export type ResourceType = (typeof resourceTypes)[number];

/** What a request is about, by its native id; null where there is no such thing. */
export type Named = { type: ResourceType; id: string } | null;

export interface Naming {
  types: readonly ResourceType[];
  /** Everything the endpoint would read or change. A request that names nothing is about the whole project. */
  named(input: Fields, ctx: Ctx): Promise<readonly Named[]>;
}

type Find = (input: Fields, ctx: Ctx) => Promise<Named | readonly Named[]>;

/**
 * Endpoints that who has a role on a single experiment or registered model may use, by what their requests name. For
 * all others a role in the project is needed.
 */
export type Namings = ReturnType<typeof createNamings>;
export const createNamings = (experiments: ExperimentsService, registry: RegistryService) => {
  const experimentNumbered = async (ctx: Ctx, number: number | null): Promise<Named> => {
    const found = number === null ? null : await experiments.experimentBy(ctx, { number });
    return found && { type: 'experiment', id: found.id };
  };
  const experiment: Find = (input, ctx) =>
    experimentNumbered(ctx, experimentNumberOf(input.text('experiment_id') || '0'));
  const experimentsListed: Find = (input, ctx) =>
    Promise.all(input.texts('experiment_ids').map((id) => experimentNumbered(ctx, experimentNumberOf(id))));
  const experimentByName: Find = async (input, ctx) => {
    const found = await experiments.experimentBy(ctx, { name: input.requiredText('experiment_name') });
    return found && { type: 'experiment', id: found.id };
  };
  const ofRun = async (ctx: Ctx, runId: string): Promise<Named> =>
    experimentNumbered(ctx, await experiments.experimentOfRun(ctx, runId));
  const run: Find = (input, ctx) => ofRun(ctx, runIdOf(input));
  const runsListed =
    (field: string): Find =>
    (input, ctx) =>
      Promise.all(input.texts(field).map((id) => ofRun(ctx, runIdFromWire(id))));
  const ofLoggedModel = async (ctx: Ctx, wire: string): Promise<Named> => {
    const found = await experiments
      .getLoggedModel(ctx, modelIdFromWire(wire), { evenDeleted: true })
      .catch((error: unknown) => {
        if (isMillwrightError(error) && error.code === 'NOT_FOUND') return null;
        throw error;
      });
    return experimentNumbered(ctx, found?.experiment ?? null);
  };
  const loggedModel: Find = (input, ctx) => ofLoggedModel(ctx, input.requiredText('model_id'));
  /** Models that a run is linked to, or that its metrics are about. */
  const linkedModels =
    (...fields: string[]): Find =>
    (input, ctx) => {
      const links = [input, ...fields.flatMap((field) => input.messages(field))];
      const ids = links.map((link) => link.text('model_id')).filter((id) => id !== undefined && id !== '');
      return Promise.all(ids.map((id) => ofLoggedModel(ctx, id as string)));
    };
  const modelCalled = async (ctx: Ctx, name: string): Promise<Named> => {
    const found = await registry.modelNamed(ctx, name);
    return found && { type: 'model', id: found.id };
  };
  const model: Find = (input, ctx) => modelCalled(ctx, input.requiredText('name'));
  /** A version has the files of its source, which may be those of any run. */
  const modelWithSource: Find = async (input, ctx) => {
    demand(ctx.actor, 'run:read', { project: ctx.project });
    return model(input, ctx);
  };
  const fileOwner: Find = (input, ctx) => (input.text('model_id') ? loggedModel(input, ctx) : run(input, ctx));
  const resource: Find = (input, ctx) => {
    const [type, id] = [input.requiredText('resource_type'), input.requiredText('resource_id')];
    if (type === 'registered_model') return modelCalled(ctx, id);
    return experimentNumbered(ctx, type === 'experiment' && /^\d{1,15}$/.test(id) ? Number(id) : null);
  };

  const naming = (types: readonly ResourceType[], finds: readonly Find[]): Naming => ({
    types,
    named: async (input, ctx) => (await Promise.all(finds.map((find) => find(input, ctx)))).flat(),
  });
  const table = new Map<string, Naming>();
  const add = (types: readonly ResourceType[], prefix: string, paths: string, ...finds: Find[]): void => {
    for (const path of paths.split(' ')) table.set(`${prefix}${path}`, naming(types, finds));
  };
  const [ofExperiments, ofModels] = [['experiment'], ['model']] as const;
  add(
    ofExperiments,
    '/experiments/',
    'get update delete restore set-experiment-tag delete-experiment-tag permissions/create permissions/get permissions/update permissions/delete',
    experiment,
  );
  add(ofExperiments, '/experiments/', 'get-by-name', experimentByName);
  add(ofExperiments, '/experiments/', 'search-datasets', experimentsListed);
  add(ofExperiments, '/runs/', 'create', experiment);
  add(ofExperiments, '/runs/', 'search', experimentsListed);
  add(ofExperiments, '/runs/', 'get update delete restore log-parameter set-tag delete-tag', run);
  add(ofExperiments, '/runs/', 'log-metric log-batch', run, linkedModels('metrics'));
  add(ofExperiments, '/runs/', 'log-inputs outputs', run, linkedModels('models'));
  add(ofExperiments, '/metrics/', 'get-history', run);
  add(ofExperiments, '/metrics/', 'get-history-bulk', runsListed('run_id'));
  add(ofExperiments, '/metrics/', 'get-history-bulk-interval', runsListed('run_ids'));
  add(ofExperiments, '/artifacts/', 'list presigned-download-url', run);
  add(ofExperiments, '/artifacts/', 'presigned-upload-url', fileOwner);
  add(ofExperiments, '/logged-models', '', experiment);
  add(ofExperiments, '/logged-models/', 'search', experimentsListed);
  add(
    ofExperiments,
    '/logged-models/:model_id',
    ' /tags /tags/:tag_key /params /artifacts/directories /artifacts/files',
    loggedModel,
  );
  add(
    ofModels,
    '/registered-models/',
    'get update rename delete get-latest-versions set-tag delete-tag alias permissions/create permissions/get permissions/update permissions/delete',
    model,
  );
  add(ofModels, '/model-versions/', 'get update transition-stage delete get-download-uri set-tag delete-tag', model);
  add(ofModels, '/model-versions/', 'create', modelWithSource);
  add(['experiment', 'model'], '/users/permissions/', 'grant revoke', resource);
  return {
    byPath: table as ReadonlyMap<string, Naming>,
    ofModel: modelCalled,
    /** What the files below a root belong to; null for those of the project. */
    ofRoot: (ctx: Ctx, root: string): Promise<Named> =>
      root.startsWith('lm_') ? ofLoggedModel(ctx, root) : ofRun(ctx, root),
  };
};
