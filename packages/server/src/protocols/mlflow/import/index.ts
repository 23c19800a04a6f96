import type { Experiment } from '@millwright/contract';
import type { ExperimentsService } from '#experiments';
import type { Ctx } from '#platform/auth';
import type { RegistryService } from '#registry';
import { createDefaultExperiment } from '../experiments/experiments.ts';
import { importLoggedModel, importRegisteredModels } from './models.ts';
import { entriesOf, finishRun, importRun, linkParents } from './runs.ts';
import { type ForeignStore, openForeignStore, type Row } from './store.ts';

export interface ImportOptions {
  /** `sqlite:///path` or `postgresql://...`. */
  from: string;
  /** Where the files of `mlflow-artifacts:` addresses lie. */
  artifactsDir?: string | undefined;
  /** Runs of an experiment whose name is taken here go into that one; otherwise into one with another name. */
  merge: boolean;
  /** The workspace of MLflow that is imported. */
  workspace: string;
  /** Told now and then. */
  progress(counts: Readonly<ImportCounts>): void;
}

export interface ImportCounts {
  experiments: number;
  runs: number;
  points: number;
  models: number;
  registeredModels: number;
  versions: number;
  files: number;
  bytes: number;
}

export interface ImportResult {
  counts: ImportCounts;
  /** What was left out or is called otherwise here. */
  problems: string[];
}

export interface Importing {
  store: ForeignStore;
  services: { experiments: ExperimentsService; registry: RegistryService };
  ctx: Ctx;
  options: ImportOptions;
  counts: ImportCounts;
  /** Runs that were not here before. */
  fresh: Set<string>;
  problem(text: string): void;
}

/** On an experiment that was imported: which one it was. So a second import finds it, whatever it is called. */
const originTag = 'millwright.imported-from';

const textOf = (value: Row[string] | undefined): string => (value === null || value === undefined ? '' : String(value));

/** The experiment here that is the one there: imported before, merged by name, or made with a name that is free. */
const experimentFor = async (importing: Importing, row: Row): Promise<Experiment> => {
  const { store, services, ctx, options, counts, problem } = importing;
  const { experiments } = services;
  const origin = await originOf(store, row);
  for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
    const page = await experiments.listExperiments(ctx, { limit: 1000, view: 'all', ...(cursor ? { cursor } : {}) });
    const known = page.items.find((one) => one.tags[originTag] === origin);
    if (known) return known;
    cursor = page.nextCursor ?? undefined;
  }
  const wanted = textOf(row['name']);
  // The one that clients start with is here under the same number.
  const isDefault = Number(row['experiment_id']) === 0;
  if (isDefault) await createDefaultExperiment(experiments)(ctx);
  const taken = await experiments.experimentBy(ctx, { name: wanted });
  if (taken && taken.deletedAt === null && (options.merge || isDefault || taken.runCount === 0)) {
    await experiments.updateExperiment(ctx, taken.id, { tags: { [originTag]: origin } });
    return experiments.findExperiment(ctx, taken.id);
  }
  let name = wanted;
  for (let suffix = 2; await experiments.experimentBy(ctx, { name }); suffix++) name = `${wanted} (${suffix})`;
  if (name !== wanted) problem(`the experiment '${wanted}' is called '${name}' here: the name was taken`);
  const tags = entriesOf(await store.rows('experiment_tags', { experiment_id: Number(row['experiment_id']) }));
  const location = textOf(row['artifact_location']);
  // Files of this machine and of MLflow's own proxy are copied; others stay where they are.
  const isElsewhere = /^[a-z][a-z0-9+.-]+:/i.test(location) && !/^(file|mlflow-artifacts):/.test(location);
  counts.experiments += 1;
  return experiments.createExperiment(ctx, {
    name,
    tags: { ...tags, [originTag]: origin },
    artifactLocation: isElsewhere ? location : null,
  });
};

/** An experiment there has a number only: together with the time it was made it is one of its own. */
const originOf = async (store: ForeignStore, row: Row): Promise<string> => {
  const [first] = await store.rows('runs', { experiment_id: Number(row['experiment_id']) }, 'run_uuid limit 1');
  return `mlflow ${textOf(row['experiment_id'])} ${textOf(row['creation_time']) || textOf(first?.['run_uuid'])}`;
};

/**
 * Reads a database of MLflow into a project. Runs and logged models keep their ids, so that a second import adds only
 * what is new. Errors: INVALID_INPUT.
 */
export const importMlflow = async (
  services: Importing['services'],
  ctx: Ctx,
  options: ImportOptions,
): Promise<ImportResult> => {
  const store = await openForeignStore(options.from);
  const problems: string[] = [];
  const counts = {
    experiments: 0,
    runs: 0,
    points: 0,
    models: 0,
    registeredModels: 0,
    versions: 0,
    files: 0,
    bytes: 0,
  };
  const importing: Importing = {
    store,
    services,
    ctx,
    options,
    counts,
    fresh: new Set(),
    problem: (text) => void problems.push(text),
  };
  try {
    const hasModels = await store.hasTable('logged_models');
    for (const row of await store.rows('experiments', {}, 'experiment_id')) {
      if (row['workspace'] !== undefined && row['workspace'] !== options.workspace) continue;
      const experiment = await experimentFor(importing, row);
      // Imported before, and in the trash here.
      if (experiment.deletedAt !== null) continue;
      const own = { experiment_id: Number(row['experiment_id']) };
      for await (const page of store.pages('runs', own, 100)) {
        for (const run of page) await importRun(importing, experiment, run);
        options.progress(counts);
      }
      if (hasModels)
        for await (const page of store.pages('logged_models', own, 100)) {
          for (const model of page) await importLoggedModel(importing, experiment, model);
          options.progress(counts);
        }
      for await (const page of store.pages('runs', own, 1000)) for (const run of page) await finishRun(importing, run);
      if (row['lifecycle_stage'] === 'deleted')
        await services.experiments.setExperimentDeleted(ctx, experiment.id, true);
    }
    await linkParents(importing);
    await importRegisteredModels(importing);
    options.progress(counts);
    return { counts, problems };
  } finally {
    await store.close();
  }
};
