import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { data } from '#data';
import type { StepContext, StepResult } from '#pipelines';
import { type TestDatabase, testDatabases } from '#platform/testing';
import type { SnapshotData } from './dependencies.ts';
import { aFraudModel } from './fixtures/models.ts';
import { aPayment, aServing } from './fixtures/serving.ts';

type Test = Awaited<ReturnType<typeof aServing>>;

const baseCsv = `at,amount,country,class\n${Array.from({ length: 60 }, (_, i) => `${new Date(Date.UTC(2025, 0, 1) + i * 60_000).toISOString()},${i * 5},${i % 2 ? 'DE' : 'FR'},${i > 30 ? 'fraud' : 'ok'}`).join('\n')}\n`;

describe.each(testDatabases)('the step kinds of serving on %s', (database: TestDatabase) => {
  let test: Test;
  let dataService: ReturnType<typeof data.create>;
  beforeEach(async () => {
    // The data stage lives on the same platform, which only exists once serving is made: it is asked for late.
    const late: SnapshotData = {
      ensureDataset: (...input) => dataService.ensureDataset(...input),
      findDataset: (...input) => dataService.findDataset(...input),
      latestVersion: (...input) => dataService.latestVersion(...input),
      versionFile: (...input) => dataService.versionFile(...input),
      createVersionFromParquet: (...input) => dataService.createVersionFromParquet(...input),
    };
    test = await aServing({ database, data: late, jobs: true });
    dataService = data.create(test.platform, {
      lineage: {
        link: async () => undefined,
        unlink: async () => undefined,
        forget: async () => undefined,
        registerLabels: () => undefined,
        lineageOf: async () => ({ nodes: [], edges: [], truncated: false }),
      },
    });
    await dataService.createDataset(test.ctx, { name: 'payments', timeColumn: 'at', targetColumn: 'class' });
    await dataService.upload(test.ctx, 'payments', {
      stream: (async function* () {
        yield Buffer.from(baseCsv);
      })(),
      mediaType: 'text/csv',
    });
  });
  afterEach(() => test.close());

  const step = (kind: string, input: unknown, stepRunId = 'stp_1'): Promise<StepResult<Record<string, unknown>>> =>
    test.kinds.get(kind)!.run({
      ctx: test.ctx,
      input,
      stepRunId,
      pipelineRun: {
        id: 'plr_1',
        pipelineId: 'pl_1',
        pipelineName: 'p',
        number: 1,
        revision: 1,
        startedAt: 0,
        parameters: {},
      },
      attempt: 1,
      signal: new AbortController().signal,
      log: () => undefined,
    } satisfies StepContext) as Promise<StepResult<Record<string, unknown>>>;
  const predictAndLabel = async (amounts: number[], label: (amount: number) => string | null) => {
    for (const amount of amounts) {
      const { predictionId } = await test.service.predict(test.ctx, 'live', aPayment(amount));
      const value = label(amount);
      if (value !== null) await test.service.sendLabels(test.ctx, 'live', [{ predictionId, value }]);
    }
    await test.service.flushCaptured();
  };

  it('rolls out the first version at once and later ones as a canary that the step waits for', async () => {
    const first = test.models.add('fraud', aFraudModel(100));
    const input = { endpoint: 'live', model: 'fraud', modelVersionId: first.id };
    const done = await step('serving.roll-out', input);
    expect(done).toMatchObject({ state: 'succeeded', output: { rolloutId: null, state: 'promoted' } });
    expect(await step('serving.roll-out', input)).toMatchObject({ state: 'succeeded' });
    const second = test.models.add('fraud', aFraudModel(200));
    const next = { ...input, modelVersionId: second.id };
    expect(await step('serving.roll-out', next, 'stp_2')).toMatchObject({
      state: 'waiting',
      message: expect.stringContaining('Version 2 begins with 25 %'),
    });
    expect(await step('serving.roll-out', next, 'stp_2')).toMatchObject({ state: 'waiting' });
    const { items } = await test.service.listRollouts(test.ctx, {});
    expect(items).toMatchObject([{ pipelineRunId: 'plr_1', state: 'running' }]);
    expect(await step('serving.roll-out', next, 'stp_3')).toMatchObject({
      state: 'waiting',
      message: expect.stringContaining('Another rollout'),
    });
    await test.service.decideRollout(test.ctx, items[0]!.id, { decision: 'roll-back', reason: 'not today' });
    expect(await step('serving.roll-out', next, 'stp_2')).toMatchObject({
      state: 'stopped',
      message: 'not today',
      output: { rolloutId: items[0]!.id, state: 'rolled-back' },
    });
  });

  it('takes the base while there is no endpoint or there are too few labels', async () => {
    const base = await dataService.latestVersion(test.ctx, 'payments');
    const input = { endpoint: 'live', dataset: 'snapshots', base: 'payments', minRows: 5 };
    expect(await step('serving.snapshot', input)).toMatchObject({
      state: 'succeeded',
      output: { datasetVersionId: base.id, rows: 60, labelledRows: 0 },
    });
    expect(await step('serving.snapshot', { endpoint: 'live', dataset: 'snapshots' })).toMatchObject({
      state: 'stopped',
    });
    await expect(step('serving.snapshot', { ...input, dataset: 'payments' })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
  });

  it('puts labelled predictions behind the rows of the base, in the types of the base, the same from the same', async () => {
    test.models.add('fraud', aFraudModel(100));
    await test.service.createEndpoint(test.ctx, { name: 'live', model: 'fraud' });
    await predictAndLabel([10, 500, 20, 30], (amount) => (amount === 20 ? null : amount > 100 ? 'fraud' : 'ok'));
    const input = { endpoint: 'live', dataset: 'snapshots', base: 'payments' };
    const done = await step('serving.snapshot', input);
    expect(done).toMatchObject({ state: 'succeeded', output: { rows: 63, labelledRows: 3 } });
    const version = await dataService.latestVersion(test.ctx, 'snapshots');
    expect(version.columns).toEqual((await dataService.latestVersion(test.ctx, 'payments')).columns);
    const preview = await dataService.preview(test.ctx, version.id, { offset: 58, limit: 10 });
    expect(preview.rows.map((row) => row.slice(1))).toEqual([
      [290, 'FR', 'fraud'],
      [295, 'DE', 'fraud'],
      [10, 'DE', 'ok'],
      [500, 'DE', 'fraud'],
      [30, 'DE', 'ok'],
    ]);
    expect(await step('serving.snapshot', input)).toEqual(done);
    expect(await step('serving.snapshot', input, 'stp_9')).toMatchObject({ output: { rows: 63 } });
    expect((await dataService.latestVersion(test.ctx, 'snapshots')).digest).toBe(version.digest);

    expect(await step('serving.snapshot', { ...input, maxRows: 5 }, 'stp_10')).toMatchObject({
      output: { rows: 5, labelledRows: 3 },
    });
  });

  it('takes the time that came with the request instead of when it was answered', async () => {
    test.models.add('fraud', aFraudModel(100));
    await test.service.createEndpoint(test.ctx, { name: 'live', model: 'fraud' });
    const at = Date.UTC(2025, 5, 1);
    const payment = aPayment(7);
    payment.inputs.push({
      name: 'at',
      shape: [1, 1],
      datatype: 'INT64',
      data: [at],
      parameters: { capture_only: true },
    });
    const { predictionId } = await test.service.predict(test.ctx, 'live', payment);
    await test.service.sendLabels(test.ctx, 'live', [{ predictionId, value: 'ok' }]);
    await test.service.flushCaptured();
    await step('serving.snapshot', { endpoint: 'live', dataset: 'snapshots', base: 'payments' });
    const version = await dataService.latestVersion(test.ctx, 'snapshots');
    const preview = await dataService.preview(test.ctx, version.id, { offset: 60, limit: 1 });
    expect(preview.rows).toEqual([[at, 7, 'DE', 'ok']]);
  });
});
