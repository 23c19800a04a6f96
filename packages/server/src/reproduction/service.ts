import type { PipelineRun, PipelineSpec, Reproducibility, Reproduction, Run } from '@millwright/contract';
import type { DataService } from '#data';
import type { ExperimentsService } from '#experiments';
import type { LineageService } from '#lineage';
import type { PipelinesService } from '#pipelines';
import type { Ctx } from '#platform/auth';
import type { Platform } from '#platform/core';
import { fail, isMillwrightError } from '#platform/errors';
import type { TrainingService } from '#training';
import { compareStep } from './compare-step.ts';
import { createKnown } from './known.ts';
import { notAllowed, processStep } from './process-step.ts';
import { createReports } from './reports.ts';
import { judge, type RunFacts } from './score.ts';

export interface ReproductionDeps {
  lineage: LineageService;
  data: DataService;
  experiments: ExperimentsService;
  pipelines: PipelinesService;
  training: TrainingService;
}

export interface ReproductionService {
  /** Errors: NOT_FOUND. */
  reproducibility(ctx: Ctx, runId: string): Promise<Reproducibility>;
  /** Errors: NOT_FOUND; NOT_REPRODUCIBLE with the reason; CONFLICT while the run is being reproduced already. */
  reproduce(ctx: Ctx, runId: string, reason: string | undefined): Promise<PipelineRun>;
  /** Newest first. Errors: NOT_FOUND. */
  reproductions(ctx: Ctx, runId: string, tolerance: number | undefined): Promise<Reproduction[]>;
}

type Plan =
  | { method: 'training' | 'process'; reason: string; steps: PipelineSpec['steps'] }
  | { method: 'none'; reason: string };

export const createReproduction = (platform: Platform, deps: ReproductionDeps): ReproductionService => {
  const { experiments, pipelines, training } = deps;
  const known = createKnown(platform, deps);
  const reports = createReports(experiments);
  pipelines.registerStepKind(processStep(platform, { ...deps, known }));
  pipelines.registerStepKind(compareStep(platform, { ...deps, reports }));

  const compareAfter = (run: Run, step: string): PipelineSpec['steps'][number] => ({
    name: 'compare',
    kind: 'reproduction.compare',
    needs: [step],
    with: { originalRunId: run.id, runId: { $from: `${step}.runId` } },
  });

  const planOf = async (ctx: Ctx, run: Run, facts: RunFacts): Promise<Plan> => {
    const kept = await training.trainRequestOf(ctx, run.id);
    if (kept) {
      if (!facts.trained?.isDataThere) return { method: 'none', reason: 'Its data set version is not there any more.' };
      const { trainer, datasetVersionId, seed } = kept.request;
      return {
        method: 'training',
        reason: `Trains ${trainer} on ${datasetVersionId} again, from the same request and with the seed ${seed ?? 0}.`,
        steps: [{ name: 'train', kind: 'training.train', with: { ...kept.request } }, compareAfter(run, 'train')],
      };
    }
    const command = known.commandOf(run, facts);
    if (!command.ok) return { method: 'none', reason: command.reason };
    if (!platform.config.allowLocalProcesses) return { method: 'none', reason: notAllowed };
    const { commit, repository, args } = command.value;
    return {
      method: 'process',
      reason: `Runs python ${args.join(' ')} on the machine of the server, at ${commit.slice(0, 10)} of ${repository}.`,
      steps: [
        { name: 'run', kind: 'reproduction.run', maxAttempts: 2, with: { originalRunId: run.id } },
        compareAfter(run, 'run'),
      ],
    };
  };

  /** One pipeline per run that is reproduced: its revisions say what was done, and two do not run at once. */
  const pipelineFor = async (ctx: Ctx, run: Run, spec: PipelineSpec): Promise<string> => {
    const name = `reproduce-${run.id}`;
    try {
      const before = await pipelines.getPipeline(ctx, name);
      if (JSON.stringify(before.spec.steps) === JSON.stringify(spec.steps)) return before.id;
    } catch (error) {
      if (!isMillwrightError(error) || error.code !== 'NOT_FOUND') throw error;
    }
    const description = `Runs ${run.name} of ${run.experimentName} again and compares the metrics.`;
    return (await pipelines.savePipeline(ctx, name, { description, spec })).id;
  };

  return {
    async reproducibility(ctx, runId) {
      const run = await experiments.getRun(ctx, runId);
      const facts = await known.factsOf(ctx, run);
      const { method, reason } = await planOf(ctx, run, facts);
      return { runId: run.id, ...judge(facts), rerun: { method, reason } };
    },
    async reproduce(ctx, runId, reason) {
      const run = await experiments.getRun(ctx, runId);
      const plan = await planOf(ctx, run, await known.factsOf(ctx, run));
      if (plan.method === 'none') return fail('NOT_REPRODUCIBLE', plan.reason);
      const pipeline = await pipelineFor(ctx, run, { steps: plan.steps });
      return pipelines.startPipeline(ctx, pipeline, {
        reason: reason?.trim() || `To see whether ${run.name} comes out the same.`,
      });
    },
    reproductions: (ctx, runId, tolerance) => reports.list(ctx, runId, tolerance),
  };
};
