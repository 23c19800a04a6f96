import type { Signature, TrainRequest, TrainResult, Trainer } from '@millwright/contract';
import type { DataService } from '#data';
import type { ExperimentsService } from '#experiments';
import type { PipelinesService } from '#pipelines';
import type { Ctx } from '#platform/auth';
import type { Platform } from '#platform/core';
import { fail } from '#platform/errors';
import type { Prediction } from './predict.ts';
import { createReader, rowsOf } from './store.ts';
import { type KeptRequest, readRequest, trainedBy } from './requests.ts';
import { readResult, resultPath } from './results.ts';
import { createTrainingThreads } from './run-in-worker.ts';
import { createScoringThread } from './scoring/scoring-thread.ts';
import { score } from './scoring/score.ts';
import { trainStep } from './step-kind.ts';
import type { TrainingTable } from './table.ts';
import type { TrainingTarget } from './target.ts';
import { createTrain } from './train.ts';
import { trainers } from './trainers.ts';

export interface TrainingDeps {
  data: DataService;
  experiments: ExperimentsService;
  pipelines: PipelinesService;
}

export interface TrainOptions {
  /** The same key again answers the training that finished under it; one that a crash cut short is begun anew. */
  originKey?: string | undefined;
  signal?: AbortSignal | undefined;
  log?: ((line: string) => void) | undefined;
  parentRunId?: string | undefined;
}

/** A stored model file and what goes in and out of it. */
export interface ScoredModel {
  modelDigest: string;
  signature: Signature;
}

/** The rows a run was trained from, all of them, in the order of training: the hold-out begins at `holdoutFrom`. */
export interface TrainingRows {
  table: TrainingTable;
  target: TrainingTarget;
}

export interface TrainingService {
  trainers(): Trainer[];
  /** Errors: INVALID_REFERENCE (data set version, experiment), TRAINING_FAILED, or the reason of `signal`. */
  train(ctx: Ctx, request: TrainRequest, options?: TrainOptions): Promise<TrainResult>;
  /** Errors: NOT_FOUND for a run that does not exist; INVALID_REFERENCE for one that trained no model here. */
  trainResultOf(ctx: Ctx, runId: string): Promise<TrainResult>;
  /** What a run was trained by, to train it once more; null for a run that was not trained here. */
  trainRequestOf(ctx: Ctx, runId: string): Promise<KeptRequest | null>;
  /** Versions of what trains now. */
  trainedBy(): Pick<KeptRequest, 'millwright' | 'node'>;
  /**
   * Numbers, integers, booleans (0 and 1) and timestamps (epoch ms) become number columns, strings categories.
   * Without `columns` all; `orderBy` sorts stably by that column, missing first. Errors: NOT_FOUND, TABLE_UNREADABLE,
   * INVALID_REFERENCE for a column the version does not have.
   */
  readTable(
    ctx: Ctx,
    datasetVersionId: string,
    options?: { columns?: readonly string[] | undefined; orderBy?: string | undefined },
  ): Promise<TrainingTable>;
  /** The rows behind a result with these features (default: those of its model), e.g. to evaluate on the hold-out. */
  readRows(ctx: Ctx, result: TrainResult, features?: readonly string[]): Promise<TrainingRows>;
  /** Runs the model on every row, in a thread of its own. Errors: MODEL_REFUSED when columns and model do not fit. */
  score(model: ScoredModel, table: TrainingTable): Promise<Prediction>;
  close(): Promise<void>;
}

export const createTraining = (platform: Platform, deps: TrainingDeps): TrainingService => {
  const { experiments, pipelines } = deps;
  const reader = createReader(platform, deps.data);
  const thread = createScoringThread();
  const threads = createTrainingThreads();
  const service: TrainingService = {
    trainers: () =>
      trainers.map(({ name, task, title, parameters }) => ({
        name,
        task,
        summary: title,
        parameters: { ...parameters },
      })),
    train: createTrain(platform, deps, reader, threads),
    async trainResultOf(ctx, runId) {
      const run = await experiments.getRun(ctx, runId);
      const result = await readResult(platform, experiments, ctx, run.id);
      return result ?? fail('INVALID_REFERENCE', `Run ${runId} trained no model here: it has no ${resultPath}.`);
    },
    trainRequestOf: (ctx, runId) => readRequest(platform, experiments, ctx, runId),
    trainedBy,
    readTable: reader.readTable,
    readRows: (ctx, result, features) => reader.readRows(ctx, result.datasetVersionId, rowsOf(result, features)),
    async score({ modelDigest, signature }, table) {
      const path = await platform.blobs.localPath(modelDigest);
      return score(thread, { digest: modelDigest, path, signature }, table);
    },
    close: async () => {
      await Promise.all([thread.close(), threads.close()]);
    },
  };
  pipelines.registerStepKind(trainStep(service, experiments));
  return service;
};
