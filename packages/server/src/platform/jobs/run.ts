import { setTimeout as pause } from 'node:timers/promises';
import type { ChangeContext, Change, Changes } from '#platform/change';
import type { Clock } from '#platform/clock';
import { type Database, translateFailure } from '#platform/db';
import { MillwrightError, messageOf } from '#platform/errors';
import { failurePoint } from '#platform/failure-points';
import type { Log } from '#platform/log';
import { type ClaimedJob, buryJob, finishJob, holdLease, requeueJob } from './store.ts';

export interface JobContext {
  id: string;
  payload: Record<string, unknown>;
  project: string | null;
  /** 1 for the first attempt. */
  attempt: number;
  maxAttempts: number;
  signal: AbortSignal;
  context: ChangeContext;
  /** Changes things while the job goes on; refused when the lease was lost. */
  change<T>(run: (change: Change) => Promise<T>): Promise<T>;
  /** The last change of the job, in one transaction with its being done: never done twice, never lost. */
  finish<T>(run: (change: Change) => Promise<T>): Promise<T>;
}

/** Nothing: done. `againInMs`: look again later, without counting an attempt. */
export type JobOutcome = { againInMs: number } | undefined;
export type JobHandler = (job: JobContext) => Promise<JobOutcome | void>;

/** Thrown out of a change when another worker has taken the job over. */
class LeaseLost extends Error {
  constructor() {
    super('the lease of the job was lost to another worker');
    this.name = 'LeaseLost';
  }
}

/** The reason of the abort when the server stops: no fault of the job. */
export class ShuttingDown extends Error {
  constructor() {
    super('the server is shutting down');
    this.name = 'ShuttingDown';
  }
}

export interface RunnerParts {
  database: Database;
  changes: Changes;
  clock: Clock;
  log: Log;
  leaseMs: number;
  handlerOf: (kind: string) => JobHandler | undefined;
  onOutcome?: (kind: string, outcome: 'done' | 'retry' | 'dead', durationMs: number) => void;
}

const outcomeRetryMs = 500;
const backOffMs = (attempt: number): number => Math.min(300_000, 500 * 4 ** (attempt - 1));

export const contextOf = (job: { id: string; kind: string; project: string | null }): ChangeContext => ({
  actor: { id: `system:${job.kind}`, name: `system:${job.kind}` },
  project: job.project,
  requestId: job.id,
});

/** Runs one claimed job to an outcome that is written down. Never rejects. */
export const createRunner = (parts: RunnerParts) => {
  const { database, clock, log, leaseMs } = parts;

  const attempt = async (job: ClaimedJob, abort: AbortController): Promise<void> => {
    const guarded = <T>(run: (change: Change) => Promise<T>, last: boolean): Promise<T> =>
      parts.changes.change(contextOf(job), async (change) => {
        // Asked first, so that the row stays locked until commit and no other worker can take over meanwhile.
        const held = last
          ? await finishJob(change.db, job, clock.now())
          : await holdLease(change.db, job, clock.now() + leaseMs);
        if (!held) throw new LeaseLost();
        const value = await run(change);
        if (last) failurePoint('job.before-commit');
        return value;
      });
    let finished = false;
    failurePoint('job.claimed');
    const handler = parts.handlerOf(job.kind);
    if (!handler) throw new Error(`no handler for jobs of kind '${job.kind}'`);
    const outcome = await handler({
      id: job.id,
      payload: job.payload,
      project: job.project,
      attempt: job.attempts,
      maxAttempts: job.maxAttempts,
      signal: abort.signal,
      context: contextOf(job),
      change: (run) => guarded(run, false),
      finish: async (run) => {
        const value = await guarded(run, true);
        finished = true;
        failurePoint('job.after-commit');
        return value;
      },
    });
    if (finished) return;
    if (outcome)
      await requeueJob(database.db, job, { runAt: clock.now() + outcome.againInMs, error: null, counted: false });
    else if (!(await finishJob(database.db, job, clock.now()))) throw new LeaseLost();
  };

  // What the caller did wrong does not get better by trying again.
  const isHopeless = (job: ClaimedJob, error: unknown): boolean =>
    (error instanceof MillwrightError && error.status < 500) || job.attempts >= job.maxAttempts;

  const settleFailure = async (job: ClaimedJob, error: unknown): Promise<'retry' | 'dead'> => {
    const message = messageOf(error);
    if (!isHopeless(job, error)) {
      const runAt = clock.now() + backOffMs(job.attempts);
      await requeueJob(database.db, job, { runAt, error: message, counted: true });
      return 'retry';
    }
    await parts.changes.change(contextOf(job), async (change) => {
      if (await buryJob(change.db, job, clock.now(), message))
        change.emit('system.job-dead', job.id, { kind: job.kind, error: message });
    });
    return 'dead';
  };

  /** While the database is away the outcome waits for it: the job goes on when it is back, not when its lease runs out. */
  const whenBack = async <T>(write: () => Promise<T>, signal: AbortSignal): Promise<T> => {
    for (let leftMs = leaseMs; ; leftMs -= outcomeRetryMs) {
      try {
        return await write();
      } catch (error) {
        const told = translateFailure(error);
        const isAway = told instanceof MillwrightError && told.code === 'DATABASE_UNAVAILABLE';
        if (!isAway || leftMs <= 0 || signal.aborted) throw error;
        await pause(outcomeRetryMs);
      }
    }
  };

  const settle = async (job: ClaimedJob, error: unknown, signal: AbortSignal): Promise<'retry' | 'dead'> => {
    if (signal.reason instanceof ShuttingDown) {
      await requeueJob(database.db, job, { runAt: clock.now(), error: null, counted: false });
      return 'retry';
    }
    const dead = isHopeless(job, error);
    log[dead ? 'error' : 'warn']('a job failed', { job: job.id, kind: job.kind, attempt: job.attempts, dead, error });
    return whenBack(() => settleFailure(job, error), signal);
  };

  return async (job: ClaimedJob, abort: AbortController): Promise<void> => {
    const startedAt = clock.now();
    const outcome = (what: 'done' | 'retry' | 'dead') => parts.onOutcome?.(job.kind, what, clock.now() - startedAt);
    const heartbeat = setInterval(() => {
      holdLease(database.db, job, clock.now() + leaseMs).then(
        (held) => held || abort.abort(new LeaseLost()),
        () => undefined,
      );
    }, leaseMs / 3).unref();
    try {
      await attempt(job, abort);
      outcome('done');
    } catch (error) {
      if (error instanceof LeaseLost || abort.signal.reason instanceof LeaseLost) {
        log.warn('a job was taken over by another worker', { job: job.id, kind: job.kind });
        return;
      }
      try {
        outcome(await settle(job, error, abort.signal));
      } catch (secondError) {
        // The lease runs out and the job comes back: nothing is lost.
        log.error('the outcome of a job could not be written', { job: job.id, error: secondError });
      }
    } finally {
      clearInterval(heartbeat);
    }
  };
};
