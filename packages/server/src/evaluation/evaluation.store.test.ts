import type { GateRule } from '@millwright/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listAudit } from '#platform/audit';
import { listEvents } from '#platform/events';
import { testDatabases } from '#platform/testing';
import { paymentsCsv } from './fixtures/payments.ts';
import { type TheStages, theStages } from './fixtures/the-stages.ts';

const rules: GateRule[] = [
  { kind: 'value', metric: 'accuracy', atLeast: 0.7 },
  { kind: 'baseline', baseline: 'majority', margin: 0, mustBeat: true },
  { kind: 'baseline', baseline: 'champion', margin: 0.02 },
];

describe.each(testDatabases)('evaluation on %s', (database) => {
  let stages: TheStages;
  let versionId: string;
  let runId: string;
  let startedAt: number;
  const train = (more: Record<string, unknown> = {}) =>
    stages.training.train(stages.test.ctx, {
      datasetVersionId: versionId,
      experiment: 'fraud',
      trainer: 'logistic',
      target: 'fraud',
      features: ['amount', 'country'],
      ...more,
    });
  beforeAll(async () => {
    stages = await theStages(database);
    const { ctx } = stages.test;
    await stages.experiments.createExperiment(ctx, { name: 'fraud' });
    versionId = await stages.upload(paymentsCsv(1200), { timeColumn: 'at' });
    ({ runId } = await train());
    startedAt = (await stages.experiments.getRun(ctx, runId)).startedAt;
  });
  afterAll(() => stages.close());

  it('judges a model on rows it has not seen, against baselines, by rules fixed before the run', async () => {
    const { ctx } = stages.test;
    const found = await stages.evaluation.evaluate(ctx, { runId, rules, rulesFixedAt: startedAt });
    expect(found).toMatchObject({
      runId,
      datasetVersionId: versionId,
      task: 'classification',
      rows: 300,
      holdoutFrom: 900,
    });
    expect(found.metrics['accuracy']).toBeGreaterThan(0.75);
    expect(Object.keys(found.metrics).sort()).toEqual(['accuracy', 'brier', 'f1', 'logLoss', 'rocAuc']);
    const [majority, persistence, ...others] = found.comparisons;
    expect(others).toEqual([]);
    expect(majority).toMatchObject({ baseline: 'majority', resamples: 2000 });
    expect(majority!.loss).toBeCloseTo(1 - found.metrics['accuracy']!, 12);
    expect(majority!.high).toBeLessThan(0);
    expect(persistence!.high).toBeLessThan(0);
    expect(found.gate).toMatchObject({ verdict: 'green', fixedAt: startedAt });
    expect(found.gate.results.map(({ passed, skipped }) => [passed, skipped])).toEqual([
      [true, false],
      [true, false],
      [false, true],
    ]);
    expect(found.confusion?.flat().reduce((sum, count) => sum + count, 0)).toBe(300);
    expect(found.classes?.map(({ label }) => label)).toEqual(['no', 'yes']);
    expect(await stages.evaluation.getEvaluation(ctx, found.id)).toEqual(found);
  });

  it('keeps row, lineage, audit and event of an evaluation together, and its metrics with the run', async () => {
    const { ctx, platform } = stages.test;
    const { id, metrics } = await stages.evaluation.evaluate(ctx, { runId, rules: [], rulesFixedAt: startedAt });
    const { items } = await listAudit(platform.database.db, { resourceId: id });
    expect(items.map(({ verb }) => verb)).toEqual(['evaluation.create']);
    const events = await listEvents(platform.database.db, {
      project: 'default',
      type: 'evaluation.completed',
      limit: 100,
    });
    expect(events.items.find(({ subjectId }) => subjectId === id)?.data).toEqual({ runId, verdict: 'none' });
    const { edges, nodes } = await stages.lineage.lineageOf(
      'default',
      { type: 'evaluation', id },
      { direction: 'up', depth: 1 },
    );
    expect(edges.map(({ fromType, kind }) => `${fromType} ${kind}`).sort()).toEqual([
      'dataset-version hold-out',
      'run evaluated',
    ]);
    expect(nodes[0]?.label).toMatch(/^no gate, accuracy 0\.\d+$/);
    const run = await stages.experiments.getRun(ctx, runId);
    expect(run.metrics['holdout.accuracy']).toMatchObject({ last: metrics['accuracy'], points: 1 });
  });

  it('refuses thresholds that were fixed after the run began', async () => {
    const late = stages.evaluation.evaluate(stages.test.ctx, { runId, rules, rulesFixedAt: startedAt + 1 });
    await expect(late).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('must be fixed before the run'),
    });
  });

  it('refuses rules that do not suit the task, and runs that trained nothing', async () => {
    const { ctx } = stages.test;
    const wrong = { runId, rules: [{ kind: 'value' as const, metric: 'rmse' as const, atMost: 1 }], rulesFixedAt: 0 };
    await expect(stages.evaluation.evaluate(ctx, wrong)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    const plain = await stages.experiments.startRun(ctx, { experiment: 'fraud' });
    const nothing = stages.evaluation.evaluate(ctx, { runId: plain.id, rules: [], rulesFixedAt: 0 });
    await expect(nothing).rejects.toMatchObject({ code: 'INVALID_REFERENCE' });
    const all = await train({ holdoutFraction: 0 });
    const nowhere = stages.evaluation.evaluate(ctx, { runId: all.runId, rules: [], rulesFixedAt: 0 });
    await expect(nowhere).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('evaluates once under a key, also when asked twice at once', async () => {
    const { ctx } = stages.test;
    const request = { runId, rules, rulesFixedAt: startedAt, originKey: 'step-1' };
    const [first, second] = await Promise.all([
      stages.evaluation.evaluate(ctx, request),
      stages.evaluation.evaluate(ctx, request),
    ]);
    expect(second.id).toBe(first.id);
    expect((await stages.evaluation.evaluate(ctx, request)).id).toBe(first.id);
    const one = await stages.evaluation.listEvaluations(ctx, { runId, limit: 1 });
    expect(one.items[0]?.id).toBe(first.id);
    const rest = await stages.evaluation.listEvaluations(ctx, { runId, cursor: one.nextCursor! });
    expect(rest.items.map(({ id }) => id)).not.toContain(first.id);
  });

  it('gives the same numbers again', async () => {
    const { ctx } = stages.test;
    const request = { runId, rules, rulesFixedAt: startedAt };
    const again = [await stages.evaluation.evaluate(ctx, request), await stages.evaluation.evaluate(ctx, request)];
    const [a, b] = again.map(({ id: _id, createdAt: _at, ...rest }) => rest);
    expect(a).toEqual(b);
  });

  it('compares with the champion on the same rows, or says why it cannot', async () => {
    const { ctx } = stages.test;
    const weak = await train({ features: ['country'] });
    const champion = { modelVersionId: 'mv_1', ...weak };
    const found = await stages.evaluation.evaluate(ctx, { runId, rules, rulesFixedAt: startedAt, champion });
    const comparison = found.comparisons.find(({ baseline }) => baseline === 'champion');
    expect(comparison!.difference).toBeLessThan(-0.05);
    expect(found.gate.results[2]).toMatchObject({ passed: true, skipped: false });
    // The other way round the champion reads a column that the new model does not.
    const run = await stages.experiments.getRun(ctx, weak.runId);
    const better = await stages.training.trainResultOf(ctx, runId);
    const red = await stages.evaluation.evaluate(ctx, {
      runId: weak.runId,
      rules,
      rulesFixedAt: run.startedAt,
      champion: { modelVersionId: 'mv_2', ...better },
    });
    expect(red.gate.verdict).toBe('red');
    expect(red.gate.results[2]).toMatchObject({ passed: false, skipped: false });
    const [input] = better.signature.inputs;
    const gone = { ...better.signature, inputs: [{ ...input!, name: 'colour', feature: 'colour' }] };
    const skipped = await stages.evaluation.evaluate(ctx, {
      runId,
      rules,
      rulesFixedAt: startedAt,
      champion: { modelVersionId: 'mv_3', modelDigest: better.modelDigest, signature: gone },
    });
    expect(skipped.gate.results[2]).toMatchObject({
      skipped: true,
      message: expect.stringContaining('no column "colour"'),
    });
  });

  it('evaluates a regression in the unit of its target', async () => {
    const { ctx } = stages.test;
    const result = await train({ trainer: 'ridge', target: 'cost', parameters: { lambda: 0.01 } });
    const found = await stages.evaluation.evaluate(ctx, {
      runId: result.runId,
      rules: [{ kind: 'baseline', baseline: 'majority', margin: 0 }],
      rulesFixedAt: 0,
    });
    expect(found).toMatchObject({ task: 'regression', classes: null, confusion: null, gate: { verdict: 'green' } });
    expect(found.metrics['rmse']! ** 2).toBeCloseTo(found.comparisons[0]!.loss, 9);
    expect(found.metrics['r2']).toBeGreaterThan(0.3);
  });
});
