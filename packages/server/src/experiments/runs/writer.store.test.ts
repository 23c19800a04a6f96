import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from '#platform/db';
import { aPlatform, type TestPlatform, testDatabases } from '#platform/testing';
import { experimentsOn } from '../fixtures/experiments-on.ts';
import { addPoint, fromStored, type MetricState, type NewMetricPoint } from '../metrics/metric.ts';
import { readSeries } from '../metrics/store.ts';
import type { ExperimentsService } from '../service.ts';
import { findRunNumber } from './store.ts';
import { createRunWriter, type RunWriter } from './writer.ts';

describe.each(testDatabases)('what is logged to runs on %s', (database) => {
  let test: TestPlatform;
  let service: ExperimentsService;
  // As two servers on one database: neither knows what the other has written.
  let writers: [RunWriter, RunWriter];
  let experiment: string;
  beforeAll(async () => {
    test = await aPlatform({ database });
    const made = experimentsOn(test.platform);
    ({ service } = made);
    writers = [createRunWriter(test.platform, made.graph), createRunWriter(test.platform, made.graph)];
    experiment = (await service.createExperiment(test.ctx, { name: 'logged' })).name;
  });
  afterAll(() => test.close());

  const db = () => test.platform.database.db;
  const aRun = async () => (await service.startRun(test.ctx, { experiment })).id;
  const numberOf = async (runId: string) => (await findRunNumber(db(), 'default', runId)) as number;
  const storedOf = async (runId: string) =>
    new Map(
      (await readSeries(db(), [await numberOf(runId)], null)).map(({ series, run: _run, key, ...state }) => [
        key,
        { series, state },
      ]),
    );
  /** What is known of each metric, from nothing but its points. */
  const expectTrue = async (runId: string) => {
    const stored = await storedOf(runId);
    for (const { series, state } of stored.values()) {
      const { rows } = await sql<{ at: number; step: number; value: number; special: number }>`
        select at, step, value, special from metric_points where series = ${series} order by at, step, value`.execute(
        db(),
      );
      let told: MetricState | undefined;
      for (const row of rows) told = addPoint(told, { at: row.at, step: row.step, value: fromStored(row) });
      expect(state).toEqual(told);
    }
    return Object.fromEntries([...stored].map(([key, { state }]) => [key, state.points]));
  };
  const pointsAt = (steps: readonly number[], key = 'loss'): NewMetricPoint[] =>
    steps.map((step) => ({ key, value: 1 / (step + 1), step, at: 1000 + step }));

  it('stays true when two servers take turns, tell points twice and go back in time', async () => {
    const runId = await aRun();
    const [first, second] = writers;
    await first.log(test.ctx, { runId, metrics: pointsAt([0, 1, 2]) });
    await first.log(test.ctx, { runId, metrics: pointsAt([3, 4, 4]) });
    await second.log(test.ctx, { runId, metrics: [...pointsAt([4, 5, 6]), ...pointsAt([0], 'auc')] });
    await first.log(test.ctx, { runId, metrics: [...pointsAt([6, 7]), ...pointsAt([0, 1], 'auc')] });
    await second.log(test.ctx, { runId, tags: { team: 'risk' } });
    await first.log(test.ctx, { runId, metrics: pointsAt([2, 8]) });
    await first.log(test.ctx, { runId, tags: { team: 'fraud' } });
    await first.log(test.ctx, { runId, metrics: pointsAt([1, 9]) });
    expect(await expectTrue(runId)).toEqual({ loss: 10, auc: 2 });
  });

  it('stays true when both log to the same runs at once', async () => {
    const runs = await Promise.all([aRun(), aRun(), aRun()]);
    await Promise.all(
      Array.from({ length: 60 }, (_, n) =>
        (writers[n % 2] as RunWriter).log(test.ctx, {
          runId: runs[n % 3] as string,
          metrics: [...pointsAt([n, n + 1]), ...pointsAt([n], `key-${n % 7}`)],
          parameters: { [`p-${n % 9}`]: 'same' },
        }),
      ),
    );
    for (const runId of runs) {
      await expectTrue(runId);
      // Of the nine names, each run was told those of every third request.
      expect(Object.values((await service.getRun(test.ctx, runId)).parameters)).toEqual(['same', 'same', 'same']);
    }
  });

  it('fails alone where one of several that share a transaction fails, and remembers nothing of what was undone', async () => {
    const runId = await aRun();
    const [writer] = writers;
    await writer.log(test.ctx, { runId, metrics: pointsAt([0]) });
    const broken = () => {
      throw new Error('broken');
    };
    const outcomes = await Promise.allSettled([
      writer.log(test.ctx, { runId, metrics: pointsAt([1]) }),
      writer.log(test.ctx, { runId, metrics: pointsAt([2, 3]), update: broken }),
      writer.log(test.ctx, { runId, metrics: pointsAt([4]), parameters: { depth: '6' } }),
      writer.log(test.ctx, { runId, metrics: pointsAt([5]), parameters: { depth: '7' } }),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected']);
    await writer.log(test.ctx, { runId, tags: { team: 'risk' } });
    await writer.log(test.ctx, { runId, metrics: pointsAt([2, 6]) });
    expect(await expectTrue(runId)).toEqual({ loss: 5 });
    expect((await service.getRun(test.ctx, runId)).parameters).toEqual({ depth: '6' });
  });

  it('judges parameters it remembers, and those that another server wrote, as they are stored', async () => {
    const [first, second] = writers;
    const { number } = await service.findExperiment(test.ctx, experiment);
    const id = test.platform.ids.next('run');
    await first.start(test.ctx, {
      id,
      project: 'default',
      owner: 'root',
      experiment: number,
      status: 'running',
      parentRunId: null,
      datasetVersionId: null,
      userId: 'root',
      note: '',
      parameters: { depth: '6' },
      tags: {},
      originKey: null,
    });
    const log = (writer: RunWriter, parameters: Record<string, string>) =>
      writer.log(test.ctx, { runId: id, parameters });
    await log(first, { depth: '6', rate: '0.1' });
    await expect(log(first, { rate: '0.2', other: '1' })).rejects.toMatchObject({ code: 'CONFLICT' });
    await log(second, { seed: '3' });
    await expect(log(first, { seed: '4' })).rejects.toMatchObject({ code: 'CONFLICT' });
    await log(first, { seed: '3', size: '9' });
    await log(second, { size: '9' });
    // What was undone is not remembered.
    const broken = () => {
      throw new Error('broken');
    };
    await expect(first.log(test.ctx, { runId: id, parameters: { gone: 'x' }, update: broken })).rejects.toThrow();
    await log(first, { gone: 'y' });
    const { parameters } = await service.getRun(test.ctx, id);
    expect(parameters).toEqual({ depth: '6', rate: '0.1', seed: '3', size: '9', gone: 'y' });
  });

  it('stays true when heavy requests are shared out among transactions', async () => {
    const runs = await Promise.all(Array.from({ length: 12 }, aRun));
    const [writer] = writers;
    const steps = Array.from({ length: 400 }, (_, step) => step);
    await Promise.all(
      [0, 1, 2].flatMap((turn) =>
        runs.map((runId) => writer.log(test.ctx, { runId, metrics: pointsAt(steps.map((step) => step + 300 * turn)) })),
      ),
    );
    for (const runId of runs) expect(await expectTrue(runId)).toEqual({ loss: 1000 });
  });

  it('takes points that a copy which is still being filled has already', async () => {
    const runId = await aRun();
    const [writer] = writers;
    await writer.log(test.ctx, { runId, metrics: pointsAt([0]) });
    const [number, { series }] = [await numberOf(runId), (await storedOf(runId)).get('loss') as { series: number }];
    const [copied] = pointsAt([5]) as [Required<NewMetricPoint>];
    await test.platform.database.transaction(async (tx) => {
      await sql`insert into run_copies (run, id, source_id, project, begun_at, files_after)
        values (${number}, ${runId}, 'run_gone', 'default', 0, null)`.execute(tx);
      await sql`insert into metric_points (series, at, step, value, special)
        values (${series}, ${copied.at}, ${copied.step}, ${copied.value}, 0)`.execute(tx);
    });
    await writer.log(test.ctx, { runId, metrics: pointsAt([5, 6]) });
    const { rows } = await sql`select step from metric_points where series = ${series} order by step`.execute(db());
    expect(rows).toEqual([{ step: 0 }, { step: 5 }, { step: 6 }]);
  });

  it('takes halves of surrogate pairs in names of parameters as one and the same', async () => {
    const runId = await aRun();
    const [writer] = writers;
    await writer.log(test.ctx, { runId, parameters: { 'a\ud800': 'x' } });
    await writer.log(test.ctx, { runId, parameters: { 'a\udbff': 'x', b: 'y\ud800' } });
    expect((await service.getRun(test.ctx, runId)).parameters).toEqual({ 'a\ufffd': 'x', b: 'y\ufffd' });
  });
});
