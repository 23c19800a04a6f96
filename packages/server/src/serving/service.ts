import type { Endpoint, InferReply, InferRequest, Label, ModelVersion, Page, Rollout, RolloutPolicy, Signature } from '@millwright/contract';
import type { Static } from 'typebox';
import type { Ctx } from '#platform/auth';
import type { CapturedRange, CapturedRows } from './capture/captured-rows.ts';

/** What stages behind serving need to know of an endpoint. */
export interface ServedEndpoint {
  id: string;
  project: string;
  name: string;
  modelId: string;
  modelName: string;
  championVersionId: string;
  signature: Signature;
  /** Predictions that were answered but not captured. */
  dropped: number;
}

export interface InferAnswer {
  reply: InferReply;
  variant: 'champion' | 'challenger';
  modelVersion: number;
  /** Of the first row. */
  predictionId: string;
}

export interface PageQuery {
  limit?: number | undefined;
  cursor?: string | undefined;
}

export interface ServingService {
  listEndpoints(ctx: Ctx, query: PageQuery): Promise<Page<Endpoint>>;
  createEndpoint(ctx: Ctx, input: { name: string; model: string; description?: string | undefined; unitColumn?: string | undefined }): Promise<Endpoint>;
  getEndpoint(ctx: Ctx, endpointRef: string): Promise<Endpoint>;

  predict(ctx: Ctx, endpointRef: string, request: InferRequest): Promise<InferAnswer>;
  sendLabels(ctx: Ctx, endpointRef: string, labels: readonly Static<typeof Label>[]): Promise<{ accepted: number }>;

  startRollout(ctx: Ctx, endpointRef: string, input: { modelVersionId: string; policy?: RolloutPolicy | undefined; pipelineRunId?: string; originKey?: string }): Promise<Rollout>;
  getRollout(ctx: Ctx, rolloutId: string): Promise<Rollout>;
  listRollouts(ctx: Ctx, query: PageQuery & { endpoint?: string | undefined }): Promise<Page<Rollout>>;
  decideRollout(ctx: Ctx, rolloutId: string, input: { decision: 'promote' | 'roll-back' | 'pause' | 'resume'; reason: string }): Promise<Rollout>;
  rollBack(ctx: Ctx, endpointRef: string, reason: string): Promise<Endpoint>;

  /** For monitoring; project comes from the endpoint. Errors: NOT_FOUND. */
  servedEndpoint(endpointId: string): Promise<ServedEndpoint>;
  currentChampion(endpointId: string): Promise<ModelVersion>;
  /** Rows captured so far: they are numbered from 0 without gaps. */
  capturedCount(endpointId: string): Promise<number>;
  readCaptured(endpointId: string, range: CapturedRange): Promise<CapturedRows>;

  /** Moves what was captured so far from the journal to Parquet now instead of at the next tick. */
  flushCaptured(): Promise<void>;
  close(): Promise<void>;
}
