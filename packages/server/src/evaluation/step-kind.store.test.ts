import type { GateRule, PipelineRun } from '@millwright/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '#platform/testing';
import { paymentsCsv } from './fixtures/payments.ts';
import { type TheStages, theStages } from './fixtures/the-stages.ts';

describe.each(testDatabases)('a pipeline that trains and evaluates on %s', (database) => {
  let stages: TheStages;
  let datasetVersionId: string;
  let pipelines = 0;
  beforeAll(async () => {
    stages = await theStages(database);
    datasetVersionId = await stages.upload(paymentsCsv(600), { timeColumn: 'at' });
    stages.test.start();
  });
  afterAll(() => stages.close());

  const ended = async (run: PipelineRun): Promise<PipelineRun> => {
    const now = await stages.pipelines.getPipelineRun(stages.test.ctx, run.id);
    if (now.endedAt !== null) return now;
    await new Promise((resolve) => setTimeout(resolve, 50));
    return ended(run);
  };
  const run = async (rules: unknown, more: Record<string, unknown> = {}) => {
    const { ctx } = stages.test;
    const name = `fraud-${++pipelines}`;
    const spec = {
      steps: [
        {
          name: 'train',
          kind: 'training.train',
          with: { datasetVersionId, trainer: 'logistic', target: 'fraud', features: ['amount', 'country'] },
        },
        {
          name: 'judge',
          kind: 'evaluation.evaluate',
          needs: ['train'],
          with: { runId: { $from: 'train.runId' }, rules, ...more },
        },
      ],
    };
    await stages.pipelines.savePipeline(ctx, name, { spec });
    const found = await ended(await stages.pipelines.startPipeline(ctx, name));
    return { found, name, judge: found.steps.find((step) => step.name === 'judge')! };
  };
  const atLeast = (accuracy: number): GateRule[] => [{ kind: 'value', metric: 'accuracy', atLeast: accuracy }];

  it('goes on when the gate is green, in an experiment called like the pipeline', async () => {
    const { found, name, judge } = await run(atLeast(0.6));
    expect(found).toMatchObject({ state: 'succeeded' });
    expect(judge.output).toMatchObject({ verdict: 'green' });
    const evaluation = await stages.evaluation.getEvaluation(stages.test.ctx, String(judge.output!['evaluationId']));
    expect(evaluation.gate.fixedAt).toBe(found.startedAt);
    const trained = await stages.experiments.getRun(stages.test.ctx, evaluation.runId);
    expect(trained.experimentName).toBe(name);
    expect(judge.log.map(({ line }) => line)).toEqual([expect.stringContaining('passed: accuracy is')]);
  });

  it('stops at a red gate with the numbers that made it red', async () => {
    const { found, judge } = await run(atLeast(0.999));
    expect(found.state).toBe('stopped');
    expect(judge).toMatchObject({ state: 'stopped', output: { verdict: 'red' } });
    expect(found.message).toMatch(/The gate is red: accuracy is 0\.\d+; at least 0\.999 is needed\./);
  });

  it('refuses thresholds that come out of the run itself', async () => {
    const { found, judge } = await run([
      { kind: 'value', metric: 'accuracy', atLeast: { $from: 'train.maxDifference' } },
    ]);
    expect(found.state).toBe('failed');
    expect(judge.message).toContain('Thresholds must be fixed before the run');
  });

  it('compares with the champion of the model it is told, once the registry says which that is', async () => {
    const first = await run(atLeast(0.6));
    const champion = await stages.training.trainResultOf(stages.test.ctx, String(first.judge.output!['runId']));
    stages.evaluation.registerChampionResolver(async (_ctx, model) =>
      model === 'fraud' ? { modelVersionId: 'mv_1', ...champion } : null,
    );
    const rule: GateRule = { kind: 'baseline', baseline: 'champion', margin: 0.001 };
    const same = await run([rule], { model: 'fraud' });
    expect(same.found.state).toBe('succeeded');
    expect(same.judge.log[0]?.line).toContain('of the champion: difference 0, 95 % interval 0 to 0');
    const none = await run([rule], { model: 'another' });
    expect(none.judge.log[0]?.line).toContain('skipped: There is no champion yet');
  });
});
