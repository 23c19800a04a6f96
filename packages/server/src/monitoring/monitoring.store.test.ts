import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listAudit } from '#platform/audit';
import { testDatabases } from '#platform/testing';
import { type Stream, type StreamOptions, streamsOn } from './fixtures/a-stream.ts';

describe.each(testDatabases)('monitoring on %s', (database) => {
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

  it('restates windows as labels arrive late, and tells of a worse one once it is confirmed and again with each further one', async () => {
    await begin();
    await watch();
    stream.answer(1000);
    stream.answer(1500, { errorRate: 0.4 });
    await closeWindows();
    const performances = async () => (await stream.windows()).map(({ performance }) => performance);
    expect(
      (await performances()).every(
        ({ state, labelled, referenceLoss }) =>
          state === 'waiting-for-labels' && labelled === 0 && referenceLoss !== null,
      ),
    ).toBe(true);

    stream.label(1000, 1500);
    stream.label(0, 1000, 2);
    await restate();
    expect(
      (await performances()).map(({ state, coverage, worse, confirmed }) => [state, coverage, worse, confirmed]),
    ).toEqual([
      ['waiting-for-labels', 0.5, false, false],
      ['waiting-for-labels', 0.5, false, false],
      ['judged', 1, true, false],
      ['waiting-for-labels', 0, false, false],
      ['waiting-for-labels', 0, false, false],
    ]);
    expect(await stream.events('monitoring.performance-degraded')).toEqual([]);

    stream.label(1500, 2000);
    await restate();
    await restate();
    stream.label(0, 2500);
    await restate();
    const told = await stream.events('monitoring.performance-degraded');
    expect(told.map(({ window }) => window)).toEqual([4, 5]);
    expect(told[0]).toMatchObject({
      referenceLoss: expect.closeTo(0.1, 9),
      reason: expect.stringMatching(
        /^Error rate \d+\.\d % over 500 labelled predictions of window 4, against 10\.0 % over 2000 rows/,
      ),
    });
    expect((await performances()).map(({ worse, confirmed }) => [worse, confirmed])).toEqual([
      [false, false],
      [false, false],
      [true, false],
      [true, true],
      [true, true],
    ]);
    expect(await stream.incidents()).toMatchObject([
      { kind: 'performance', severity: 'page', state: 'open', firstWindow: 4, lastWindow: 5, windows: 2 },
    ]);
    expect(await stream.service.getMonitor(stream.ctx, 'payments')).toMatchObject({ health: 'failing', windows: 5 });

    stream.answer(1000);
    stream.label(2500, 3500);
    await closeWindows();
    expect(await stream.incidents()).toMatchObject([{ kind: 'performance', state: 'resolved' }]);
    expect(await stream.events('monitoring.performance-degraded')).toHaveLength(2);
  });

  it('reads the labels of complete windows no more, and restates older windows by a job of their own', async () => {
    await begin();
    await stream.service.saveMonitor(stream.ctx, 'payments', { settings: { windowRows: 50 } });
    stream.answer(1300);
    stream.label(150, 1250);
    await closeWindows();
    stream.reads.length = 0;
    expect(await restate()).toEqual({ older: true });
    expect(stream.reads).toEqual([{ fromRow: 1250, toRow: 1300 }]);
    stream.label(0, 150);
    await restate('older');
    expect(
      (await stream.windows()).filter(({ performance }) => performance.coverage < 1).map(({ number }) => number),
    ).toEqual([26]);
    expect(await restate('older')).toEqual({ older: true });
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

  it('finds labels that came while the window was being closed', async () => {
    await begin();
    await watch();
    stream.answer(500);
    stream.whileReading(async () => {
      stream.label(0, 500);
      await stream.tell('serving.labels-received');
      await stream.platform.jobs.idle();
    });
    await closeWindows();
    await stream.platform.jobs.idle();
    expect(await stream.windows()).toMatchObject([{ performance: { coverage: 1, state: 'judged' } }]);
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

  it('says nothing of a champion that was replaced, even when its labels come later', async () => {
    await begin();
    await watch();
    stream.answer(1000, { errorRate: 0.5 });
    stream.promote(stream.addVersion());
    stream.answer(500);
    await closeWindows();
    stream.label(0, 1500);
    await restate();
    expect((await stream.windows()).map(({ performance }) => performance.confirmed)).toEqual([false, true, false]);
    expect(await stream.incidents()).toEqual([]);
    expect(await stream.events('monitoring.performance-degraded')).toEqual([]);
  });

  it('raises one drift incident for a harmless shift, never a degradation, and resolves it when the champion was trained on it', async () => {
    await begin();
    await watch();
    stream.answer(5000);
    stream.answer(5000, { shift: 0.6 });
    stream.label(0, 10_000);
    await closeWindows();
    const [incident, ...others] = await stream.incidents();
    expect(others).toEqual([]);
    expect(incident).toMatchObject({
      kind: 'drift',
      severity: 'ticket',
      state: 'open',
      columns: ['amount'],
      firstWindow: 12,
      lastWindow: 20,
      windows: 9,
      title: 'Drift in amount',
    });
    expect(await stream.events('monitoring.drift-confirmed')).toMatchObject([
      { columns: ['amount'], window: 12, reason: expect.stringContaining('amount moved by 0.') },
    ]);
    expect(await stream.events('monitoring.performance-degraded')).toEqual([]);
    expect(stream.links).toEqual(['endpoint -> window', 'window -> incident']);

    stream.promote(stream.addVersion());
    stream.answer(500);
    await closeWindows();
    expect(await stream.incidents()).toMatchObject([{ id: incident!.id, state: 'resolved' }]);
  });

  it('does not raise a drift again that a person has resolved, and raises that of another column', async () => {
    await begin();
    await watch();
    stream.answer(1000, { shift: 1 });
    await closeWindows();
    const [incident] = await stream.incidents();
    const by = { state: 'resolved', note: 'a holiday' } as const;
    expect(await stream.service.updateIncident(stream.ctx, incident!.id, by)).toMatchObject({
      state: 'resolved',
      resolvedAt: expect.any(Number),
    });
    await expect(stream.service.updateIncident(stream.ctx, incident!.id, by)).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    stream.answer(1500, { shift: 1 });
    await closeWindows();
    expect(await stream.incidents()).toHaveLength(1);
    stream.answer(1000, { shift: 1, home: 0.8 });
    await closeWindows();
    expect(await stream.incidents()).toMatchObject([
      { state: 'open', columns: ['amount', 'country'], firstWindow: 7 },
      { state: 'resolved', columns: ['amount'] },
    ]);
    const { items } = await listAudit(stream.platform.database.db, {
      resourceType: 'incident',
      resourceId: incident!.id,
    });
    expect(items.map(({ verb, actorName }) => [verb, actorName])).toEqual([
      ['incident.update', 'system:test'],
      ['incident.open', 'system:monitoring'],
    ]);
  });

  it('tells of predictions that were not captured until nothing more is lost', async () => {
    await begin();
    await watch();
    stream.drop(7);
    stream.answer(500);
    await closeWindows();
    stream.drop(3);
    stream.answer(500);
    await closeWindows();
    expect((await stream.windows()).map(({ dropped }) => dropped)).toEqual([7, 3]);
    expect(await stream.incidents()).toMatchObject([
      { kind: 'capture-loss', severity: 'ticket', state: 'open', windows: 2 },
    ]);
    stream.answer(1500);
    await closeWindows();
    expect(await stream.incidents()).toMatchObject([{ state: 'resolved' }]);
  });

  it('judges no performance without a hold-out to compare with, and counts failed answers apart', async () => {
    await begin({ evaluated: false });
    await watch();
    stream.answer(450, { errorRate: 0.9 });
    stream.answer(50, { failed: true });
    stream.label(0, 450);
    await closeWindows();
    expect(await stream.windows()).toMatchObject([
      {
        failures: 50,
        performance: { state: 'no-reference', referenceLoss: null, worse: false, coverage: 1, labelled: 450 },
      },
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
