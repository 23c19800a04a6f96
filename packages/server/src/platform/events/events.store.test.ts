import type { Event } from '@millwright/contract';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { listJobs } from '#platform/jobs';
import { aClock, aPlatform, type TestPlatform, testDatabases } from '#platform/testing';
import { createEvents, listEvents } from './index.ts';

describe.each(testDatabases)('events on %s', (database) => {
  let test: TestPlatform;
  const delivered: string[] = [];
  let failuresLeft = 2;
  beforeAll(async () => {
    test = await aPlatform({ database });
    test.platform.events.subscribe('experiments.run-ended', 'record', async (event) => {
      if (event.subjectId === 'run_stubborn' && failuresLeft-- > 0) throw new Error('not yet');
      delivered.push(event.subjectId);
    });
    test.start();
  });
  afterAll(() => test.close());

  const emit = (...subjects: string[]) =>
    test.platform.changes.change(test.ctx, async (change) => {
      for (const subject of subjects) change.emit('experiments.run-ended', subject);
    });
  const follow = (afterSeq: number) => {
    const seen: Event[] = [];
    return { seen, stop: test.platform.events.follow((event) => seen.push(event), afterSeq) };
  };

  it('reach a follower in the order of their commits, none missed and none twice, under concurrent writers', async () => {
    const live = follow(0);
    await Promise.all(Array.from({ length: 60 }, (_, n) => emit(`run_${n}a`, `run_${n}b`)));
    await vi.waitFor(() => expect(live.seen).toHaveLength(120), 5000);
    expect(live.seen.map(({ seq }) => seq)).toEqual(Array.from({ length: 120 }, (_, n) => n + 1));
    live.stop();
    const resumed = follow(live.seen[49]?.seq ?? 0);
    await vi.waitFor(() => expect(resumed.seen).toHaveLength(70), 5000);
    expect([...live.seen.slice(0, 50), ...resumed.seen]).toEqual(live.seen);
    resumed.stop();
  });

  it('reach the others when one follower fails or leaves in the middle', async () => {
    let broken = 1;
    const stopFailing = test.platform.events.follow(() => {
      if (broken-- > 0) throw new Error('a broken listener');
    }, 0);
    const left: Event[] = [];
    const leave = test.platform.events.follow((event) => {
      left.push(event);
      if (left.length === 3) leave();
    }, 0);
    const good = follow(0);
    await vi.waitFor(() => expect(good.seen.length).toBeGreaterThanOrEqual(120), 5000);
    expect(left).toHaveLength(3);
    stopFailing();
    good.stop();
  });

  it('are delivered to a durable subscriber until it succeeds', async () => {
    await emit('run_stubborn');
    await vi.waitFor(() => expect(delivered).toContain('run_stubborn'), { timeout: 15_000, interval: 100 });
    expect(failuresLeft).toBeLessThanOrEqual(0);
    expect(delivered.filter((subject) => subject === 'run_stubborn')).toHaveLength(1);
    expect(new Set(delivered).size).toBe(121);
  }, 30_000);

  it('are forgotten after an hour where they only matter while they are new', async () => {
    await test.platform.changes.change(test.ctx, async (change) => {
      change.emit('experiments.metrics-logged', 'run_old');
      change.emit('experiments.run-started', 'run_old');
    });
    const now = test.platform.clock.now();
    const typesOf = async () => {
      const { items } = await listEvents(test.platform.database.db, { project: 'default', limit: 1000 });
      return items.filter((event) => event.subjectId === 'run_old').map((event) => event.type);
    };
    await test.platform.events.forget(now);
    expect(await typesOf()).toHaveLength(2);
    await test.platform.events.forget(now + 3_600_001);
    expect(await typesOf()).toEqual(['experiments.run-started']);
  });
});

it('a follower that stops in the middle of a full page ends the reading', async () => {
  const test = await aPlatform();
  await test.platform.changes.change(test.ctx, async (change) => {
    for (let n = 0; n < 600; n++) change.emit('experiments.run-ended', `run_${n}`);
  });
  const events = createEvents({ db: test.platform.database.db, pollMs: 10_000, log: test.platform.log });
  const seen: Event[] = [];
  const stop = events.follow((event) => {
    seen.push(event);
    if (seen.length === 10) stop();
  }, 0);
  await vi.waitFor(() => expect(seen).toHaveLength(10));
  const later: Event[] = [];
  events.follow((event) => later.push(event), 590);
  await vi.waitFor(() => expect(later).toHaveLength(10));
  events.stop();
  await test.close();
});

it('a subscriber that asks so is given one event of each subject and second, after that second', async () => {
  const clock = aClock();
  const test = await aPlatform({ clock });
  const { events, changes, database } = test.platform;
  events.subscribe('experiments.metrics-logged', 'judge', async () => undefined, undefined, { oncePerSecond: true });
  const emit = (...runs: string[]) =>
    changes.change(test.ctx, async (change) => {
      for (const run of runs) change.emit('experiments.metrics-logged', run);
    });
  await emit('run_a', 'run_a', 'run_b');
  clock.advance(999);
  await emit('run_a');
  clock.advance(1);
  await emit('run_a');
  const { items } = await listJobs(database.db, { kind: 'event:judge' });
  const waits = items.map(({ runAt, createdAt }) => runAt - createdAt).toSorted((a, b) => a - b);
  expect(waits).toEqual([1500, 1500, 1500]);
  await test.close();
});
