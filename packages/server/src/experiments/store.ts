import type { Experiment, Page } from '@millwright/contract';
import { type Db, decodeCursor, pageFrom, sql } from '#platform/db';
import type { ExperimentsTables } from './tables.ts';

const tables = (db: Db) => db.withTables<ExperimentsTables>();

const toExperiment = (row: ExperimentsTables['experiments']): Experiment => ({
  id: row.id,
  name: row.name,
  description: row.description,
  owner: row.owner,
  createdAt: row.created_at,
  runCount: row.run_count,
  lastRunAt: row.last_run_at,
});

export const insertExperiment = async (db: Db, project: string, experiment: Experiment): Promise<void> => {
  await tables(db)
    .insertInto('experiments')
    .values({
      id: experiment.id,
      project,
      name: experiment.name,
      description: experiment.description,
      owner: experiment.owner,
      created_at: experiment.createdAt,
      run_count: experiment.runCount,
      last_run_at: experiment.lastRunAt,
    })
    .execute();
};

export const findExperiment = async (db: Db, project: string, ref: string): Promise<Experiment | null> => {
  const rows = await tables(db)
    .selectFrom('experiments')
    .selectAll()
    .where('project', '=', project)
    .where((e) => e.or([e('id', '=', ref), e('name', '=', ref)]))
    .execute();
  // An experiment may be named like the id of another one: the id wins.
  const row = rows.find(({ id }) => id === ref) ?? rows[0];
  return row ? toExperiment(row) : null;
};

export const listExperiments = async (
  db: Db,
  project: string,
  filter: { limit?: number | undefined; cursor?: string | undefined },
): Promise<Page<Experiment>> => {
  const limit = filter.limit ?? 100;
  const after = decodeCursor(filter.cursor);
  let query = tables(db)
    .selectFrom('experiments')
    .selectAll()
    .where('project', '=', project)
    .orderBy('id', 'desc')
    .limit(limit + 1);
  if (after) query = query.where('id', '<', String(after[0]));
  return pageFrom(await query.execute(), limit, (row) => [row.id], toExperiment);
};

/** Keeps others from starting runs in the experiment until the transaction ends. */
export const lockExperiment = async (db: Db, project: string, id: string): Promise<void> => {
  await tables(db)
    .updateTable('experiments')
    .set({ run_count: sql`run_count` as never })
    .where('project', '=', project)
    .where('id', '=', id)
    .execute();
};

/** Answers the number of the run that begins, from 1. */
export const countRun = async (db: Db, project: string, experimentId: string, now: number): Promise<number> => {
  const row = await tables(db)
    .updateTable('experiments')
    .set({ run_count: sql`run_count + 1` as never, last_run_at: now })
    .where('project', '=', project)
    .where('id', '=', experimentId)
    .returning('run_count')
    .executeTakeFirstOrThrow();
  return row.run_count;
};
