import type { Change, Changes } from '#platform/change';
import type { Clock } from '#platform/clock';
import type { Database } from '#platform/db';
import { fail } from '#platform/errors';
import { failurePoint } from '#platform/failure-points';
import type { Log } from '#platform/log';
import { isTimeZone, nextAt, parseCron } from '#platform/schedule-time';
import { deleteSchedules, dueSchedules, moveSchedule, nextOf, putSchedule } from './store.ts';

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
  const tick = async (): Promise<void> => {
    const context = { actor: { id: 'system:schedule', name: 'system:schedule' }, project: null, requestId: 'schedule' };
    await parts.changes.change(context, async (change) => {
      for (const schedule of await dueSchedules(change.db, parts.database.kind, change.now)) {
        change.enqueue(
          schedule.jobKind,
          { ...schedule.payload, project: schedule.project, dueAt: schedule.nextAt },
          { dedupeKey: `${schedule.key}@${schedule.nextAt}` },
        );
        await moveSchedule(change.db, schedule.key, nextOrRefuse(schedule.cron, schedule.timeZone, change.now));
      }
      failurePoint('schedule.before-commit');
    });
  };
  return {
    async put(change, schedule) {
      await putSchedule(
        change.db,
        { ...schedule, nextAt: nextOrRefuse(schedule.cron, schedule.timeZone, change.now) },
        change.now,
      );
    },
    remove: (change, keyPrefix) => deleteSchedules(change.db, keyPrefix),
    nextAt: (keyPrefix) => nextOf(parts.database.db, keyPrefix),
    start() {
      timer = setInterval(() => {
        tick().catch((error: unknown) => parts.log.warn('schedules could not be read; trying again', { error }));
      }, parts.pollMs).unref();
    },
    stop() {
      if (timer) clearInterval(timer);
    },
  };
};
