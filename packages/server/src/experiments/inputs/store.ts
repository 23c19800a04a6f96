import { alsoHas, type Db, isAmong } from '#platform/db';
import type { ExperimentsTables } from '../tables.ts';
import {
  type DatasetInput,
  type DatasetSummary,
  type InputDataset,
  keyOfDataset,
  type ModelOutput,
  type RunLinks,
} from './input.ts';

const tables = (db: Db) => db.withTables<ExperimentsTables>();

export interface KnownDataset {
  number: number;
  id: string;
}

/** Those of an experiment, by name and digest. */
export const findDatasets = async (
  db: Db,
  experiment: number,
  datasets: readonly InputDataset[],
): Promise<Map<string, KnownDataset>> => {
  const rows = await tables(db)
    .selectFrom('input_datasets')
    .select(['number', 'id', 'name', 'digest'])
    .where('experiment', '=', experiment)
    .where(isAmong(db, 'name', [...new Set(datasets.map(({ name }) => name))]))
    .execute();
  return new Map(rows.map((row) => [keyOfDataset(row), { number: row.number, id: row.id }]));
};

export type NewDataset = InputDataset & { id: string; project: string; experiment: number; createdAt: number };

/** One that somebody else was faster with stays as it is. */
export const insertDataset = async (db: Db, dataset: NewDataset): Promise<void> => {
  await tables(db)
    .insertInto('input_datasets')
    .values({
      id: dataset.id,
      project: dataset.project,
      experiment: dataset.experiment,
      name: dataset.name,
      digest: dataset.digest,
      source_type: dataset.sourceType,
      source: dataset.source,
      schema: dataset.schema,
      profile: dataset.profile,
      created_at: dataset.createdAt,
    })
    .onConflict((conflict) => conflict.columns(['experiment', 'name', 'digest']).doNothing())
    .execute();
};

/** Whether the run had not read it before; what was told first stays. */
export const insertInput = async (
  db: Db,
  input: { run: number; dataset: number } & Pick<DatasetInput, 'context' | 'tags'>,
): Promise<boolean> => {
  const { run, dataset, context } = input;
  const row = await tables(db)
    .insertInto('run_inputs')
    .values({ run, dataset, context })
    .onConflict((conflict) => conflict.columns(['run', 'dataset']).doNothing())
    .returning('number')
    .executeTakeFirst();
  if (!row) return false;
  const tags = Object.entries(input.tags).map(([key, value]) => ({ input: row.number, key, value }));
  if (tags.length > 0) await tables(db).insertInto('run_input_tags').values(tags).execute();
  return true;
};

export const putModelLinks = async (
  db: Db,
  run: number,
  direction: 'input' | 'output',
  models: readonly ModelOutput[],
): Promise<void> => {
  if (models.length === 0) return;
  await tables(db)
    .insertInto('run_models')
    .values(models.map(({ modelId, step }) => ({ run, direction, model: modelId, step })))
    .onConflict((conflict) =>
      conflict.columns(['run', 'direction', 'model']).doUpdateSet((e) => ({ step: e.ref('excluded.step') })),
    )
    .execute();
};

/** Of many runs at once, by their ids; those without any are missing. At most five queries. */
export const readLinks = async (db: Db, project: string, runIds: readonly string[]): Promise<Map<string, RunLinks>> => {
  const links = new Map<string, RunLinks>();
  if (runIds.length === 0) return links;
  const linksOf = (runId: string): RunLinks => {
    const known = links.get(runId) ?? { datasets: [], models: [], outputs: [] };
    links.set(runId, known);
    return known;
  };
  const inputs = await tables(db)
    .selectFrom('runs')
    .innerJoin('run_inputs', 'run_inputs.run', 'runs.number')
    .select(['runs.id', 'run_inputs.number', 'run_inputs.dataset', 'run_inputs.context'])
    .where(alsoHas(db, 'runs.project', project))
    .where(isAmong(db, 'runs.id', runIds))
    .orderBy('run_inputs.number')
    .execute();
  const datasets = await readDatasets(db, [...new Set(inputs.map(({ dataset }) => dataset))]);
  const tags = await readInputTags(
    db,
    inputs.map(({ number }) => number),
  );
  for (const { id, number, dataset, context } of inputs)
    linksOf(id).datasets.push({
      dataset: datasets.get(dataset) as InputDataset,
      context,
      tags: Object.fromEntries(tags.get(number) ?? []),
    });
  const models = await tables(db)
    .selectFrom('runs')
    .innerJoin('run_models', 'run_models.run', 'runs.number')
    .select(['runs.id', 'run_models.direction', 'run_models.model', 'run_models.step'])
    .where(alsoHas(db, 'runs.project', project))
    .where(isAmong(db, 'runs.id', runIds))
    .orderBy('run_models.number')
    .execute();
  for (const { id, direction, model, step } of models)
    if (direction === 'input') linksOf(id).models.push(model);
    else linksOf(id).outputs.push({ modelId: model, step });
  return links;
};

/** A data set that many runs read is read once. */
const readDatasets = async (db: Db, numbers: readonly number[]): Promise<Map<number, InputDataset>> => {
  if (numbers.length === 0) return new Map();
  const rows = await tables(db)
    .selectFrom('input_datasets')
    .select(['number', 'name', 'digest', 'source_type', 'source', 'schema', 'profile'])
    .where(isAmong(db, 'number', numbers))
    .execute();
  return new Map(
    rows.map(({ number, source_type: sourceType, ...dataset }) => [
      number,
      {
        name: dataset.name,
        digest: dataset.digest,
        sourceType,
        source: dataset.source,
        schema: dataset.schema,
        profile: dataset.profile,
      },
    ]),
  );
};

const readInputTags = async (db: Db, inputs: readonly number[]): Promise<Map<number, [string, string][]>> => {
  const found = new Map<number, [string, string][]>();
  if (inputs.length === 0) return found;
  const rows = await tables(db)
    .selectFrom('run_input_tags')
    .selectAll()
    .where(isAmong(db, 'input', inputs))
    .orderBy('input')
    .orderBy('key')
    .execute();
  for (const { input, key, value } of rows) found.set(input, [...(found.get(input) ?? []), [key, value]]);
  return found;
};

/** What runs of the experiments read, each once per context, in the order of names. */
export const summariseDatasets = async (
  db: Db,
  project: string,
  experiments: readonly number[],
  limit: number,
): Promise<DatasetSummary[]> =>
  tables(db)
    .selectFrom('input_datasets')
    .innerJoin('run_inputs', 'run_inputs.dataset', 'input_datasets.number')
    .select(['input_datasets.experiment', 'input_datasets.name', 'input_datasets.digest', 'run_inputs.context'])
    .distinct()
    .where('input_datasets.project', '=', project)
    .where(isAmong(db, 'input_datasets.experiment', experiments))
    .orderBy('input_datasets.experiment')
    .orderBy('input_datasets.name')
    .orderBy('input_datasets.digest')
    .orderBy('run_inputs.context', (order) => order.asc().nullsFirst())
    .limit(limit)
    .execute();

/** How people call them: by name, and which one of that name. */
export const datasetLabels = async (db: Db, project: string, ids: readonly string[]): Promise<Map<string, string>> => {
  const rows = await tables(db)
    .selectFrom('input_datasets')
    .select(['id', 'name', 'digest'])
    .where('project', '=', project)
    .where(isAmong(db, 'id', ids))
    .execute();
  return new Map(rows.map((row) => [row.id, `${row.name} (${row.digest})`]));
};
