import { Digest, type Evaluation, GateRule, Id, OneOf, Ref, Strict } from '@millwright/contract';
import { Type } from 'typebox';
import type { PipelinesService, StepKind } from '#pipelines';
import type { Ctx } from '#platform/auth';
import { fail } from '#platform/errors';
import type { ChampionResolver, EvaluationService } from './service.ts';

const kind = 'evaluation.evaluate';
const Input = Strict({ runId: Id, model: Type.Optional(Ref), rules: Type.Array(GateRule, { maxItems: 50 }) });
const Output = Type.Object({
  evaluationId: Id,
  runId: Id,
  modelDigest: Digest,
  verdict: OneOf('green', 'red', 'none'),
  metrics: Type.Record(Type.String(), Type.Number()),
});

/** The rules count as fixed when the pipeline run began: it keeps the revision of its definition that it started with. */
export const evaluateStep = (
  evaluation: EvaluationService,
  pipelines: Pick<PipelinesService, 'getPipelineRun'>,
  champion: ChampionResolver,
): StepKind<typeof Input, typeof Output> => ({
  kind,
  summary:
    'Score a trained model on its hold-out rows and hold it against the rules of a gate; a red gate stops the run',
  input: Input,
  output: Output,
  async run({ ctx, input, stepRunId, pipelineRun, log }) {
    await mustBeFixed(pipelines, ctx, pipelineRun.id);
    const found = await evaluation.evaluate(ctx, {
      runId: input.runId,
      rules: input.rules,
      rulesFixedAt: pipelineRun.startedAt,
      champion: input.model === undefined ? null : await champion(ctx, input.model),
      originKey: stepRunId,
    });
    for (const { passed, skipped, message } of found.gate.results)
      log(`${skipped ? 'skipped' : passed ? 'passed' : 'failed'}: ${message}`);
    const { id: evaluationId, runId, modelDigest, metrics } = found;
    const { verdict } = found.gate;
    const output = { evaluationId, runId, modelDigest, verdict, metrics };
    if (verdict === 'red') return { state: 'stopped', output, message: redMessage(found) };
    return { state: 'succeeded', output, message: `${verdictText[verdict]} on ${found.rows} hold-out rows.` };
  },
});

const verdictText = { green: 'The gate is green', none: 'Evaluated without a gate' } as const;

const redMessage = ({ gate }: Evaluation): string => {
  const failed = gate.results.filter(({ passed, skipped }) => !passed && !skipped);
  return `The gate is red: ${failed.map(({ message }) => message).join(' ')}`;
};

/** A threshold that comes out of an earlier step was not fixed before that step. */
async function mustBeFixed(
  pipelines: Pick<PipelinesService, 'getPipelineRun'>,
  ctx: Ctx,
  pipelineRunId: string,
): Promise<void> {
  const { spec } = await pipelines.getPipelineRun(ctx, pipelineRunId);
  const fromAStep = spec.steps.find((step) => step.kind === kind && refersToAStep(step.with?.['rules']));
  if (fromAStep)
    fail(
      'INVALID_INPUT',
      `The rules of step '${fromAStep.name}' come from another step. Thresholds must be fixed before the run: write them down, or take them from a parameter.`,
    );
}

const refersToAStep = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (Object.hasOwn(value, '$from') || Object.values(value).some(refersToAStep));
