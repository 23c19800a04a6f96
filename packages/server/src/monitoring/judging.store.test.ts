import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listAudit } from '#platform/audit';
import { testDatabases } from '#platform/testing';
import { type Stream, type StreamOptions, streamsOn } from './fixtures/a-stream.ts';

describe.each(testDatabases)('judging windows on %s', (database) => {
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
});
