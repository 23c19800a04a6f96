import { Ref, Strict, TrainRequest, TrainResult } from '@millwright/contract';
import { type Static, Type } from 'typebox';
import type { ExperimentsService } from '#experiments';
import type { StepKind } from '#pipelines';
import type { Ctx } from '#platform/auth';
import { isMillwrightError } from '#platform/errors';
import type { TrainingService } from './service.ts';

const Input = Strict({ ...TrainRequest.properties, experiment: Type.Optional(Ref) });

/** Trains once, however often the step is tried. */
export const trainStep = (
  training: TrainingService,
  experiments: ExperimentsService,
): StepKind<typeof Input, typeof TrainResult> => ({
  kind: 'training.train',
  summary: 'Train a model on a data set version and log it as a run',
  input: Input,
  output: TrainResult,
  async run({ ctx, input, stepRunId, pipelineRun, signal, log }) {
    const experiment = await experimentOf(experiments, ctx, input.experiment ?? pipelineRun.pipelineName);
    const request: Static<typeof TrainRequest> = { ...input, experiment };
    const output = await training.train(ctx, request, { originKey: stepRunId, signal, log });
    const rows = output.window === null ? 'all' : `the newest ${output.window}`;
    return {
      state: 'succeeded',
      output,
      message: `Run ${output.runId}: learnt from ${rows} of the rows before the hold-out.`,
    };
  },
});

/** In a pipeline nobody creates the experiment beforehand. */
async function experimentOf(experiments: ExperimentsService, ctx: Ctx, ref: string): Promise<string> {
  try {
    return (await experiments.findExperiment(ctx, ref)).id;
  } catch (error) {
    if (!isMillwrightError(error) || error.code !== 'NOT_FOUND' || ref.startsWith('exp_')) throw error;
    return (await experiments.ensureExperiment(ctx, ref)).id;
  }
}
