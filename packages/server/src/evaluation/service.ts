import { createHash } from 'node:crypto';
import type { Evaluation, GateRule, Page, Signature } from '@millwright/contract';
import type { ExperimentsService } from '#experiments';
import type { LineageService } from '#lineage';
import type { PipelinesService } from '#pipelines';
import type { Ctx } from '#platform/auth';
import type { Platform } from '#platform/core';
import { isUniqueViolation } from '#platform/db';
import { fail } from '#platform/errors';
import type { TrainingService } from '#training';
import { checkRules, digestOfRules, judge } from './gate.ts';
import { scoreHoldOut } from './hold-out.ts';
import { classReport, metricsFor } from './metrics.ts';
import { evaluateStep } from './step-kind.ts';
import * as store from './store.ts';

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

export const createEvaluation = (platform: Platform, deps: EvaluationDeps): EvaluationService => {
  const { experiments, lineage, training, pipelines } = deps;
  const { db } = platform.database;
  let resolveChampion: ChampionResolver = async () => null;

  /** Within one change: the row, where it came from, the audit and the event. */
  const save = (ctx: Ctx, evaluation: Evaluation, originKey: string | null): Promise<void> =>
    platform.changes.change(ctx, async (change) => {
      const { id, runId, datasetVersionId, gate } = evaluation;
      const { project } = ctx;
      const to = { type: 'evaluation', id };
      await store.insertEvaluation(change.db, project, evaluation, originKey);
      await lineage.link(change, { project, from: { type: 'run', id: runId }, to, kind: 'evaluated' });
      await lineage.link(change, {
        project,
        from: { type: 'dataset-version', id: datasetVersionId },
        to,
        kind: 'hold-out',
      });
      const { verdict, digest } = gate;
      change.audit({
        verb: 'evaluation.create',
        resourceType: 'evaluation',
        resourceId: id,
        detail: { runId, verdict, rulesDigest: digest },
      });
      change.emit('evaluation.completed', id, { runId, verdict });
    });

  /** Appended facts. The same model on the same rows gives the same numbers, so once is enough. */
  const logMetrics = async (ctx: Ctx, { runId, metrics }: Evaluation): Promise<void> => {
    const run = await experiments.getRun(ctx, runId);
    const points = Object.entries(metrics)
      .map(([name, value]) => ({ key: `holdout.${name}`, value }))
      .filter(({ key }) => !Object.hasOwn(run.metrics, key));
    if (points.length > 0) await experiments.logMetrics(ctx, runId, points);
  };

  const evaluated = async (ctx: Ctx, request: EvaluateRequest): Promise<Evaluation> => {
    const { runId, rules, rulesFixedAt } = request;
    const run = await experiments.getRun(ctx, runId);
    if (rulesFixedAt > run.startedAt)
      fail(
        'CONFLICT',
        `The thresholds must be fixed before the run: run ${runId} began ${rulesFixedAt - run.startedAt} ms earlier.`,
      );
    const result = await training.trainResultOf(ctx, runId);
    const { signature, modelDigest, datasetVersionId, holdoutFrom } = result;
    checkRules(rules, signature.task);
    const seed = request.seed ?? seedOf(runId);
    const { truth, predicted, comparisons, absent } = await scoreHoldOut(training, ctx, result, {
      champion: request.champion ?? null,
      seed,
    });
    const classes = signature.classes ?? [];
    const metrics = metricsFor(truth, predicted, classes);
    const report =
      truth.task === 'classification' && predicted.task === 'classification'
        ? classReport(truth.labels, predicted.labels, classes)
        : { classes: null, confusion: null };
    return {
      id: platform.ids.next('evl'),
      runId,
      datasetVersionId,
      modelDigest,
      task: signature.task,
      rows: truth.rows.length,
      holdoutFrom,
      createdAt: platform.clock.now(),
      metrics,
      ...report,
      comparisons,
      gate: {
        rules: [...rules],
        digest: digestOfRules(rules),
        fixedAt: rulesFixedAt,
        ...judge(rules, { metrics, comparisons, absent }),
      },
    };
  };

  const service: EvaluationService = {
    async evaluate(ctx, request) {
      const originKey = request.originKey ?? null;
      const made = () => (originKey === null ? null : store.findEvaluation(db, ctx.project, { originKey }));
      const known = await made();
      const evaluation = known ?? (await evaluated(ctx, request));
      if (!known)
        try {
          await save(ctx, evaluation, originKey);
        } catch (error) {
          // Two attempts at once: the first one counts.
          const first = isUniqueViolation(error) ? await made() : null;
          if (!first) throw error;
          return first;
        }
      await logMetrics(ctx, evaluation);
      return evaluation;
    },
    getEvaluation: async (ctx, id) =>
      (await store.findEvaluation(db, ctx.project, { id })) ??
      fail('NOT_FOUND', `There is no evaluation '${id}' in project '${ctx.project}'.`),
    listEvaluations: (ctx, query) => store.listEvaluations(db, ctx.project, query),
    registerChampionResolver(resolver) {
      resolveChampion = resolver;
    },
  };
  pipelines.registerStepKind(evaluateStep(service, pipelines, (ctx, model) => resolveChampion(ctx, model)));
  lineage.registerLabels('evaluation', (project, ids) => store.evaluationLabels(db, project, ids));
  return service;
};

const seedOf = (runId: string): number => createHash('sha256').update(runId).digest().readUInt32BE(0);
