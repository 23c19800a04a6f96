import type { Experiment } from '@millwright/contract';
import type { Ctx } from '#platform/auth';
import type { ForeignExperiment } from '../../import/source.ts';
import { createWriter, type Importer, type ImportOptions, type ImportParts, type Writer } from '../../import/writer.ts';
import { createDefaultExperiment } from '../experiments/experiments.ts';
import { importLoggedModel, importRegisteredModels } from './models.ts';
import { runFrom } from './runs.ts';
import { entriesOf, type ForeignStore, openForeignStore, type Row, textOf } from './store.ts';

export interface Importing {
  store: ForeignStore;
  services: ImportParts;
  ctx: Ctx;
  options: ImportOptions;
  writer: Writer;
}

const experimentFrom = async ({ store, options, writer }: Importing, row: Row): Promise<ForeignExperiment> => {
  const number = textOf(row['experiment_id']);
  const location = textOf(row['artifact_location']);
  // Files of this machine and of MLflow's own proxy are copied; others stay where they are.
  const isElsewhere = /^[a-z][a-z0-9+.-]+:/i.test(location) && !/^(file|mlflow-artifacts):/.test(location);
  return {
    origin: await originOf(store, row),
    name: textOf(row['name']),
    isDefault: number === '0',
    tags: entriesOf(await store.rows('experiment_tags', { experiment_id: keyOf(row) })),
    artifactLocation: isElsewhere ? location : null,
    isDeleted: row['lifecycle_stage'] === 'deleted',
    async *runs() {
      for await (const page of store.pages('runs', { experiment_id: keyOf(row) }, 100))
        for (const one of page) {
          const run = runFrom(store, one, options.artifactsDir);
          if (run) yield run;
          else
            writer.problem(`the run ${textOf(one['run_uuid'])} was left out: its id is not of 32 hexadecimal digits`);
        }
    },
  };
};

/** As the store compares it: a database by number, a folder by name. */
const keyOf = (row: Row): string | number => row['experiment_id'] as string | number;

/** An experiment there has a number only: together with the time it was made it is one of its own. */
const originOf = async (store: ForeignStore, row: Row): Promise<string> => {
  const made = textOf(row['creation_time']);
  const [first] = made === '' ? await store.rows('runs', { experiment_id: keyOf(row) }, 'run_uuid limit 1') : [];
  return `mlflow ${textOf(row['experiment_id'])} ${made || textOf(first?.['run_uuid'])}`;
};

/**
 * Reads a database of MLflow, or a folder of its file store, into a project. Runs and logged models keep their ids, so
 * that a second import adds only what is new. Errors: INVALID_INPUT.
 */
export const importMlflow: Importer = async (services, ctx, options) => {
  const { experiments } = services;
  const createDefault = createDefaultExperiment(experiments);
  const writer = createWriter(experiments, ctx, { ...options, createDefault });
  const store = await openForeignStore(options.from, { ...options, problem: writer.problem });
  const importing: Importing = { store, services, ctx, options, writer };
  const taken: { foreign: ForeignExperiment; experiment: Experiment }[] = [];
  try {
    const hasModels = await store.hasTable('logged_models');
    for (const row of await store.rows('experiments', {}, 'experiment_id')) {
      if (row['workspace'] !== undefined && row['workspace'] !== options.workspace) continue;
      const foreign = await experimentFrom(importing, row);
      const experiment = await writer.experimentFor(foreign);
      // Imported before, and in the trash here.
      if (experiment.deletedAt !== null) continue;
      for await (const run of foreign.runs()) await writer.writeRun(experiment, run);
      if (hasModels)
        for await (const page of store.pages('logged_models', { experiment_id: keyOf(row) }, 100))
          for (const model of page) await importLoggedModel(importing, experiment, model);
      taken.push({ foreign, experiment });
    }
    // A run may name parents and models of any experiment.
    for (const { foreign } of taken) for await (const run of foreign.runs()) await writer.finishRun(run);
    for (const { foreign, experiment } of taken)
      if (foreign.isDeleted) await experiments.setExperimentDeleted(ctx, experiment.id, true);
    await importRegisteredModels(importing);
    return writer.result();
  } finally {
    await store.close();
  }
};
