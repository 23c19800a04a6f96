import { alsoHas, type Db, isAmong, sql } from '#platform/db';
import type { ExperimentsTables } from '../../tables.ts';

const tables = (db: Db) => db.withTables<ExperimentsTables>();

/** Runs outside the trash that have one of these runs above them, at any depth, parents before their children. */
export const listBelow = async (
  db: Db,
  project: string,
  ids: readonly string[],
  limit: number,
): Promise<{ id: string; parentRunId: string }[]> => {
  // `union` leaves out what was found before, so that a circle ends.
  const { rows } = await sql<{ id: string; parentRunId: string }>`
    with recursive below(id, parent) as (
      select id, parent_run_id from runs where project = ${project} and deleted_at is null
        and ${isAmong(db, 'parent_run_id', ids)}
      union
      select runs.id, runs.parent_run_id from runs inner join below on runs.parent_run_id = below.id
      where runs.project = ${project} and runs.deleted_at is null
    )
    select id, parent as "parentRunId" from below limit ${limit}`.execute(db);
  return rows;
};

/** The numbers of the experiments that runs belong to. */
export const experimentsOf = async (db: Db, project: string, ids: readonly string[]): Promise<number[]> => {
  const rows = await tables(db)
    .selectFrom('runs')
    .select('experiment')
    .distinct()
    .where(alsoHas(db, 'project', project))
    .where(isAmong(db, 'id', ids))
    .execute();
  return rows.map(({ experiment }) => experiment);
};

export interface MovedRun {
  number: number;
  id: string;
  experiment: number;
  startedAt: number;
}

/** Everything of the runs that repeats the number of their experiment. Points and files do not. */
export const setExperiment = async (
  db: Db,
  project: string,
  runs: readonly MovedRun[],
  experiment: number,
): Promise<void> => {
  const numbers = runs.map(({ number }) => number);
  for (const table of ['run_parameters', 'run_tags', 'run_metrics', 'run_fingerprints'] as const)
    await tables(db)
      .updateTable(table)
      .set({ experiment })
      .where(isAmong(db, 'run', numbers))
      .execute();
  await tables(db)
    .updateTable('runs')
    .set({ experiment })
    .where(isAmong(db, 'number', numbers))
    .execute();
  // The models that a run logged lie with it.
  await tables(db)
    .updateTable('logged_models')
    .set({ experiment })
    .where('project', '=', project)
    .where(
      isAmong(
        db,
        'source_run_id',
        runs.map(({ id }) => id),
      ),
    )
    .where(isAmong(db, 'experiment', [...new Set(runs.map((run) => run.experiment))]))
    .execute();
};

/** What the experiments say of their runs. Their locks are held. */
export const countMoved = async (db: Db, runs: readonly MovedRun[], target: number): Promise<void> => {
  for (const [number, moved] of Map.groupBy(runs, ({ experiment }) => experiment))
    await tables(db)
      .updateTable('experiments')
      .set({ moved_out: sql`moved_out + ${sql.lit(moved.length)}` as never })
      .where('number', '=', number)
      .execute();
  const latest = Math.max(...runs.map(({ startedAt }) => startedAt));
  await tables(db)
    .updateTable('experiments')
    .set({
      run_count: sql`run_count + ${sql.lit(runs.length)}` as never,
      last_run_at: sql`case when last_run_at > ${latest} then last_run_at else ${latest} end` as never,
    })
    .where('number', '=', target)
    .execute();
};

export interface ReadDataset {
  number: number;
  id: string;
  name: string;
  digest: string;
}

/** Data sets of other experiments that the runs read, in the order of their names. */
export const foreignDatasets = async (db: Db, runs: readonly number[], experiment: number): Promise<ReadDataset[]> =>
  tables(db)
    .selectFrom('input_datasets')
    .select(['number', 'id', 'name', 'digest'])
    .where('experiment', '!=', experiment)
    .where((e) =>
      e(
        'number',
        'in',
        e
          .selectFrom('run_inputs')
          .select('run_inputs.dataset')
          .where(isAmong(db, 'run_inputs.run', runs)),
      ),
    )
    .orderBy('name')
    .orderBy('digest')
    .execute();

/** The same data set in another experiment, made there where it is not yet. */
export const datasetIn = async (
  db: Db,
  experiment: number,
  dataset: ReadDataset,
  made: { id: string; now: number },
): Promise<{ number: number; id: string }> => {
  await sql`
    insert into input_datasets (id, project, experiment, name, digest, source_type, source, schema, profile, created_at)
    select ${made.id}, project, cast(${experiment} as bigint), name, digest, source_type, source, schema, profile,
      cast(${made.now} as bigint)
    from input_datasets where number = ${dataset.number}
    on conflict (experiment, name, digest) do nothing`.execute(db);
  return tables(db)
    .selectFrom('input_datasets')
    .select(['number', 'id'])
    .where('experiment', '=', experiment)
    .where('name', '=', dataset.name)
    .where('digest', '=', dataset.digest)
    .executeTakeFirstOrThrow();
};

/** Of the runs, those that read a data set now read another one. Answers their numbers. */
export const replaceInput = async (
  db: Db,
  runs: readonly number[],
  dataset: { from: number; to: number },
): Promise<number[]> => {
  const rows = await tables(db)
    .updateTable('run_inputs')
    .set({ dataset: dataset.to })
    .where('dataset', '=', dataset.from)
    .where(isAmong(db, 'run', runs))
    .returning('run')
    .execute();
  return rows.map(({ run }) => run);
};
