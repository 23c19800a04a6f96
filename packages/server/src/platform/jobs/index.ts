import type { ChangeContext, Change, Changes } from '#platform/change';
import type { Clock } from '#platform/clock';
import type { Database } from '#platform/db';
import { MillwrightError, messageOf } from '#platform/errors';
import { failurePoint } from '#platform/failure-points';
import { randomSecret } from '#platform/ids';
import type { Log } from '#platform/log';
import {
  type ClaimedJob,
  buryJob,
  claimJobs,
  finishJob,
  holdLease,
  nextRunAt,
  purgeDone,
  releaseExpired,
  requeueJob,
} from './store.ts';

export { claimJobs, countJobs, findJob, finishJob, insertJobs, listJobs, reviveJob } from './store.ts';
export type { ClaimedJob, NewJob } from './store.ts';

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

export interface Jobs {
  handle(kind: string, handler: JobHandler, options?: { concurrency?: number }): void;
  start(): void;
  /** There may be something to run. */
  wake(): void;
  /** Stops claiming and waits for what runs; aborts it after the grace period. */
  stop(graceMs?: number): Promise<void>;
  /** Resolves when nothing is due or running. For tests and the demo. */
  idle(): Promise<void>;
  running(): number;
}

/** Thrown out of a change when another worker has taken the job over. */
class LeaseLost extends Error {
  constructor() {
    super('the lease of the job was lost to another worker');
    this.name = 'LeaseLost';
  }
}

const leaseMs = 30_000;
const keepDoneMs = 7 * 24 * 3_600_000;
const backOffMs = (attempt: number): number => Math.min(300_000, 500 * 4 ** (attempt - 1));

export const createJobs = (parts: {
  database: Database;
  changes: Changes;
  clock: Clock;
  log: Log;
  concurrency: number;
  pollMs: number;
  onOutcome?: (kind: string, outcome: 'done' | 'retry' | 'dead', durationMs: number) => void;
}): Jobs => {
  const { database, clock, log } = parts;
  const handlers = new Map<string, { handler: JobHandler; concurrency: number }>();
  const active = new Map<string, { kind: string; abort: AbortController; done: Promise<void> }>();
  let started = false;
  let timer: NodeJS.Timeout | null = null;
  let claiming: Promise<void> | null = null;
  let again = false;
  let lastSweepAt = 0;
  let waiters: (() => void)[] = [];

  const contextOf = (job: ClaimedJob): ChangeContext => ({
    actor: { id: `system:${job.kind}`, name: `system:${job.kind}` },
    project: job.project,
    requestId: job.id,
  });

  const runOne = async (job: ClaimedJob, abort: AbortController): Promise<void> => {
    const startedAt = clock.now();
    const context = contextOf(job);
    const guarded = <T>(run: (change: Change) => Promise<T>, last: boolean): Promise<T> =>
      parts.changes.change(context, async (change) => {
        // Asked first, so that the row stays locked until commit and no other worker can take over meanwhile.
        const held = last
          ? await finishJob(change.db, job, clock.now())
          : await holdLease(change.db, job, clock.now() + leaseMs);
        if (!held) throw new LeaseLost();
        const value = await run(change);
        if (last) failurePoint('job.before-commit');
        return value;
      });
    const heartbeat = setInterval(() => {
      holdLease(database.db, job, clock.now() + leaseMs).then(
        (held) => held || abort.abort(new LeaseLost()),
        () => undefined,
      );
    }, leaseMs / 3).unref();
    let finished = false;
    try {
      failurePoint('job.claimed');
      const entry = handlers.get(job.kind);
      if (!entry) throw new Error(`no handler for jobs of kind '${job.kind}'`);
      const outcome = await entry.handler({
        id: job.id,
        payload: job.payload,
        project: job.project,
        attempt: job.attempts,
        maxAttempts: job.maxAttempts,
        signal: abort.signal,
        context,
        change: (run) => guarded(run, false),
        finish: async (run) => {
          const value = await guarded(run, true);
          finished = true;
          failurePoint('job.after-commit');
          return value;
        },
      });
      if (!finished) {
        if (outcome)
          await requeueJob(database.db, job, { runAt: clock.now() + outcome.againInMs, error: null, counted: false });
        else await finishJob(database.db, job, clock.now());
      }
      parts.onOutcome?.(job.kind, 'done', clock.now() - startedAt);
    } catch (error) {
      await settleFailure(job, error, startedAt);
    } finally {
      clearInterval(heartbeat);
    }
  };

  const settleFailure = async (job: ClaimedJob, error: unknown, startedAt: number): Promise<void> => {
    if (error instanceof LeaseLost) {
      log.warn('a job was taken over by another worker', { job: job.id, kind: job.kind });
      return;
    }
    const message = messageOf(error);
    // What the caller did wrong does not get better by trying again.
    const hopeless = error instanceof MillwrightError && error.status < 500;
    const dead = hopeless || job.attempts >= job.maxAttempts;
    log[dead ? 'error' : 'warn']('a job failed', { job: job.id, kind: job.kind, attempt: job.attempts, dead, error });
    parts.onOutcome?.(job.kind, dead ? 'dead' : 'retry', clock.now() - startedAt);
    try {
      if (!dead) {
        await requeueJob(database.db, job, {
          runAt: clock.now() + backOffMs(job.attempts),
          error: message,
          counted: true,
        });
        return;
      }
      await parts.changes.change(contextOf(job), async (change) => {
        await buryJob(change.db, job, clock.now(), message);
        change.emit('system.job-dead', job.id, { kind: job.kind, error: message });
      });
    } catch (secondError) {
      // The lease runs out and the job comes back: nothing is lost.
      log.error('the outcome of a job could not be written', { job: job.id, error: secondError });
    }
  };

  const sweep = async (): Promise<void> => {
    const now = clock.now();
    if (now - lastSweepAt < 5000) return;
    lastSweepAt = now;
    for (const expired of await releaseExpired(database.db, now))
      log.warn('the worker of a job went away', { job: expired.id, kind: expired.kind, dead: expired.dead });
    await purgeDone(database.db, now - keepDoneMs);
  };

  const claim = async (): Promise<void> => {
    await sweep();
    const token = randomSecret();
    const runningOf = (kind: string) => [...active.values()].filter((entry) => entry.kind === kind).length;
    const free = parts.concurrency - active.size;
    const kinds = [...handlers].filter(([kind, entry]) => runningOf(kind) < entry.concurrency).map(([kind]) => kind);
    // A kind that may run once at a time is claimed one by one.
    const limited = kinds.some((kind) => (handlers.get(kind)?.concurrency ?? 1) - runningOf(kind) < free);
    const jobs = await claimJobs(database.db, database.kind, {
      kinds,
      limit: limited ? Math.min(1, free) : free,
      token,
      now: clock.now(),
      leaseMs,
    });
    for (const job of jobs) {
      const abort = new AbortController();
      const done = runOne(job, abort).finally(() => {
        active.delete(job.id);
        schedule(0);
      });
      active.set(job.id, { kind: job.kind, abort, done });
    }
    if (jobs.length > 0) again = true;
  };

  const loop = (): void => {
    if (!started) return;
    if (claiming) {
      again = true;
      return;
    }
    claiming = (async () => {
      do {
        again = false;
        if (active.size < parts.concurrency) await claim();
      } while (again && started && active.size < parts.concurrency);
    })()
      .catch((error: unknown) => log.warn('jobs could not be claimed; trying again', { error }))
      .finally(async () => {
        claiming = null;
        const next = started ? await nextRunAt(database.db, [...handlers.keys()]).catch(() => null) : null;
        const waitMs =
          next === null
            ? parts.pollMs
            : Math.max(active.size >= parts.concurrency ? parts.pollMs : 0, Math.min(parts.pollMs, next - clock.now()));
        if (active.size === 0 && (next === null || next > clock.now())) {
          for (const waiter of waiters) waiter();
          waiters = [];
        }
        schedule(again ? 0 : waitMs);
      });
  };
  const schedule = (delayMs: number): void => {
    if (!started) return;
    if (timer) clearTimeout(timer);
    timer = setTimeout(loop, delayMs);
  };

  return {
    handle(kind, handler, options = {}) {
      if (handlers.has(kind)) throw new Error(`the job kind '${kind}' has two handlers`);
      handlers.set(kind, { handler, concurrency: options.concurrency ?? parts.concurrency });
    },
    start() {
      started = true;
      loop();
    },
    wake: () => schedule(0),
    async stop(graceMs = 10_000) {
      started = false;
      if (timer) clearTimeout(timer);
      await claiming;
      const grace = setTimeout(() => {
        for (const entry of active.values()) entry.abort.abort(new Error('the server is shutting down'));
      }, graceMs);
      await Promise.allSettled([...active.values()].map((entry) => entry.done));
      clearTimeout(grace);
    },
    idle: () =>
      new Promise((resolve) => {
        waiters.push(resolve);
        schedule(0);
      }),
    running: () => active.size,
  };
};
