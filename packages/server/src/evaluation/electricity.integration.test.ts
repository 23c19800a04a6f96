import { existsSync, readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TheStages, theStages } from './fixtures/the-stages.ts';

/** 45,312 half hours of a real electricity market: will the price rise against the mean of the last day? */
const file = join(import.meta.dirname, '../../../../../shared/data/electricity.csv');
const isThere = existsSync(file);
if (!isThere) console.warn('skipped: shared/data/electricity.csv is not beside the repository');

describe.skipIf(!isThere)('electricity prices', () => {
  let stages: TheStages;
  let datasetVersionId: string;
  beforeAll(async () => {
    stages = await theStages('sqlite');
    datasetVersionId = await stages.upload(readFileSync(file, 'utf8'));
    await stages.experiments.createExperiment(stages.test.ctx, { name: 'prices' });
  });
  afterAll(() => stages.close());

  const request = { experiment: 'prices', trainer: 'logistic', target: 'class' };
  const evaluate = async (runId: string) => {
    const { ctx } = stages.test;
    const { startedAt } = await stages.experiments.getRun(ctx, runId);
    const rules = [{ kind: 'baseline' as const, baseline: 'majority' as const, margin: 0, mustBeat: true }];
    return stages.evaluation.evaluate(ctx, { runId, rules, rulesFixedAt: startedAt });
  };

  it('are predicted clearly better than by the most frequent class', async () => {
    const { runId, holdoutRows } = await stages.training.train(stages.test.ctx, { datasetVersionId, ...request });
    const found = await evaluate(runId);
    expect(holdoutRows).toBe(11_328);
    expect(found.rows).toBe(11_328);
    expect(found.gate.verdict).toBe('green');
    expect(found.comparisons[0]!.difference).toBeLessThan(-0.15);
  });

  it('beat the most frequent class with a window chosen on the training rows, too', async () => {
    const began = performance.now();
    const windows = [null, 15_000, 5000];
    const result = await stages.training.train(stages.test.ctx, { datasetVersionId, ...request, windows });
    const trainedMs = performance.now() - began;
    const found = await evaluate(result.runId);
    const evaluatedMs = performance.now() - began - trainedMs;
    const [majority] = found.comparisons;
    console.info(
      `trained with 3 windows in ${Math.round(trainedMs)} ms (chosen: ${result.window ?? 'all'}), evaluated in ${Math.round(evaluatedMs)} ms: ` +
        `accuracy ${found.metrics['accuracy']!.toFixed(4)}, majority ${(1 - majority!.baselineLoss).toFixed(4)}`,
    );
    expect(found.gate.verdict).toBe('green');
  });
});
