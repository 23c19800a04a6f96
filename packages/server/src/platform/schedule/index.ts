import type { Change, Changes } from '#platform/change';
import type { Clock } from '#platform/clock';
import type { Database } from '#platform/db';
import { fail } from '#platform/errors';
import { failurePoint } from '#platform/failure-points';
import type { Log } from '#platform/log';
import { isTimeZone, nextAt, parseCron } from '#platform/schedule-time';
import {
  type Schedule,
  declareSchedule,
  deleteSchedules,
  dueSchedules,
  moveSchedule,
  nextOf,
  putSchedule,
} from './store.ts';

export interface Scheduler {
  /** Sets or replaces a schedule within a change. Refuses a cron line or time zone that cannot be read. */
  put(
    change: Change,
    schedule: {
      key: string;
      project: string | null;
      cron: string;
      timeZone: string;
      jobKind: string;
      payload: Record<string, unknown>;
    },
  ): Promise<void>;
  /** A schedule of the instance itself, in UTC, that is there whenever a server runs; written when the scheduler starts. */
  declare(schedule: { key: string; cron: string; jobKind: string }): void;
  remove(change: Change, keyPrefix: string): Promise<void>;
  nextAt(keyPrefix: string): Promise<number | null>;
  start(): void;
  stop(): void;
}

const nextOrRefuse = (cron: string, timeZone: string, afterMs: number): number => {
  const parsed = parseCron(cron);
  if (!parsed.ok)
    return fail(
      'INVALID_INPUT',
      `The schedule '${cron}' cannot be read at character ${parsed.position + 1}: ${parsed.message}`,
    );
  if (!isTimeZone(timeZone))
    return fail('INVALID_INPUT', `There is no time zone '${timeZone}'. Use a name such as Europe/Berlin or UTC.`);
  return nextAt(parsed.cron, timeZone, afterMs) ?? fail('INVALID_INPUT', `The schedule '${cron}' never comes due.`);
};

/**
 * Turns due schedules into jobs. A schedule that was missed while no server ran fires once, then goes on from now.
 */
export const createScheduler = (parts: {
  database: Database;
  changes: Changes;
  clock: Clock;
  log: Log;
  pollMs: number;
}): Scheduler => {
  let timer: NodeJS.Timeout | null = null;
  let ticking = false;
  const declared: { key: string; cron: string; jobKind: string }[] = [];
  const writeDeclared = async (): Promise<void> => {
    const now = parts.clock.now();
    for (const schedule of declared) {
      const nextAt = nextOrRefuse(schedule.cron, 'UTC', now);
      const row = { ...schedule, project: null, timeZone: 'UTC', payload: {}, nextAt };
      await declareSchedule(parts.database.db, row, now);
    }
    declared.length = 0;
  };
  // Each in a change of its own: one that cannot go on must not hold up the others.
  const fire = async (schedule: Schedule): Promise<void> => {
    const actor = { id: 'system:schedule', name: 'system:schedule' };
    await parts.changes.change({ actor, project: schedule.project, requestId: 'schedule' }, async (change) => {
      const parsed = parseCron(schedule.cron);
      const next = parsed.ok ? nextAt(parsed.cron, schedule.timeZone, change.now) : null;
      // Another server may have fired it since we looked: only one of us moves it on from this moment.
      if (!(await moveSchedule(change.db, schedule, next))) return;
      change.enqueue(
        schedule.jobKind,
        { ...schedule.payload, project: schedule.project, dueAt: schedule.nextAt },
        { dedupeKey: `${schedule.key}@${schedule.nextAt}` },
      );
      failurePoint('schedule.before-commit');
    });
  };
  const tick = async (): Promise<void> => {
    if (ticking) return;
    ticking = true;
    try {
      if (declared.length > 0) await writeDeclared();
      for (const schedule of await dueSchedules(parts.database.db, parts.clock.now()))
        await fire(schedule).catch((error: unknown) =>
          parts.log.warn('a schedule could not be fired; trying again', { schedule: schedule.key, error }),
        );
    } catch (error) {
      parts.log.warn('schedules could not be read; trying again', { error });
    } finally {
      ticking = false;
    }
  };
  return {
    async put(change, schedule) {
      await putSchedule(
        change.db,
        { ...schedule, nextAt: nextOrRefuse(schedule.cron, schedule.timeZone, change.now) },
        change.now,
      );
    },
    declare: (schedule) => {
      declared.push(schedule);
    },
    remove: (change, keyPrefix) => deleteSchedules(change.db, keyPrefix),
    nextAt: (keyPrefix) => nextOf(parts.database.db, keyPrefix),
    start() {
      timer = setInterval(() => void tick(), parts.pollMs).unref();
      void tick();
    },
    stop() {
      if (timer) clearInterval(timer);
    },
  };
};
