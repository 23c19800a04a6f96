import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { listJobs } from '#platform/jobs';
import { aClock, aPlatform, type TestPlatform, testDatabases } from '#platform/testing';
import { createScheduler, type Scheduler } from './index.ts';

const hourMs = 3_600_000;

describe.each(testDatabases)('schedules on %s', (database) => {
  let test: TestPlatform;
  const schedulers: Scheduler[] = [];
  const clock = aClock(Date.UTC(2026, 2, 28, 12));
  beforeAll(async () => {
    test = await aPlatform({ database, clock });
    for (let n = 0; n < 4; n++)
      schedulers.push(
        createScheduler({
          database: test.platform.database,
          changes: test.platform.changes,
          clock,
          log: test.platform.log,
          pollMs: 10,
        }),
      );
  });
  afterAll(async () => {
    for (const scheduler of schedulers) scheduler.stop();
    await new Promise((resolve) => setTimeout(resolve, 100));
    await test.close();
  });

  const put = (key: string, cron: string, timeZone = 'UTC') =>
    test.platform.changes.change(test.ctx, (change) =>
      test.platform.scheduler.put(change, {
        key,
        project: 'default',
        cron,
        timeZone,
        jobKind: key,
        payload: { from: key },
      }),
    );
  const jobsOf = async (kind: string) => (await listJobs(test.platform.database.db, { kind })).items;

  it('refuse a line or a zone that cannot be read, and one that never comes due', async () => {
    await expect(put('bad', '* * *')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(put('bad', '0 3 * * *', 'Mars/Olympus')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(put('bad', '0 3 30 2 *')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    expect(await test.platform.scheduler.nextAt('bad')).toBe(null);
  });

  it('follow the clock of their time zone, also over its changes', async () => {
    await put('berlin', '30 3 * * *', 'Europe/Berlin');
    // In the night to 29 March 2026 the clocks of Berlin go forward: 3:30 is 1:30 UTC, no longer 2:30.
    expect(await test.platform.scheduler.nextAt('berlin')).toBe(Date.UTC(2026, 2, 29, 1, 30));
  });

  it('fire once among several schedulers, once for all that was missed, and go on from now', async () => {
    await put('hourly', '0 * * * *');
    clock.advance(hourMs);
    for (const scheduler of schedulers) scheduler.start();
    await vi.waitFor(async () => expect(await jobsOf('hourly')).toHaveLength(1), 5000);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await jobsOf('hourly')).toHaveLength(1);
    expect((await jobsOf('hourly'))[0]).toMatchObject({
      project: 'default',
      payload: { from: 'hourly', project: 'default', dueAt: Date.UTC(2026, 2, 28, 13) },
    });
    clock.advance(7.5 * hourMs);
    await vi.waitFor(
      async () => expect(await test.platform.scheduler.nextAt('hourly')).toBe(Date.UTC(2026, 2, 28, 21)),
      5000,
    );
    await new Promise((resolve) => setTimeout(resolve, 100));
    // The first is still waiting under its own time: the missed seven are one more.
    expect(await jobsOf('hourly')).toHaveLength(2);
  });

  it('are gone when they are removed', async () => {
    await put('gone', '0 * * * *');
    await test.platform.changes.change(test.ctx, (change) => test.platform.scheduler.remove(change, 'gone'));
    expect(await test.platform.scheduler.nextAt('gone')).toBe(null);
  });
});
