import type { Job, JobState } from '@millwright/contract';
import type { Static } from 'typebox';
import { type DatabaseKind, type Db, decodeCursor, decodeJson, encodeJson, pageFrom, sql } from '#platform/db';

type State = Static<typeof JobState>;
type JobTables = {
  jobs: {
    id: string;
    kind: string;
    state: State;
    project: string | null;
    payload: string;
    dedupe_key: string | null;
    attempts: number;
    max_attempts: number;
    run_at: number;
    lease_token: string | null;
    lease_until: number | null;
    created_at: number;
    started_at: number | null;
    finished_at: number | null;
    error: string | null;
  };
};
const tables = (db: Db) => db.withTables<JobTables>();

export interface NewJob {
  id: string;
  kind: string;
  project: string | null;
  payload: Record<string, unknown>;
  /** While a job with this key is queued or running, another one is not added. */
  dedupeKey: string | null;
  maxAttempts: number;
  runAt: number;
}

export const insertJobs = async (db: Db, jobs: readonly NewJob[], now: number): Promise<void> => {
  if (jobs.length === 0) return;
  await tables(db)
    .insertInto('jobs')
    .values(
      jobs.map((job) => ({
        id: job.id,
        kind: job.kind,
        state: 'queued' as const,
        project: job.project,
        payload: encodeJson(job.payload),
        dedupe_key: job.dedupeKey,
        attempts: 0,
        max_attempts: job.maxAttempts,
        run_at: job.runAt,
        lease_token: null,
        lease_until: null,
        created_at: now,
        started_at: null,
        finished_at: null,
        error: null,
      })),
    )
    .onConflict((conflict) => conflict.column('dedupe_key').doNothing())
    .execute();
};

export interface ClaimedJob {
  id: string;
  kind: string;
  project: string | null;
  payload: Record<string, unknown>;
  attempts: number;
  maxAttempts: number;
  leaseToken: string;
}

/** Takes jobs that are due under a lease of our own. `releaseExpired` makes those due whose holder went away. */
export const claimJobs = async (
  db: Db,
  kind: DatabaseKind,
  options: { kinds: readonly string[]; limit: number; token: string; now: number; leaseMs: number },
): Promise<ClaimedJob[]> => {
  if (options.kinds.length === 0 || options.limit <= 0) return [];
  const skipLocked = kind === 'postgres' ? sql`for update skip locked` : sql``;
  const kinds = sql.join(options.kinds);
  const claimed = await sql<JobTables['jobs']>`
    update jobs set state = 'running', lease_token = ${options.token}, lease_until = ${options.now + options.leaseMs}, attempts = attempts + 1,
      started_at = coalesce(started_at, ${options.now})
    where id in (
      select id from jobs where state = 'queued' and run_at <= ${options.now} and kind in (${kinds}) order by run_at, id limit ${sql.lit(options.limit)} ${skipLocked}
    ) returning *`.execute(db);
  return claimed.rows.map(toClaimed);
};

/** Undoes a claim, as if it had not been made. */
export const unclaimJobs = async (db: Db, token: string): Promise<void> => {
  await tables(db)
    .updateTable('jobs')
    .set({ state: 'queued', lease_token: null, lease_until: null, attempts: sql`attempts - 1` as never })
    .where('lease_token', '=', token)
    .execute();
};

/** Puts jobs whose lease ran out back into the queue, or among the dead when they have used up their attempts. */
export const releaseExpired = async (
  db: Db,
  now: number,
  expiredBefore: number,
): Promise<{ id: string; kind: string; project: string | null; dead: boolean }[]> => {
  const expired = await tables(db)
    .updateTable('jobs')
    .set({
      state: sql`case when attempts >= max_attempts then 'dead' else 'queued' end` as never,
      lease_token: null,
      lease_until: null,
      error: 'the worker that ran it went away',
      finished_at: sql`case when attempts >= max_attempts then cast(${now} as bigint) else null end` as never,
      dedupe_key: sql`case when attempts >= max_attempts then null else dedupe_key end` as never,
    })
    .where('state', '=', 'running')
    .where('lease_until', '<', expiredBefore)
    .returning(['id', 'kind', 'project', 'state'])
    .execute();
  return expired.map((row) => ({ id: row.id, kind: row.kind, project: row.project, dead: row.state === 'dead' }));
};

const toClaimed = (row: JobTables['jobs']): ClaimedJob => ({
  id: row.id,
  kind: row.kind,
  project: row.project,
  payload: decodeJson(row.payload),
  attempts: Number(row.attempts),
  maxAttempts: Number(row.max_attempts),
  leaseToken: row.lease_token ?? '',
});

/** True while the lease is ours. Every write of a job asks this in its own transaction, so that a lost lease writes nothing. */
export const holdLease = async (
  db: Db,
  job: { id: string; leaseToken: string },
  leaseUntil: number,
): Promise<boolean> => {
  const row = await tables(db)
    .updateTable('jobs')
    .set({ lease_until: leaseUntil })
    .where('id', '=', job.id)
    .where('lease_token', '=', job.leaseToken)
    .where('state', '=', 'running')
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
};

export const finishJob = async (db: Db, job: { id: string; leaseToken: string }, now: number): Promise<boolean> => {
  const row = await tables(db)
    .updateTable('jobs')
    .set({ state: 'done', finished_at: now, lease_token: null, lease_until: null, dedupe_key: null, error: null })
    .where('id', '=', job.id)
    .where('lease_token', '=', job.leaseToken)
    .where('state', '=', 'running')
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
};

/** Back into the queue: after a failure (counted), or because the job asked to look again later (not counted). */
export const requeueJob = async (
  db: Db,
  job: { id: string; leaseToken: string },
  options: { runAt: number; error: string | null; counted: boolean },
): Promise<void> => {
  await tables(db)
    .updateTable('jobs')
    .set({
      state: 'queued',
      run_at: options.runAt,
      error: options.error,
      lease_token: null,
      lease_until: null,
      ...(options.counted ? {} : { attempts: sql`attempts - 1` as never }),
    })
    .where('id', '=', job.id)
    .where('lease_token', '=', job.leaseToken)
    .execute();
};

/** Answers whether the lease was still ours. */
export const buryJob = async (
  db: Db,
  job: { id: string; leaseToken: string },
  now: number,
  error: string,
): Promise<boolean> => {
  const row = await tables(db)
    .updateTable('jobs')
    .set({ state: 'dead', finished_at: now, error, lease_token: null, lease_until: null, dedupe_key: null })
    .where('id', '=', job.id)
    .where('lease_token', '=', job.leaseToken)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
};

const toJob = (row: JobTables['jobs']): Job => ({
  id: row.id,
  kind: row.kind,
  state: row.state,
  project: row.project,
  payload: decodeJson(row.payload),
  attempts: row.attempts,
  maxAttempts: row.max_attempts,
  runAt: row.run_at,
  createdAt: row.created_at,
  startedAt: row.started_at,
  finishedAt: row.finished_at,
  error: row.error,
});

export const findJob = async (db: Db, id: string): Promise<Job | null> => {
  const row = await tables(db).selectFrom('jobs').selectAll().where('id', '=', id).executeTakeFirst();
  return row ? toJob(row) : null;
};

export const reviveJob = async (db: Db, id: string, now: number): Promise<boolean> => {
  const row = await tables(db)
    .updateTable('jobs')
    .set({ state: 'queued', attempts: 0, run_at: now, finished_at: null })
    .where('id', '=', id)
    .where('state', '=', 'dead')
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
};

export const listJobs = async (
  db: Db,
  filter: {
    state?: State | undefined;
    kind?: string | undefined;
    limit?: number | undefined;
    cursor?: string | undefined;
  },
) => {
  const limit = filter.limit ?? 100;
  const after = decodeCursor(filter.cursor);
  let query = tables(db)
    .selectFrom('jobs')
    .selectAll()
    .orderBy('id', 'desc')
    .limit(limit + 1);
  if (filter.state !== undefined) query = query.where('state', '=', filter.state);
  if (filter.kind !== undefined) query = query.where('kind', '=', filter.kind);
  if (after) query = query.where('id', '<', String(after[0]));
  return pageFrom(await query.execute(), limit, (row) => [row.id], toJob);
};

export const nextRunAt = async (db: Db, kinds: readonly string[]): Promise<number | null> => {
  if (kinds.length === 0) return null;
  const row = await tables(db)
    .selectFrom('jobs')
    .select((e) => e.fn.min('run_at').as('at'))
    .where('state', '=', 'queued')
    .where('kind', 'in', kinds)
    .executeTakeFirst();
  return row?.at == null ? null : Number(row.at);
};

/** Done jobs are kept for a while to be looked at; dead ones stay until somebody decides. */
export const purgeDone = async (db: Db, before: number): Promise<void> => {
  await tables(db).deleteFrom('jobs').where('state', '=', 'done').where('finished_at', '<', before).execute();
};

export const countJobs = async (db: Db): Promise<{ state: string; count: number }[]> =>
  (
    await tables(db)
      .selectFrom('jobs')
      .select(['state', (e) => e.fn.countAll().as('count')])
      .groupBy('state')
      .execute()
  ).map((row) => ({ state: row.state, count: Number(row.count) }));
