import type { Evaluation, GateRule, Page, Signature } from '@millwright/contract';
import type { ExperimentsService } from '#experiments';
import type { LineageService } from '#lineage';
import type { PipelinesService } from '#pipelines';
import type { Ctx } from '#platform/auth';
import type { TrainingService } from '#training';

export interface EvaluationDeps {
  lineage: LineageService;
  experiments: ExperimentsService;
  pipelines: PipelinesService;
  training: TrainingService;
}

/** The model in service, which a new one is compared with. */
export interface Champion {
  modelVersionId: string;
  modelDigest: string;
  signature: Signature;
}

/** null: the model does not exist or has no champion yet. */
export type ChampionResolver = (ctx: Ctx, modelRef: string) => Promise<Champion | null>;

export interface EvaluateRequest {
  /** A finished training run with a hold-out. */
  runId: string;
  rules: readonly GateRule[];
  /** Epoch ms; must not be later than the start of the run. */
  rulesFixedAt: number;
  champion?: Champion | null | undefined;
  /** The same key again answers the evaluation made with it. */
  originKey?: string | undefined;
  /** Of the bootstrap; default follows from the run's id. */
  seed?: number | undefined;
}

export interface EvaluationService {
  /**
   * Errors: NOT_FOUND (run), INVALID_REFERENCE (no model trained in it), CONFLICT (rules fixed after the run began, no
   * hold-out rows), INVALID_INPUT (a rule that does not suit the task).
   */
  evaluate(ctx: Ctx, request: EvaluateRequest): Promise<Evaluation>;
  /** Errors: NOT_FOUND. */
  getEvaluation(ctx: Ctx, evaluationId: string): Promise<Evaluation>;
  /** Newest first. */
  listEvaluations(
    ctx: Ctx,
    query: { limit?: number | undefined; cursor?: string | undefined; runId?: string | undefined },
  ): Promise<Page<Evaluation>>;
  /** Called once by the registry, which comes later. */
  registerChampionResolver(resolver: ChampionResolver): void;
}
