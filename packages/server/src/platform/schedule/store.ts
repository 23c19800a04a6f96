import { type Db, decodeJson, encodeJson, sql } from '#platform/db';

type ScheduleTables = {
  schedules: {
    key: string;
    project: string | null;
    cron: string;
    time_zone: string;
    job_kind: string;
    payload: string;
    next_at: number;
    created_at: number;
  };
};
const tables = (db: Db) => db.withTables<ScheduleTables>();

export interface Schedule {
  key: string;
  project: string | null;
  cron: string;
  timeZone: string;
  jobKind: string;
  payload: Record<string, unknown>;
  nextAt: number;
}

export const putSchedule = async (db: Db, schedule: Schedule, now: number): Promise<void> => {
  const row = {
    project: schedule.project,
    cron: schedule.cron,
    time_zone: schedule.timeZone,
    job_kind: schedule.jobKind,
    payload: encodeJson(schedule.payload),
    next_at: schedule.nextAt,
  };
  await tables(db)
    .insertInto('schedules')
    .values({ key: schedule.key, created_at: now, ...row })
    .onConflict((conflict) => conflict.column('key').doUpdateSet(row))
    .execute();
};

/** One that is there already keeps its next time, unless its cron line is another one. */
export const declareSchedule = async (db: Db, schedule: Schedule, now: number): Promise<void> => {
  const row = { cron: schedule.cron, time_zone: schedule.timeZone, next_at: schedule.nextAt };
  await tables(db)
    .insertInto('schedules')
    .values({
      key: schedule.key,
      project: schedule.project,
      job_kind: schedule.jobKind,
      payload: encodeJson(schedule.payload),
      created_at: now,
      ...row,
    })
    .onConflict((conflict) =>
      conflict.column('key').doUpdateSet(row).where(sql<boolean>`schedules.cron <> excluded.cron`),
    )
    .execute();
};

export const deleteSchedules = async (db: Db, keyPrefix: string): Promise<void> => {
  await tables(db)
    .deleteFrom('schedules')
    .where(sql<boolean>`substr(key, 1, ${sql.lit(keyPrefix.length)}) = ${keyPrefix}`)
    .execute();
};

export const nextOf = async (db: Db, keyPrefix: string): Promise<number | null> => {
  const row = await tables(db)
    .selectFrom('schedules')
    .select((e) => e.fn.min('next_at').as('at'))
    .where(sql<boolean>`substr(key, 1, ${sql.lit(keyPrefix.length)}) = ${keyPrefix}`)
    .executeTakeFirst();
  return row?.at == null ? null : Number(row.at);
};

export const dueSchedules = async (db: Db, now: number): Promise<Schedule[]> => {
  const rows = await tables(db)
    .selectFrom('schedules')
    .selectAll()
    .where('next_at', '<=', now)
    .orderBy('next_at')
    .limit(100)
    .execute();
  return rows.map((row) => ({
    key: row.key,
    project: row.project,
    cron: row.cron,
    timeZone: row.time_zone,
    jobKind: row.job_kind,
    payload: decodeJson(row.payload),
    nextAt: Number(row.next_at),
  }));
};

/** Moves a schedule on to `nextAt` (null: it never comes due again). False when somebody else has moved it already. */
export const moveSchedule = async (db: Db, from: Schedule, nextAt: number | null): Promise<boolean> => {
  if (nextAt === null) {
    const gone = tables(db).deleteFrom('schedules').where('key', '=', from.key).where('next_at', '=', from.nextAt);
    return (await gone.returning('key').executeTakeFirst()) !== undefined;
  }
  const moved = tables(db)
    .updateTable('schedules')
    .set({ next_at: nextAt })
    .where('key', '=', from.key)
    .where('next_at', '=', from.nextAt);
  return (await moved.returning('key').executeTakeFirst()) !== undefined;
};
