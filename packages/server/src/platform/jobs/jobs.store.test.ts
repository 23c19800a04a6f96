import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { MillwrightError } from '#platform/errors';
import { listEvents } from '#platform/events';
import { aClock, aPlatform, type TestPlatform, testDatabases } from '#platform/testing';
import { claimJobs, createJobs, findJob, type JobHandler, type Jobs, type JobsParts, listJobs } from './index.ts';
import { finishJob, holdLease, releaseExpired } from './store.ts';

describe.each(testDatabases)('jobs on %s', (database) => {
  let test: TestPlatform;
  const clock = aClock();
  const workers: Jobs[] = [];
  beforeAll(async () => {
    test = await aPlatform({ database, clock });
  });
  afterAll(async () => {
    await Promise.all(workers.map((worker) => worker.stop(0)));
    await test.close();
  });

  const aWorker = (
    handlers: Record<string, JobHandler>,
    options: Partial<JobsParts> & { perKind?: number } = {},
  ): Jobs => {
    const { perKind, ...parts } = options;
    const { changes, log } = test.platform;
    const worker = createJobs({
      database: test.platform.database,
      changes,
      clock,
      log: quiet(log),
      concurrency: 4,
      pollMs: 20,
      ...parts,
    });
    for (const [kind, handler] of Object.entries(handlers))
      worker.handle(kind, handler, perKind === undefined ? {} : { concurrency: perKind });
    workers.push(worker);
    return worker;
  };
  const quiet = (log: JobsParts['log']): JobsParts['log'] => ({
    ...log,
    warn: () => undefined,
    error: () => undefined,
  });
  const enqueue = (kind: string, count = 1, options: { dedupeKey?: string; maxAttempts?: number } = {}) =>
    test.platform.changes.change(test.ctx, async (change) => {
      for (let n = 0; n < count; n++) change.enqueue(kind, { n }, options);
    });
  const jobsOf = async (kind: string) => (await listJobs(test.platform.database.db, { kind, limit: 1000 })).items;
  const db = () => test.platform.database.db;
  const claimOne = async (kind: string, leaseMs = 30_000) => {
    const [job] = await claimJobs(db(), test.platform.database.kind, {
      kinds: [kind],
      limit: 1,
      token: `token-${clock.now()}-${Math.trunc(performance.now() * 1000)}`,
      now: clock.now(),
      leaseMs,
    });
    if (!job) throw new Error('nothing to claim');
    return job;
  };

  it('are each run once by eight workers that race for them', async () => {
    const ran: string[] = [];
    await enqueue('race', 80);
    const racing = Array.from({ length: 8 }, () => aWorker({ race: async (job) => void ran.push(job.id) }));
    for (const worker of racing) worker.start();
    await Promise.all(racing.map((worker) => worker.idle()));
    await vi.waitFor(
      async () => expect((await jobsOf('race')).every(({ state }) => state === 'done')).toBe(true),
      5000,
    );
    expect(ran).toHaveLength(80);
    expect(new Set(ran).size).toBe(80);
    await Promise.all(racing.map((worker) => worker.stop(0)));
  });

  it('go to another worker when their lease runs out, and the first can write nothing any more', async () => {
    await enqueue('lease');
    const first = await claimOne('lease');
    expect(await holdLease(db(), first, clock.now() + 30_000)).toBe(true);
    await releaseExpired(db(), clock.now(), clock.now());
    expect((await findJob(db(), first.id))?.state).toBe('running');
    clock.advance(30_001);
    await releaseExpired(db(), clock.now(), clock.now());
    const second = await claimOne('lease');
    expect(second).toMatchObject({ id: first.id, attempts: 2 });
    expect(await holdLease(db(), first, clock.now() + 1)).toBe(false);
    expect(await finishJob(db(), first, clock.now())).toBe(false);
    expect(await finishJob(db(), second, clock.now())).toBe(true);
  });

  it('write nothing after their lease was lost', async () => {
    await enqueue('late');
    const worker = aWorker({
      late: async (job) => {
        if (job.attempt > 1) return;
        await releaseExpired(db(), clock.now(), Number.MAX_SAFE_INTEGER);
        await job.finish(async (change) => change.emit('experiments.run-ended', 'run_late'));
      },
    });
    worker.start();
    await vi.waitFor(async () => expect((await jobsOf('late'))[0]).toMatchObject({ state: 'done', attempts: 2 }), 5000);
    await worker.stop(0);
    const events = await listEvents(db(), { project: 'default', limit: 1000 });
    expect(events.items.filter(({ subjectId }) => subjectId === 'run_late')).toEqual([]);
  });

  it('keep their lease by heartbeats while they run', async () => {
    await enqueue('long');
    let done = false;
    const worker = aWorker(
      {
        long: async () => {
          for (let n = 0; n < 6; n++) {
            await new Promise((resolve) => setTimeout(resolve, 30));
            clock.advance(30);
          }
          done = true;
        },
      },
      { leaseMs: 90 },
    );
    worker.start();
    await vi.waitFor(async () => expect((await jobsOf('long'))[0]).toMatchObject({ state: 'done', attempts: 1 }), 5000);
    expect(done).toBe(true);
    await worker.stop(0);
  });

  it('are tried again later and later, then are dead, are told of, and can be run again', async () => {
    await enqueue('broken', 1, { maxAttempts: 3 });
    const waits: number[] = [];
    const worker = aWorker({
      broken: async () => {
        throw new Error('it does not work');
      },
    });
    worker.start();
    for (let attempt = 1; attempt <= 2; attempt++) {
      await vi.waitFor(
        async () =>
          expect((await jobsOf('broken'))[0]).toMatchObject({
            state: 'queued',
            attempts: attempt,
            error: 'it does not work',
          }),
        5000,
      );
      const runAt = (await jobsOf('broken'))[0]?.runAt ?? 0;
      waits.push(runAt - clock.now());
      clock.advance(runAt - clock.now());
      worker.wake();
    }
    await vi.waitFor(
      async () => expect((await jobsOf('broken'))[0]).toMatchObject({ state: 'dead', attempts: 3 }),
      5000,
    );
    expect(waits).toEqual([500, 2000]);
    const [job] = await jobsOf('broken');
    const told = await listEvents(db(), { project: 'default', type: 'system.job-dead' });
    expect(told.items.filter(({ subjectId }) => subjectId === job?.id)).toHaveLength(1);
    await worker.stop(0);
  });

  it('that were refused by their input, or killed their workers too often, are dead at once', async () => {
    await enqueue('refused');
    const worker = aWorker({
      refused: async () => {
        throw new MillwrightError('DATA_REFUSED', 'row 7 is broken');
      },
    });
    worker.start();
    await vi.waitFor(
      async () => expect((await jobsOf('refused'))[0]).toMatchObject({ state: 'dead', attempts: 1 }),
      5000,
    );
    await worker.stop(0);
    await enqueue('killer', 1, { maxAttempts: 1 });
    const job = await claimOne('killer');
    clock.advance(30_001);
    const sweeper = aWorker({});
    sweeper.start();
    await vi.waitFor(async () => expect((await findJob(db(), job.id))?.state).toBe('dead'), 5000);
    await vi.waitFor(async () => {
      const told = await listEvents(db(), { project: 'default', type: 'system.job-dead' });
      expect(told.items.filter(({ subjectId }) => subjectId === job.id)).toHaveLength(1);
    }, 5000);
    await sweeper.stop(0);
  });

  it('with one key exist once while they wait or run, and may come again afterwards', async () => {
    await enqueue('keyed', 3, { dedupeKey: 'one' });
    await enqueue('keyed', 1, { dedupeKey: 'one' });
    expect(await jobsOf('keyed')).toHaveLength(1);
    const job = await claimOne('keyed');
    await enqueue('keyed', 1, { dedupeKey: 'one' });
    expect(await jobsOf('keyed')).toHaveLength(1);
    await finishJob(db(), job, clock.now());
    await enqueue('keyed', 1, { dedupeKey: 'one' });
    expect(await jobsOf('keyed')).toHaveLength(2);
  });

  it('that ask to look again later are not counted as attempts', async () => {
    await enqueue('waiting', 1, { maxAttempts: 2 });
    let looks = 0;
    const worker = aWorker({ waiting: async () => (++looks < 5 ? { againInMs: 0 } : undefined) });
    worker.start();
    await vi.waitFor(
      async () => expect((await jobsOf('waiting'))[0]).toMatchObject({ state: 'done', attempts: 1 }),
      5000,
    );
    expect(looks).toBe(5);
    await worker.stop(0);
  });

  it('of one kind run no more at once than that kind may, without asking the database all the time', async () => {
    await enqueue('narrow', 6);
    let running = 0;
    let most = 0;
    const worker = aWorker(
      {
        narrow: async () => {
          most = Math.max(most, ++running);
          await new Promise((resolve) => setTimeout(resolve, 40));
          running--;
        },
      },
      { perKind: 2, pollMs: 10_000 },
    );
    worker.start();
    const asked = vi.spyOn(clock, 'now');
    await vi.waitFor(async () => expect((await jobsOf('narrow')).every(({ state }) => state === 'done')).toBe(true), {
      timeout: 5000,
      interval: 50,
    });
    expect(most).toBe(2);
    // A loop that does not wait asks some thousand times.
    expect(asked.mock.calls.length).toBeLessThan(200);
    asked.mockRestore();
    await worker.stop(0);
  });

  it('go back to the queue uncounted when the server stops', async () => {
    await enqueue('stopped', 1, { maxAttempts: 1 });
    const worker = aWorker({
      stopped: (job) =>
        new Promise((_resolve, reject) => job.signal.addEventListener('abort', () => reject(job.signal.reason))),
    });
    worker.start();
    await vi.waitFor(() => expect(worker.running()).toBe(1), 5000);
    await worker.stop(10);
    expect((await jobsOf('stopped'))[0]).toMatchObject({ state: 'queued', attempts: 0, error: null });
  });

  it('that were cut off by a kill are taken up at once by the only worker there is', async () => {
    await enqueue('orphan');
    await claimOne('orphan');
    const worker = aWorker({ orphan: async () => undefined }, { soleWorker: true });
    worker.start();
    await vi.waitFor(
      async () => expect((await jobsOf('orphan'))[0]).toMatchObject({ state: 'done', attempts: 2 }),
      5000,
    );
    await worker.stop(0);
  });
});
