import type { MetricPoint, MetricUpdate } from '@millwright/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aPlatform, type TestPlatform, testDatabases } from '#platform/testing';
import { experimentsOn } from '../fixtures/experiments-on.ts';
import type { ExperimentsService } from '../index.ts';

describe.each(testDatabases)('followed metrics on %s', (database) => {
  let test: TestPlatform;
  let service: ExperimentsService;
  beforeAll(async () => {
    test = await aPlatform({ database });
    ({ service } = experimentsOn(test.platform));
    await service.createExperiment(test.ctx, { name: 'followed' });
  });
  afterAll(() => test.close());

  const aRun = () => service.startRun(test.ctx, { experiment: 'followed' });
  const log = (runId: string, values: readonly MetricPoint['value'][], from = 0, key = 'loss') =>
    service.logMetrics(
      test.ctx,
      runId,
      values.map((value, index) => ({ key, value, step: from + index, at: 1000 + from + index })),
    );
  const end = (runId: string) => service.updateRun(test.ctx, runId, { status: 'finished' });

  /** A reader: what it holds per metric, as a client would. */
  const aReader = async (
    runs: readonly string[],
    { limit = 1000, from = [] as { runId: string; key: string; cursor: string }[], keys = ['loss'] } = {},
  ) => {
    const stop = new AbortController();
    const start = await service.followMetrics(test.ctx, { runs, keys, limit, from });
    const updates: MetricUpdate[] = [];
    const held = new Map<string, MetricPoint[]>();
    let messages = 0;
    let waiting: (() => void)[] = [];
    let ended = false;
    const reading = (async () => {
      for await (const news of start(stop.signal)) {
        messages++;
        for (const update of news.updates) {
          updates.push(update);
          const name = `${update.runId} ${update.key}`;
          held.set(name, update.replaces ? update.points : [...(held.get(name) ?? []), ...update.points]);
        }
        for (const wake of waiting.splice(0)) wake();
      }
      ended = !stop.signal.aborted;
      for (const wake of waiting.splice(0)) wake();
    })();
    return {
      updates,
      messages: () => messages,
      points: (runId: string, key = 'loss') => held.get(`${runId} ${key}`) ?? [],
      ended: () => ended,
      /** Until it knows of so many points of the run. */
      async knows(runId: string, total: number, key = 'loss') {
        while (updates.findLast((one) => one.runId === runId && one.key === key)?.total !== total && !ended)
          await new Promise<void>((resolve) => waiting.push(resolve));
      },
      cursors: () => [
        ...new Map(updates.map(({ runId, key, cursor }) => [`${runId} ${key}`, { runId, key, cursor }])).values(),
      ],
      reading,
      async stop() {
        stop.abort();
        await reading;
      },
    };
  };
  const steps = (points: readonly MetricPoint[]) => points.map((point) => point.step);
  const upTo = (count: number) => Array.from({ length: count }, (_none, step) => step);

  it('tell what there is, then what comes, and end with the last of the runs', async () => {
    const [one, two] = [await aRun(), await aRun()];
    await log(one.id, [3, 'NaN', 1]);
    const reader = await aReader([one.id, two.id, 'run_00000000000000000000000000'], { keys: ['loss', 'later'] });
    await reader.knows(one.id, 3);
    expect(reader.points(one.id).map((point) => point.value)).toEqual([3, 'NaN', 1]);
    await log(one.id, [0.5], 3);
    await reader.knows(one.id, 4);
    expect(reader.updates.at(-1)).toMatchObject({ replaces: false, sampled: false, total: 4 });
    await end(one.id);
    await log(two.id, [7, 8], 0, 'later');
    await reader.knows(two.id, 2, 'later');
    expect(reader.ended()).toBe(false);
    await log(two.id, [9], 2, 'later');
    await end(two.id);
    await reader.reading;
    expect(reader.ended()).toBe(true);
    expect(reader.points(two.id, 'later').map((point) => point.value)).toEqual([7, 8, 9]);
    expect(steps(reader.points(one.id))).toEqual(upTo(4));
  });

  it('end at once where no run is open, after all that was logged', async () => {
    const run = await aRun();
    await log(run.id, [1, 2]);
    await end(run.id);
    const reader = await aReader([run.id]);
    await reader.reading;
    expect(steps(reader.points(run.id))).toEqual([0, 1]);
  });

  it('are told anew where points were added before those that were sent', async () => {
    const run = await aRun();
    await log(run.id, [1, 2, 3], 10);
    const reader = await aReader([run.id]);
    await reader.knows(run.id, 3);
    await log(run.id, [9, 9], 5);
    await reader.knows(run.id, 5);
    expect(reader.updates.at(-1)?.replaces).toBe(true);
    // One before and one after at once: the count alone would say one point was added.
    await service.logMetrics(test.ctx, run.id, [
      { key: 'loss', value: 1, step: 1, at: 1001 },
      { key: 'loss', value: 2, step: 20, at: 1020 },
    ]);
    await reader.knows(run.id, 7);
    expect(steps(reader.points(run.id))).toEqual([1, 5, 6, 10, 11, 12, 20]);
    await reader.stop();
  });

  it('go on after a lost connection: nothing is missing and nothing comes twice', async () => {
    const run = await aRun();
    await log(run.id, upTo(50));
    const first = await aReader([run.id]);
    await first.knows(run.id, 50);
    await first.stop();
    await log(run.id, upTo(70), 50);
    const second = await aReader([run.id], { from: first.cursors() });
    await second.knows(run.id, 120);
    expect(second.updates.every((update) => !update.replaces)).toBe(true);
    expect(steps([...first.points(run.id), ...second.points(run.id)])).toEqual(upTo(120));
    await second.stop();
    // Nothing new: nothing is sent, and points from before the cursor are noticed all the same.
    await log(run.id, [1], -5);
    const third = await aReader([run.id], { from: second.cursors() });
    await third.knows(run.id, 121);
    expect(third.updates).toHaveLength(1);
    expect(steps(third.points(run.id))).toEqual([-5, ...upTo(120)]);
    await third.stop();
  });

  it('refuse a cursor of something else', async () => {
    const run = await aRun();
    for (const cursor of [
      'AAAA',
      Buffer.from('["x"]').toString('base64url'),
      Buffer.from('[1,2]').toString('base64url'),
    ])
      await expect(
        service.followMetrics(test.ctx, {
          runs: [run.id],
          keys: ['loss'],
          limit: 100,
          from: [{ runId: run.id, key: 'loss', cursor }],
        }),
      ).rejects.toMatchObject({ code: 'INVALID_CURSOR' });
  });

  it('say nothing of runs of another project', async () => {
    const run = await aRun();
    await log(run.id, [1]);
    const start = await service.followMetrics(
      { ...test.ctx, project: 'another' },
      { runs: [run.id], keys: ['loss'], limit: 10 },
    );
    const heard: unknown[] = [];
    for await (const { updates } of start(new AbortController().signal)) heard.push(...updates);
    expect(heard).toEqual([]);
  });

  it('stay small under a flood, and hide no spike', async () => {
    const run = await aRun();
    await log(run.id, [0], -1);
    const limit = 200;
    const reader = await aReader([run.id], { limit });
    await reader.knows(run.id, 1);
    const began = Date.now();
    const spikes: number[] = [];
    const batch = 5000;
    for (let part = 0; part < 20; part++) {
      const spike = part * batch + 1234;
      spikes.push(spike);
      await log(
        run.id,
        upTo(batch).map((index) => (index === 1234 ? 1000 + part : Math.sin(index))),
        part * batch,
      );
    }
    await end(run.id);
    await reader.reading;
    const tookMs = Date.now() - began;
    expect(reader.updates.at(-1)?.total).toBe(20 * batch + 1);
    expect(Math.max(...reader.updates.map((update) => update.points.length))).toBeLessThanOrEqual(limit);
    expect(reader.updates.every((update) => !update.replaces || update.total === 1)).toBe(true);
    // At most two a second, besides what there was and what was left at the end.
    expect(reader.messages()).toBeLessThanOrEqual(tookMs / 500 + 3);
    const high = reader.points(run.id).filter((point) => typeof point.value === 'number' && point.value >= 1000);
    expect(high.length).toBeGreaterThan(0);
    // Within one update the buckets keep their greatest; every bucket with a spike shows one.
    const perUpdate = reader.updates
      .slice(1)
      .map((update) => Math.max(...update.points.map((point) => Number(point.value))));
    for (const greatest of perUpdate) expect(greatest).toBeGreaterThanOrEqual(1000);
    expect(spikes.filter((step) => high.some((point) => point.step === step)).length).toBeGreaterThanOrEqual(
      Math.min(spikes.length, Math.floor((limit - 2) / 3)),
    );
  });
});
