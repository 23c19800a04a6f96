import { type Db, isAmong, sql } from '#platform/db';
import type { Int64 } from '../metrics/metric.ts';
import type { ExperimentsTables } from '../tables.ts';

const tables = (db: Db) => db.withTables<ExperimentsTables>();

/** Something that is gone for everybody while its rows are still being removed. */
export interface Purge {
  kind: 'run' | 'model' | 'experiment';
  number: number;
  id: string;
  project: string;
}

/** What is in the trash. */
export interface Trashed {
  number: number;
  id: string;
  project: string;
  name: string;
  deletedAt: number;
}

const trashTables = { run: 'runs', model: 'logged_models', experiment: 'experiments' } as const;

/** Since before an instant, oldest first; after one of them, where it is given. */
export const listTrash = async (
  db: Db,
  kind: Purge['kind'],
  query: { before: number; after: Trashed | null; limit: number },
): Promise<Trashed[]> => {
  const { rows } = await sql<Trashed>`
    select number, id, project, name, deleted_at as "deletedAt" from ${sql.table(trashTables[kind])}
    where deleted_at is not null and deleted_at < ${query.before}
      ${query.after ? sql`and (deleted_at, number) > (${query.after.deletedAt}, ${query.after.number})` : sql``}
    order by deleted_at, number limit ${query.limit}`.execute(db);
  return rows;
};

/** Ids of all that belongs to an experiment and may have files: runs or logged models, in the order of numbers. */
export const listMembers = async (
  db: Db,
  kind: 'run' | 'model',
  experiment: number,
  page: { after: number; limit: number },
): Promise<{ number: number; id: string }[]> =>
  tables(db)
    .selectFrom(trashTables[kind])
    .select(['number', 'id'])
    .where('experiment', '=', experiment)
    .where('number', '>', page.after)
    .orderBy('number')
    .limit(page.limit)
    .execute();

export const countRunsOf = async (db: Db, experiment: number): Promise<{ total: number; outside: number }> => {
  const row = await tables(db)
    .selectFrom('runs')
    .select((e) => [
      e.fn.countAll<number>().as('total'),
      sql<number>`coalesce(sum(case when deleted_at is null then 1 else 0 end), 0)`.as('outside'),
    ])
    .where('experiment', '=', experiment)
    .executeTakeFirstOrThrow();
  return { total: Number(row.total), outside: Number(row.outside) };
};

/** What goes with a run, for the audit trail. */
export const measureRun = async (
  db: Db,
  run: { number: number; id: string; project: string },
): Promise<{ points: number; files: number; bytes: number }> => {
  const { rows } = await sql<{ points: number; files: number; bytes: number }>`select
    (select coalesce(sum(points), 0) from run_metrics where run = ${run.number}) as points,
    (select count(*) from artifacts where project = ${run.project} and root = ${run.id}) as files,
    (select coalesce(sum(size_bytes), 0) from artifacts where project = ${run.project} and root = ${run.id}) as bytes
  `.execute(db);
  return { points: Number(rows[0]?.points), files: Number(rows[0]?.files), bytes: Number(rows[0]?.bytes) };
};

/** Takes it from everybody's sight; what belongs to it is removed later. */
export const beginPurge = async (db: Db, purge: Purge, now: number): Promise<void> => {
  await tables(db).deleteFrom(trashTables[purge.kind]).where('number', '=', purge.number).execute();
  if (purge.kind === 'experiment')
    await tables(db).deleteFrom('experiment_tags').where('experiment', '=', purge.number).execute();
  await insertPurges(db, [purge], now);
};

const insertPurges = async (db: Db, purges: readonly Purge[], now: number): Promise<void> => {
  if (purges.length === 0) return;
  await tables(db)
    .insertInto('purges')
    .values(purges.map((purge) => ({ ...purge, begun_at: now })))
    .execute();
};

/** Runs and models before experiments, so that few are under way at a time. */
export const nextPurge = async (db: Db): Promise<Purge | null> =>
  (await tables(db)
    .selectFrom('purges')
    .select(['kind', 'number', 'id', 'project'])
    .orderBy('kind', 'desc')
    .orderBy('number')
    .limit(1)
    .executeTakeFirst()) ?? null;

export const endPurge = async (db: Db, { kind, number }: Purge): Promise<void> => {
  await tables(db).deleteFrom('purges').where('kind', '=', kind).where('number', '=', number).execute();
};

/** Turns runs or logged models of an experiment into purges of their own. Answers how many. */
export const purgeMembers = async (
  db: Db,
  kind: 'run' | 'model',
  { number: experiment, project }: Purge,
  page: { limit: number; now: number },
): Promise<number> => {
  const members = await listMembers(db, kind, experiment, { after: 0, limit: page.limit });
  const numbers = members.map(({ number }) => number);
  if (numbers.length > 0)
    await tables(db)
      .deleteFrom(trashTables[kind])
      .where(isAmong(db, 'number', numbers))
      .execute();
  await insertPurges(
    db,
    members.map((member) => ({ kind, project, ...member })),
    page.now,
  );
  return members.length;
};

const seriesTables = {
  run_metrics: 'metric_points',
  logged_model_metrics: 'logged_model_points',
} as const;

/**
 * Metrics with their points, at most about `limit` rows; of a longer metric its first points. Answers how many rows
 * are gone: 0 where there is none left.
 */
export const deleteSeries = async (
  db: Db,
  table: keyof typeof seriesTables,
  owner: { column: 'run' | 'model'; number: number },
  limit: number,
): Promise<number> => {
  const metrics = sql.table(table);
  const points = sql.table(seriesTables[table]);
  const { rows } = await sql<{ series: number; points: number }>`
    select series, points from ${metrics} where ${sql.ref(owner.column)} = ${owner.number}
    order by series limit 500`.execute(db);
  const [first] = rows;
  if (!first) return 0;
  if (first.points > limit) {
    const bound = await sql<{ at: Int64; step: Int64; value: number; special: number }>`
      select at, step, value, special from ${points} where series = ${first.series}
      order by at, step, value, special limit 1 offset ${limit - 1}`.execute(db);
    const last = bound.rows[0];
    // Counted down, so that a cut in between leaves a number that is right.
    if (last) {
      await sql`delete from ${points} where series = ${first.series}
        and (at, step, value, special) <= (${last.at}, ${last.step}, ${last.value}, ${last.special})`.execute(db);
      await sql`update ${metrics} set points = points - ${limit} where series = ${first.series}`.execute(db);
      return limit;
    }
  }
  let gone = 0;
  const whole: number[] = [];
  for (const row of rows) {
    if (gone > 0 && gone + row.points + 1 > limit) break;
    gone += row.points + 1;
    whole.push(row.series);
  }
  await sql`delete from ${points} where ${isAmong(db, 'series', whole)}`.execute(db);
  await sql`delete from ${metrics} where ${isAmong(db, 'series', whole)}`.execute(db);
  return gone;
};

/** Rows of a table by owner and key, at most `limit`. Answers how many are gone. */
export const deleteKeyed = async (
  db: Db,
  table: 'run_parameters' | 'run_tags' | 'logged_model_parameters' | 'logged_model_tags',
  owner: { column: 'run' | 'model'; number: number },
  limit: number,
): Promise<number> => {
  const { numAffectedRows = 0n } = await sql`
    delete from ${sql.table(table)} where ${sql.ref(owner.column)} = ${owner.number} and key in (
      select key from ${sql.table(table)} where ${sql.ref(owner.column)} = ${owner.number} order by key limit ${limit}
    )`.execute(db);
  return Number(numAffectedRows);
};

/** The files of a run or a logged model: their rows; contents that nobody else refers to are garbage from now on. */
export const deleteFilesOf = async (db: Db, { project, id }: Purge, limit: number): Promise<number> => {
  const { numAffectedRows = 0n } = await sql`
    delete from artifacts where project = ${project} and root = ${id} and path in (
      select path from artifacts where project = ${project} and root = ${id} order by path limit ${limit}
    )`.execute(db);
  return Number(numAffectedRows);
};

/** What a run read and made, at most `limit` of it. Answers how many rows are gone. */
export const deleteLinks = async (db: Db, run: number, limit: number): Promise<number> => {
  const inputs = await tables(db)
    .selectFrom('run_inputs')
    .select('number')
    .where('run', '=', run)
    .limit(limit)
    .execute();
  if (inputs.length > 0) {
    const numbers = inputs.map(({ number }) => number);
    await tables(db)
      .deleteFrom('run_input_tags')
      .where(isAmong(db, 'input', numbers))
      .execute();
    await tables(db)
      .deleteFrom('run_inputs')
      .where(isAmong(db, 'number', numbers))
      .execute();
    return inputs.length;
  }
  const { numDeletedRows } = await tables(db).deleteFrom('run_models').where('run', '=', run).executeTakeFirst();
  return Number(numDeletedRows);
};

/** Data sets that runs of an experiment read. Answers their ids. */
export const deleteDatasets = async (db: Db, experiment: number, limit: number): Promise<string[]> => {
  const rows = await tables(db)
    .selectFrom('input_datasets')
    .select(['number', 'id'])
    .where('experiment', '=', experiment)
    .limit(limit)
    .execute();
  if (rows.length > 0)
    await tables(db)
      .deleteFrom('input_datasets')
      .where(
        isAmong(
          db,
          'number',
          rows.map(({ number }) => number),
        ),
      )
      .execute();
  return rows.map(({ id }) => id);
};
