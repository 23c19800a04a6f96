import { type Db, isAmong } from '#platform/db';
import { namedVersionOf } from '../inputs/input.ts';
import { readEntries } from '../runs/entries/store.ts';
import type { ExperimentsTables } from '../tables.ts';
import { fingerprintOf } from './settings.ts';

const tables = (db: Db) => db.withTables<ExperimentsTables>();

/** What is known of the data of runs: digests of data sets and ids of versions, by the number of the run. */
export const readData = async (db: Db, runs: readonly number[]): Promise<Map<number, string[]>> => {
  const versions = await tables(db)
    .selectFrom('runs')
    .select(['number', 'dataset_version_id'])
    .where(isAmong(db, 'number', runs))
    .execute();
  const inputs = await tables(db)
    .selectFrom('run_inputs')
    .innerJoin('input_datasets', 'input_datasets.number', 'run_inputs.dataset')
    .select([
      'run_inputs.run',
      'input_datasets.digest',
      'input_datasets.source',
      'input_datasets.source_type as sourceType',
    ])
    .where(isAmong(db, 'run_inputs.run', runs))
    .execute();
  const found = new Map<number, Set<string>>();
  const add = (run: number, data: string) => found.set(run, (found.get(run) ?? new Set()).add(data));
  for (const { number, dataset_version_id: id } of versions) if (id !== null) add(number, id);
  for (const { run, ...input } of inputs) {
    add(run, input.digest);
    const version = namedVersionOf(input);
    if (version !== null) add(run, version);
  }
  // A training here says which contents its version had: the same contents may be another version elsewhere.
  for (const [run, [digest]] of await readEntries(db, 'run_parameters', [...found.keys()], ['datasetDigest']))
    if (digest && versions.some(({ number, dataset_version_id: id }) => number === run && id !== null))
      add(run, digest[1]);
  return new Map([...found].map(([run, data]) => [run, [...data].sort()]));
};

/** Notes what these runs were tried with, instead of what was noted before. */
export const writeFingerprints = async (
  db: Db,
  runs: readonly { number: number; project: string; experiment: number }[],
): Promise<void> => {
  if (runs.length === 0) return;
  const numbers = runs.map(({ number }) => number);
  const parameters = await readEntries(db, 'run_parameters', numbers);
  const data = await readData(db, numbers);
  await tables(db)
    .deleteFrom('run_fingerprints')
    .where(isAmong(db, 'run', numbers))
    .execute();
  await tables(db)
    .insertInto('run_fingerprints')
    .values(
      runs.flatMap(({ number, project, experiment }) => {
        const fingerprint = fingerprintOf(Object.fromEntries(parameters.get(number) ?? []));
        return (data.get(number) ?? ['']).map((one) => ({
          run: number,
          project,
          experiment,
          data: one,
          parameters: fingerprint,
        }));
      }),
    )
    .execute();
};

export const deleteFingerprints = async (db: Db, run: number): Promise<number> => {
  const { numDeletedRows } = await tables(db).deleteFrom('run_fingerprints').where('run', '=', run).executeTakeFirst();
  return Number(numDeletedRows);
};

export interface Tried {
  project: string;
  /** Digests and ids of versions; empty: runs of the experiment that name no data. */
  data: readonly string[];
  experiment: number | null;
}

/** A run may read more, but nobody asks by all of them. */
const dataAtMost = 20;

/** One query per data set: each walks an index from its newest run, and stops. */
const perData = async (
  db: Db,
  { project, data, experiment }: Tried,
  query: { fingerprint?: string; limit: number },
): Promise<string[]> => {
  const found: string[] = [];
  for (const one of data.length === 0 ? [''] : data.slice(0, dataAtMost)) {
    let rows = tables(db)
      .selectFrom('run_fingerprints')
      .innerJoin('runs', 'runs.number', 'run_fingerprints.run')
      .select('runs.id')
      .where('run_fingerprints.project', '=', project)
      .where('run_fingerprints.data', '=', one)
      .where('runs.deleted_at', 'is', null)
      .orderBy('run_fingerprints.run', 'desc')
      .limit(query.limit);
    if (query.fingerprint !== undefined) rows = rows.where('run_fingerprints.parameters', '=', query.fingerprint);
    if (experiment !== null) rows = rows.where('run_fingerprints.experiment', '=', experiment);
    found.push(...(await rows.execute()).map(({ id }) => id));
  }
  return [...new Set(found)];
};

/** Runs with exactly these settings, newest first, however many runs there are. */
export const findSame = (db: Db, tried: Tried, fingerprint: string, limit: number): Promise<string[]> =>
  perData(db, tried, { fingerprint, limit });

/** The newest runs on this data. */
export const findNewest = (db: Db, tried: Tried, limit: number): Promise<string[]> => perData(db, tried, { limit });

/** Those under way have read their data, but are noted only when they end. */
export const findUnderWay = async (db: Db, { project, data }: Tried, limit: number): Promise<string[]> => {
  if (data.length === 0) return [];
  const rows = await tables(db)
    .selectFrom('input_datasets')
    .innerJoin('run_inputs', 'run_inputs.dataset', 'input_datasets.number')
    .innerJoin('runs', 'runs.number', 'run_inputs.run')
    .select(['runs.id', 'runs.status', 'runs.deleted_at'])
    .where('input_datasets.project', '=', project)
    .where(isAmong(db, 'input_datasets.digest', data.slice(0, dataAtMost)))
    .orderBy('runs.number', 'desc')
    .limit(limit)
    .execute();
  return rows.filter((row) => row.status === 'running' && row.deleted_at === null).map(({ id }) => id);
};
