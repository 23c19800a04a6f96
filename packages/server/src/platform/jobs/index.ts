import type { Changes } from '#platform/change';
import type { Clock } from '#platform/clock';
import type { Database } from '#platform/db';
import { randomSecret } from '#platform/ids';
import type { Log } from '#platform/log';
import { type JobHandler, ShuttingDown, contextOf, createRunner } from './run.ts';
import { claimJobs, nextRunAt, purgeDone, releaseExpired, unclaimJobs } from './store.ts';

export type { JobContext, JobHandler, JobOutcome } from './run.ts';
export { claimJobs, countJobs, findJob, insertJobs, listJobs, reviveJob } from './store.ts';
export type { ClaimedJob, NewJob } from './store.ts';

export interface Jobs {
  handle(kind: string, handler: JobHandler, options?: { concurrency?: number }): void;
  start(): void;
  /** There may be something to run. */
  wake(): void;
  /** Stops claiming and waits for what runs; aborts it after the grace period, and leaves it after another. */
  stop(graceMs?: number): Promise<void>;
  /** Resolves when nothing is due or running. For tests and the demo. */
  idle(): Promise<void>;
  running(): number;
}

export interface JobsParts {
  database: Database;
  changes: Changes;
  clock: Clock;
  log: Log;
  concurrency: number;
  pollMs: number;
  /** No other process takes jobs from this database: what is marked as running at the start was cut off by its end. */
  soleWorker?: boolean;
  leaseMs?: number;
  onOutcome?: (kind: string, outcome: 'done' | 'retry' | 'dead', durationMs: number) => void;
}

const keepDoneMs = 7 * 24 * 3_600_000;
const sweepMs = 5000;

export const createJobs = (parts: JobsParts): Jobs => {
  const { database, clock, log, leaseMs = 30_000 } = parts;
  const handlers = new Map<string, { handler: JobHandler; concurrency: number }>();
  const active = new Map<string, { kind: string; abort: AbortController; done: Promise<void> }>();
  const run = createRunner({ ...parts, leaseMs, handlerOf: (kind) => handlers.get(kind)?.handler });
  let started = false;
  let timer: NodeJS.Timeout | null = null;
  let turn: Promise<void> | null = null;
  let again = false;
  let sweptAt = Number.NEGATIVE_INFINITY;
  const waiters: (() => void)[] = [];
  const unheard = new Set<string>();

  const roomFor = (kind: string): number => {
    const running = [...active.values()].filter((entry) => entry.kind === kind).length;
    return (handlers.get(kind)?.concurrency ?? 0) - running;
  };
  const kindsWithRoom = (): string[] => [...handlers.keys()].filter((kind) => roomFor(kind) > 0);

  const sweep = async (): Promise<void> => {
    const now = clock.now();
    if (now - sweptAt < sweepMs) return;
    const expiredBefore = parts.soleWorker && sweptAt < 0 ? Number.MAX_SAFE_INTEGER : now;
    for (const expired of await releaseExpired(database.db, now, expiredBefore)) {
      log.warn('the worker of a job went away', { job: expired.id, kind: expired.kind, dead: expired.dead });
      if (!expired.dead) continue;
      await parts.changes.change(contextOf(expired), async (change) =>
        change.emit('system.job-dead', expired.id, { kind: expired.kind, error: 'the worker that ran it went away' }),
      );
    }
    await purgeDone(database.db, now - keepDoneMs);
    sweptAt = now;
  };

  /** Claims whose answer was lost with the connection may have been made: nobody runs those jobs. */
  const giveBackUnheard = async (): Promise<void> => {
    for (const token of unheard) {
      await unclaimJobs(database.db, token);
      unheard.delete(token);
    }
  };

  const claim = async (): Promise<void> => {
    await giveBackUnheard();
    await sweep();
    const free = parts.concurrency - active.size;
    const kinds = kindsWithRoom();
    // A kind with little room is claimed one by one, so that it never takes more than its share.
    const limited = kinds.some((kind) => roomFor(kind) < free);
    const token = randomSecret();
    const order = { kinds, limit: limited ? Math.min(1, free) : free, token, now: clock.now(), leaseMs };
    const jobs = await claimJobs(database.db, database.kind, order).catch((error: unknown) => {
      unheard.add(token);
      throw error;
    });
    for (const job of jobs) {
      const key = `${job.id} ${token}`;
      const abort = new AbortController();
      const done = run(job, abort).finally(() => {
        active.delete(key);
        wake();
      });
      active.set(key, { kind: job.kind, abort, done });
    }
    if (jobs.length > 0) again = true;
  };

  /** Claims what is due, then says how long to wait before the next look. */
  const takeTurn = async (): Promise<number> => {
    try {
      do {
        again = false;
        if (active.size < parts.concurrency) await claim();
      } while (again && started && active.size < parts.concurrency);
      const kinds = kindsWithRoom();
      const next = started && active.size < parts.concurrency ? await nextRunAt(database.db, kinds) : null;
      if (again) return 0;
      const dueInMs = next === null ? parts.pollMs : next - clock.now();
      if (started && active.size === 0 && (next === null || dueInMs > 0)) {
        for (const waiter of waiters.splice(0)) waiter();
      }
      return Math.max(0, Math.min(parts.pollMs, dueInMs));
    } catch (error) {
      log.warn('jobs could not be claimed; trying again', { error });
      return parts.pollMs;
    }
  };

  const loop = (): void => {
    timer = null;
    if (!started || turn) return;
    turn = (async () => {
      const waitMs = await takeTurn();
      turn = null;
      schedule(again ? 0 : waitMs);
    })();
  };
  const schedule = (delayMs: number): void => {
    if (!started) return;
    if (timer) clearTimeout(timer);
    timer = setTimeout(loop, delayMs);
  };
  const wake = (): void => {
    if (turn) again = true;
    else schedule(0);
  };

  return {
    handle(kind, handler, options = {}) {
      if (handlers.has(kind)) throw new Error(`the job kind '${kind}' has two handlers`);
      handlers.set(kind, { handler, concurrency: options.concurrency ?? parts.concurrency });
    },
    start() {
      started = true;
      wake();
    },
    wake,
    async stop(graceMs = 10_000) {
      started = false;
      if (timer) clearTimeout(timer);
      await turn;
      const running = Promise.allSettled([...active.values()].map((entry) => entry.done));
      const abortAll = setTimeout(() => {
        for (const entry of active.values()) entry.abort.abort(new ShuttingDown());
      }, graceMs);
      let giveUp: NodeJS.Timeout | undefined;
      const gaveUp = new Promise((resolve) => {
        giveUp = setTimeout(resolve, graceMs * 2);
      });
      await Promise.race([running, gaveUp]);
      clearTimeout(abortAll);
      clearTimeout(giveUp);
    },
    idle: () =>
      new Promise((resolve) => {
        waiters.push(resolve);
        wake();
      }),
    running: () => active.size,
  };
};
