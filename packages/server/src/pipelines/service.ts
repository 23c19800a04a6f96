import type { Page, Pipeline, PipelineRun, PipelineSpec, TriggerDecision } from '@millwright/contract';
import type { TSchema } from 'typebox';
import type { Ctx } from '#platform/auth';
import type { StepKind } from './step-kind.ts';

export interface PageFilter {
  limit?: number | undefined;
  cursor?: string | undefined;
}

export interface PipelinesService {
  /** For later stages, before the server starts. */
  registerStepKind<I extends TSchema, O extends TSchema>(kind: StepKind<I, O>): void;
  stepKinds(): StepKind[];
  /** Creates the pipeline, or saves its next revision. Errors: INVALID_INPUT with every problem found. */
  savePipeline(ctx: Ctx, name: string, input: { description?: string; spec: PipelineSpec; enabled?: boolean }): Promise<Pipeline>;
  getPipeline(ctx: Ctx, ref: string): Promise<Pipeline>;
  listPipelines(ctx: Ctx, filter: PageFilter): Promise<Page<Pipeline>>;
  /** Errors: NOT_FOUND; CONFLICT while a run is under way or the pipeline is switched off; INVALID_INPUT for a missing parameter. */
  startPipeline(ctx: Ctx, ref: string, input?: { parameters?: Record<string, unknown>; reason?: string }): Promise<PipelineRun>;
  getPipelineRun(ctx: Ctx, id: string): Promise<PipelineRun>;
  /** Without the logs of the steps. */
  listPipelineRuns(ctx: Ctx, filter: PageFilter & { pipeline?: string | undefined }): Promise<Page<PipelineRun>>;
  /** Errors: NOT_FOUND; CONFLICT when the run has ended. */
  cancelPipelineRun(ctx: Ctx, id: string): Promise<PipelineRun>;
  listTriggerDecisions(ctx: Ctx, ref: string, filter: PageFilter): Promise<Page<TriggerDecision>>;
}
