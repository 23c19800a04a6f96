import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aPlatform, type TestPlatform, testDatabases } from '#platform/testing';
import { experimentsOn } from '../fixtures/experiments-on.ts';
import type { ExperimentsService } from '../index.ts';

describe.each(testDatabases)('what a change of a metric is due to, on %s', (database) => {
  let test: TestPlatform;
  let service: ExperimentsService;
  let count = 0;
  beforeAll(async () => {
    test = await aPlatform({ database });
    ({ service } = experimentsOn(test.platform));
  });
  afterAll(() => test.close());

  const anExperiment = async () => (await service.createExperiment(test.ctx, { name: `attributed-${++count}` })).id;
  const aRun = async (
    experiment: string,
    auc: number,
    parameters: Record<string, string>,
    tags: Record<string, string> = {},
    digest = 'one',
  ): Promise<string> => {
    const { id } = await service.startRun(test.ctx, { experiment, parameters, tags });
    const dataset = { name: 'wine', digest, sourceType: 'local', source: '{}', schema: null, profile: null };
    await service.logInputs(test.ctx, id, { datasets: [{ dataset, context: null, tags: {} }] });
    await service.logMetrics(test.ctx, id, [{ key: 'auc', value: auc }]);
    await service.endRun(test.ctx, id, 'finished');
    return id;
  };

  it('splits it over parameters, code and data by the means of every combination', async () => {
    const experiment = await anExperiment();
    const ids: string[] = [];
    for (const rate of [0, 1])
      for (const commit of [0, 1])
        for (const digest of [0, 1])
          for (const noise of [-0.001, 0.001])
            ids.push(
              await aRun(
                experiment,
                0.5 + 0.1 * rate + 0.05 * commit - 0.02 * digest + noise,
                { rate: rate ? '0.1' : '0.01', seed: String(noise) },
                { 'mlflow.source.git.commit': commit ? 'bbbb' : 'aaaa' },
                digest ? 'two' : 'one',
              ),
            );
    const found = await service.attributeMetric(test.ctx, {
      from: ids[0] ?? '',
      to: ids.at(-1) ?? '',
      metric: 'auc',
    });
    expect(found).toMatchObject({ method: 'cells', runs: 16 });
    expect(found.factors.map(({ kind, label }) => [kind, label])).toEqual([
      ['parameter', 'rate'],
      ['code', 'code'],
      ['data', 'data'],
    ]);
    const [rate, code, digest] = found.factors;
    expect(rate?.contribution).toBeCloseTo(0.1, 6);
    expect(code?.contribution).toBeCloseTo(0.05, 6);
    expect(digest?.contribution).toBeCloseTo(-0.02, 6);
    expect(digest?.changes).toEqual([{ kind: 'data', key: 'data', from: 'one', to: 'two' }]);
    expect(found.sentence).toBe(
      'auc went from 0.499 to 0.631 (+0.132): +0.1 by rate, +0.05 by code and -0.02 by data; +0.002 stays unexplained.',
    );
    expect(found.notes.join(' ')).toContain('The seed changed as well');
  });

  it('says which changes came together in every run, and leaves out what only names a run', async () => {
    const experiment = await anExperiment();
    const ids: string[] = [];
    for (let at = 0; at < 12; at++)
      ids.push(
        await aRun(experiment, 0.5 + 0.1 * (at % 2) + 0.01 * (at % 3), {
          rate: at % 2 ? '0.1' : '0.01',
          batch: at % 2 ? '256' : '32',
          depth: String(at % 3),
          output: `/tmp/run-${at}`,
        }),
      );
    const query = { from: ids[0] ?? '', to: ids[5] ?? '', metric: 'auc' };
    const found = await service.attributeMetric(test.ctx, query);
    expect(found.factors.map(({ label }) => label)).toEqual(['batch + rate', 'depth']);
    expect(found.notes).toContain('batch and rate cannot be told apart: they changed together in every run.');
    expect(found.notes.join(' ')).toContain('output left out');
  });

  it('gives all of it to all changes when there is nothing else to go by, and refuses what has no number', async () => {
    const experiment = await anExperiment();
    const from = await aRun(experiment, 0.5, { a: '1', b: 'x' });
    const to = await aRun(experiment, 0.7, { a: '2', b: 'y' });
    const found = await service.attributeMetric(test.ctx, { from, to, metric: 'auc' });
    expect(found).toMatchObject({ method: 'pair', noise: null });
    expect(found.sentence).toBe(
      'auc went from 0.5 to 0.7 (+0.2). With these two runs alone, all of it goes to a and b together.',
    );
    await expect(service.attributeMetric(test.ctx, { from, to, metric: 'none' })).rejects.toMatchObject({
      code: 'INVALID_REFERENCE',
    });
    await expect(service.attributeMetric(test.ctx, { from, to: from, metric: 'auc' })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
  });
});
