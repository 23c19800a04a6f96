import type { Page, Pipeline, PipelineRun, PipelineSpec, TriggerDecision } from '@millwright/contract';
import type { TSchema } from 'typebox';
import type { LineageService } from '#lineage';
import type { Ctx } from '#platform/auth';
import type { Platform } from '#platform/core';
import { createDefinitions, scheduledJob } from './definitions.ts';
import { createStepRunner } from './runs/running.ts';
import { createRuns } from './runs/runs.ts';
import { stepJob } from './runs/starting.ts';
import { runLabels } from './runs/store.ts';
import { type StepKind, createStepKinds } from './step-kind.ts';
import { pipelineNames } from './store.ts';
import { createTriggers } from './triggers/deciding.ts';
import { listDecisions } from './triggers/store.ts';

export interface PageFilter {
  limit?: number | undefined;
  cursor?: string | undefined;
}

export interface PipelinesService {
  /** For later stages, before the server starts. */
  registerStepKind<I extends TSchema, O extends TSchema>(kind: StepKind<I, O>): void;
  stepKinds(): StepKind[];
  /** Creates the pipeline, or saves its next revision. Errors: INVALID_INPUT with every problem found. */
  savePipeline(
    ctx: Ctx,
    name: string,
    input: { description?: string; spec: PipelineSpec; enabled?: boolean },
  ): Promise<Pipeline>;
  getPipeline(ctx: Ctx, ref: string): Promise<Pipeline>;
  listPipelines(ctx: Ctx, filter: PageFilter): Promise<Page<Pipeline>>;
  /** Errors: NOT_FOUND; CONFLICT while a run is under way; INVALID_INPUT for a missing parameter. Switched off, a pipeline can still be started by hand. */
  startPipeline(
    ctx: Ctx,
    ref: string,
    input?: { parameters?: Record<string, unknown>; reason?: string },
  ): Promise<PipelineRun>;
  getPipelineRun(ctx: Ctx, id: string): Promise<PipelineRun>;
  /** Without the logs of the steps. */
  listPipelineRuns(ctx: Ctx, filter: PageFilter & { pipeline?: string | undefined }): Promise<Page<PipelineRun>>;
  /** Errors: NOT_FOUND; CONFLICT when the run has ended. */
  cancelPipelineRun(ctx: Ctx, id: string): Promise<PipelineRun>;
  listTriggerDecisions(ctx: Ctx, ref: string, filter: PageFilter): Promise<Page<TriggerDecision>>;
}

export interface PipelinesDeps {
  lineage: LineageService;
}

export const createPipelines = (platform: Platform, { lineage }: PipelinesDeps): PipelinesService => {
  const { db } = platform.database;
  const kinds = createStepKinds();
  const definitions = createDefinitions(platform, kinds);
  const runner = createStepRunner(platform, kinds, lineage);
  const triggers = createTriggers(platform, lineage);
  platform.jobs.handle(stepJob, (job) => runner.run(job));
  platform.jobs.handle(scheduledJob, (job) => triggers.onSchedule(job));
  triggers.subscribe();
  lineage.registerLabels('pipeline', (project, ids) => pipelineNames(db, project, ids));
  lineage.registerLabels('pipeline-run', (project, ids) => runLabels(db, project, ids));
  return {
    registerStepKind: (kind) => kinds.register(kind),
    stepKinds: () => kinds.list(),
    savePipeline: (ctx, name, input) => definitions.save(ctx, name, input),
    getPipeline: (ctx, ref) => definitions.get(ctx, ref),
    listPipelines: (ctx, filter) => definitions.list(ctx, filter),
    ...createRuns(platform, lineage, definitions, runner),
    listTriggerDecisions: async (ctx, ref, filter) =>
      listDecisions(db, ctx.project, (await definitions.find(ctx, ref)).id, filter),
  };
};
