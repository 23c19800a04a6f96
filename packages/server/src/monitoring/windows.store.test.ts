import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '#platform/testing';
import { type Stream, type StreamOptions, streamsOn } from './fixtures/a-stream.ts';

describe.each(testDatabases)('windows on %s', (database) => {
  let shared: Awaited<ReturnType<typeof streamsOn>>;
  let stream: Stream;
  beforeAll(async () => {
    shared = await streamsOn({ database });
  });
  afterAll(() => shared.close());
  const begin = async (options: StreamOptions = {}): Promise<void> => {
    stream = await shared.begin(options);
  };

  const watch = async (): Promise<void> => {
    await stream.service.ensureMonitor(stream.ctx, stream.endpointId);
  };
  const closeWindows = () => stream.service.closeWindows(stream.ctx, stream.endpointId);
  const restate = (which: 'recent' | 'older' = 'recent') =>
    stream.service.restate(stream.ctx, stream.endpointId, which);

  it('watches an endpoint as soon as it appears, against the newest rows its champion was trained on', async () => {
    // The newest 5,000 of the 6,000 rows before the hold-out: none of the first 1,000 rows and none of the hold-out.
    await begin({ trainingShift: (row) => (row < 1000 || row >= 6000 ? 1000 : 0) });
    await stream.tell('serving.endpoint-changed');
    await stream.platform.jobs.idle();
    expect(await stream.service.getMonitor(stream.ctx, 'payments')).toMatchObject({
      endpointName: 'payments',
      enabled: true,
      referenceVersionId: stream.dataVersionId,
      referenceRows: 5000,
      windows: 0,
      health: 'no-data',
    });
    stream.answer(500);
    await stream.tell('serving.predictions-captured');
    await stream.platform.jobs.idle();
    const [window] = await stream.windows();
    expect(window).toMatchObject({
      number: 1,
      rows: 500,
      modelVersion: 1,
      startAt: 1_000_000,
      endAt: 1_000_499,
      failures: 0,
      dropped: 0,
    });
    expect(window?.columns.map(({ column, test, drifted }) => [column, test, drifted])).toEqual([
      ['amount', 'ks', false],
      ['country', 'chi-square', false],
    ]);
    expect((await stream.service.compareDistribution(stream.ctx, window!.id, 'amount')).edges!.at(-1)).toBeLessThan(
      100,
    );
  });

  it('closes every window once and in order, however often and in whatever order it is told', async () => {
    await begin();
    stream.answer(1300);
    await stream.tell(
      'serving.labels-received',
      'serving.predictions-captured',
      'serving.predictions-captured',
      'serving.endpoint-changed',
    );
    await Promise.all([closeWindowsWhenWatched(), closeWindowsWhenWatched()]);
    stream.answer(1300);
    await stream.tell('serving.predictions-captured', 'serving.predictions-captured');
    await stream.platform.jobs.idle();
    const windows = await stream.windows();
    expect(windows.map(({ number, rows, startAt }) => [number, rows, startAt - 1_000_000])).toEqual(
      [1, 2, 3, 4, 5].map((number) => [number, 500, (number - 1) * 500]),
    );
    expect(await stream.events('monitoring.window-closed')).toHaveLength(5);
  });
  const closeWindowsWhenWatched = async (): Promise<number> => {
    await watch();
    return closeWindows();
  };

  it('writes nothing of a window whose change fails, and all of it at the next attempt', async () => {
    await begin();
    await watch();
    stream.answer(1000, { shift: 1 });
    stream.breakBeforeCommit(true);
    await expect(closeWindows()).rejects.toThrow('the process died');
    expect((await stream.windows()).map(({ number }) => number)).toEqual([1]);
    expect(await stream.incidents()).toEqual([]);
    stream.breakBeforeCommit(false);
    expect(await closeWindows()).toBe(1);
    expect((await stream.windows()).map(({ number }) => number)).toEqual([1, 2]);
    expect(await stream.incidents()).toHaveLength(1);
    expect(await stream.events('monitoring.drift-confirmed')).toHaveLength(1);
  });

  it('ends a series where the champion changes: its incident, its history and its reference', async () => {
    await begin();
    await watch();
    stream.answer(1000, { errorRate: 0.5 });
    stream.answer(180, { errorRate: 0.5 });
    stream.label(0, 1180);
    await closeWindows();
    expect(await stream.incidents()).toMatchObject([{ kind: 'performance', state: 'open' }]);
    const second = stream.addVersion();
    stream.answer(120, { version: second, variant: 'challenger', errorRate: 0 });
    stream.promote(second);
    stream.answer(19);
    expect(await closeWindows()).toBe(0);
    stream.answer(1);
    expect(await closeWindows()).toBe(1);
    expect((await stream.windows()).at(-1)).toMatchObject({
      number: 3,
      rows: 300,
      modelVersion: 1,
      performance: { labelled: 180, coverage: 1 },
    });
    expect(await stream.incidents()).toMatchObject([
      { state: 'resolved', log: [{}, { line: 'Version 2 is champion now and is judged by its own windows.' }] },
    ]);

    const told = await stream.events('monitoring.performance-degraded');
    stream.answer(480, { errorRate: 0.5 });
    stream.label(1180, 1800);
    await closeWindows();
    expect((await stream.windows()).at(-1)).toMatchObject({
      number: 4,
      rows: 500,
      modelVersion: 2,
      performance: { worse: true, confirmed: false },
    });
    expect(await stream.events('monitoring.performance-degraded')).toEqual(told);
  });

  it('makes the same windows of the same rows, whether they come at once or one by one', async () => {
    const play = async (step: number) => {
      await begin();
      await stream.service.saveMonitor(stream.ctx, 'payments', { settings: { windowRows: 60 } });
      const versions = [stream.first, stream.addVersion(), stream.addVersion()];
      let sent = 0;
      let closable = 0;
      for (const [index, rows] of [150, 100, 130].entries()) {
        stream.promote(versions[index]!);
        for (let left = rows; left > 0; left -= Math.min(step, left)) {
          stream.answer(Math.min(step, left), { shift: index === 1 ? 2 : 0 });
          sent += Math.min(step, left);
          stream.label(closable, sent);
          closable = sent;
          if (step < 100) await closeWindows();
        }
      }
      await closeWindows();
      await restate();
      return (await stream.windows()).map(({ number, rows, startAt, modelVersion, columns, performance }) => {
        const { asOf: _asOf, ...judged } = performance;
        return { number, rows, startAt, modelVersion, columns, judged };
      });
    };
    const atOnce = await play(1000);
    expect(atOnce.map(({ rows, modelVersion }) => [rows, modelVersion])).toEqual([
      [60, 1],
      [60, 1],
      [60, 2],
      [60, 3],
      [60, 3],
    ]);
    expect(await play(7)).toEqual(atOnce);
  });

  it('leaves a rest of fewer than 50 rows of the old champion out', async () => {
    await begin();
    await watch();
    stream.answer(530);
    stream.promote(stream.addVersion());
    stream.answer(500);
    await closeWindows();
    expect(
      (await stream.windows()).map(({ rows, startAt, modelVersion }) => [rows, startAt - 1_000_000, modelVersion]),
    ).toEqual([
      [500, 0, 1],
      [500, 530, 2],
    ]);
  });

  it('closes nothing while it is switched off, and begins anew where it is switched on', async () => {
    await begin();
    await stream.service.saveMonitor(stream.ctx, 'payments', { enabled: false, settings: {} });
    stream.answer(700);
    expect(await closeWindows()).toBe(0);
    await stream.service.saveMonitor(stream.ctx, 'payments', {
      enabled: true,
      settings: { windowRows: 100, ignoreColumns: ['country'] },
    });
    stream.answer(100);
    expect(await closeWindows()).toBe(1);
    const [window] = await stream.windows();
    expect(window).toMatchObject({ number: 1, rows: 100, startAt: 1_000_700 });
    expect(window?.columns.map(({ column }) => column)).toEqual(['amount']);
    await expect(
      stream.service.saveMonitor(stream.ctx, 'payments', { settings: { persistWindows: 4 } }),
    ).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});
