import type { Run, TrainRequest, TrainResult } from '@millwright/contract';
import { startAttempt } from '#experiments';
import { type Ctx, authorize } from '#platform/auth';
import type { Platform } from '#platform/core';
import { MillwrightError, fail, isMillwrightError, messageOf } from '#platform/errors';
import { type ColumnPlan, planColumns } from './columns.ts';
import { trainingScore } from './losses.ts';
import type { Iteration } from './minimise.ts';
import { resolveParams } from './params.ts';
import { predict } from './predict.ts';
import { contextTags, putHost } from './run-context.ts';
import type { Reader } from './store.ts';
import { keepRequest } from './requests.ts';
import { contractSignature, modelPath, readResult, resultPath, signaturePath } from './results.ts';
import type { TrainingResult, TrainingThreads } from './run-in-worker.ts';
import type { TrainOptions, TrainingDeps, TrainingRows } from './service.ts';
import { sliceColumn, sliceTable } from './table.ts';
import { type Trainer, trainerNamed } from './trainers.ts';
import { TrainingError } from './training-error.ts';
import { createWindowSearch } from './window-search.ts';

const defaultHoldoutFraction = 0.25;

/** A request with everything decided that the data decides. */
export interface TrainingPlan extends ColumnPlan {
  trainer: Trainer;
  params: Record<string, number>;
  datasetVersionId: string;
  datasetDigest: string;
  rowCount: number;
  holdoutFraction: number;
  holdoutFrom: number;
  windows: readonly (number | null)[];
  seed: number;
}

const json = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

export const sliceRows = ({ table, target }: TrainingRows, from: number, to: number): TrainingRows => ({
  table: sliceTable(table, from, to),
  target: sliceColumn(target, from, to),
});

export const createTrain = (platform: Platform, deps: TrainingDeps, reader: Reader, threads: TrainingThreads) => {
  const { data, experiments } = deps;
  const windowSearch = createWindowSearch(experiments, threads);

  const plan = async (ctx: Ctx, request: TrainRequest): Promise<TrainingPlan> => {
    const version = await data.findVersion(ctx, request.datasetVersionId).catch(asReference);
    authorize(ctx, 'data:read', { type: 'dataset', ref: version.datasetName });
    const trainer = trainerNamed(request.trainer);
    const declared = (await data.findDataset(ctx, version.datasetId)).timeColumn;
    const isThere = version.columns.some(({ name }) => name === declared);
    const columns = planColumns(version.columns, {
      target: request.target,
      timeColumn: request.timeColumn ?? (isThere ? declared : null),
      features: request.features,
    });
    const holdoutFraction = request.holdoutFraction ?? defaultHoldoutFraction;
    return {
      ...columns,
      trainer,
      params: resolveParams(trainer.parameters, request.parameters ?? {}),
      datasetVersionId: version.id,
      datasetDigest: version.digest,
      rowCount: version.rowCount,
      holdoutFraction,
      holdoutFrom: version.rowCount - Math.floor(version.rowCount * holdoutFraction),
      windows: request.windows ?? [null],
      seed: request.seed ?? 0,
    };
  };

  const start = async (ctx: Ctx, request: TrainRequest, planned: TrainingPlan, options: TrainOptions) => {
    const attempt = await startAttempt(
      experiments,
      ctx,
      {
        experiment: request.experiment,
        parentRunId: options.parentRunId,
        datasetVersionId: planned.datasetVersionId,
        parameters: parametersOf(planned),
        tags: contextTags(planned.seed),
      },
      {
        originKey: options.originKey,
        token: platform.ids.next('try'),
        isComplete: async (run) =>
          run.status === 'finished' || (await readResult(platform, experiments, ctx, run.id)) !== null,
      },
    );
    if (attempt.isNew) {
      await keepRequest(experiments, ctx, attempt.run, planned);
      await platform.changes.change(ctx, async (change) => {
        const { trainer, target, datasetVersionId } = planned;
        const detail = { trainer: trainer.name, target, datasetVersionId };
        change.audit({ verb: 'model.train', resourceType: 'run', resourceId: attempt.run.id, detail });
      });
    }
    return attempt;
  };

  /** Everything but the end of the run, which makes it final. */
  const store = async (
    ctx: Ctx,
    run: Run,
    planned: TrainingPlan,
    fitted: { rows: TrainingRows; window: number; result: TrainingResult; iterations: Iteration[] },
  ): Promise<TrainResult> => {
    const { model, onnx, signature, agreement } = fitted.result;
    await putHost(experiments, ctx, run.id);
    const score = trainingScore(predict(model, fitted.rows.table), fitted.rows.target);
    await experiments.logMetrics(ctx, run.id, [
      ...fitted.iterations.map(({ iteration, loss }) => ({ key: 'loss', value: loss, step: iteration })),
      { key: score.name, value: score.value },
    ]);
    const kept = contractSignature(signature, planned.target);
    const file = await experiments.putArtifact(ctx, run.id, modelPath, onnx, 'application/octet-stream');
    await experiments.putArtifact(
      ctx,
      run.id,
      signaturePath,
      json({ ...kept, features: signature.features }),
      'application/json',
    );
    const result: TrainResult = {
      runId: run.id,
      datasetVersionId: planned.datasetVersionId,
      modelDigest: file.digest,
      modelSizeBytes: file.sizeBytes,
      signature: kept,
      trainRows: model.summary.rowCount,
      holdoutFrom: planned.holdoutFrom,
      holdoutRows: planned.rowCount - planned.holdoutFrom,
      maxDifference: agreement.maxAbsoluteDifference,
      droppedRows: model.summary.droppedRowCount,
      window: fitted.window === planned.holdoutFrom ? null : fitted.window,
      holdoutFraction: planned.holdoutFraction,
      timeColumn: planned.timeColumn,
    };
    await experiments.putArtifact(ctx, run.id, resultPath, json(result), 'application/json');
    return result;
  };

  const fit = async (ctx: Ctx, run: Run, planned: TrainingPlan, options: TrainOptions): Promise<TrainResult> => {
    const { signal, log = () => {} } = options;
    const task = planned.trainer.task;
    const rows = await reader.readRows(ctx, planned.datasetVersionId, { ...planned, task });
    log(`Read ${rows.table.rowCount} rows; the newest ${planned.rowCount - planned.holdoutFrom} are held out.`);
    const choice = await windowSearch(ctx, run, planned, rows, { signal, log });
    const training = sliceRows(rows, planned.holdoutFrom - choice.size, planned.holdoutFrom);
    const iterations: Iteration[] = [];
    const result = await threads.train(
      {
        trainer: planned.trainer.name,
        table: training.table,
        target: training.target,
        features: planned.features,
        params: planned.params,
        metadata: { target: planned.target },
      },
      { onProgress: (iteration) => iterations.push(iteration), ...(signal ? { signal } : {}) },
    );
    const { summary } = result.model;
    log(
      `Fitted ${planned.trainer.name} on ${summary.rowCount} rows in ${summary.iterations} iterations` +
        `${summary.converged ? '' : ', not converged'}: loss ${summary.loss.toPrecision(5)}.`,
    );
    const kept = await store(ctx, run, planned, { rows: training, window: choice.size, result, iterations });
    await end(ctx, kept, choice.runId, { converged: String(summary.converged) });
    return kept;
  };

  const end = async (ctx: Ctx, result: TrainResult, chosenRunId: string | null, tags: Record<string, string> = {}) => {
    await experiments.endRun(ctx, result.runId, 'finished', {
      parameters: { trainRows: String(result.trainRows), window: windowText(result.window) },
      tags: { ...tags, ...(chosenRunId === null ? {} : { chosenWindowRunId: chosenRunId }) },
    });
  };

  return async (ctx: Ctx, request: TrainRequest, options: TrainOptions = {}): Promise<TrainResult> => {
    try {
      const planned = await plan(ctx, request);
      const attempt = await start(ctx, request, planned, options);
      if (!attempt.isNew) {
        const result = await readResult(platform, experiments, ctx, attempt.run.id);
        if (result === null)
          return fail('CONFLICT', `Run ${attempt.run.id} is finished, but its ${resultPath} is gone.`);
        if (attempt.run.status === 'running') await end(ctx, result, null);
        return result;
      }
      try {
        return await fit(ctx, attempt.run, planned, options);
      } catch (error) {
        await endBadly(ctx, attempt.run.id, error, options.signal);
        throw error;
      }
    } catch (error) {
      if (error instanceof TrainingError)
        throw new MillwrightError('TRAINING_FAILED', error.message, { reason: error.code }, error);
      throw error;
    }
  };

  /** The failure that is thrown matters more than one of writing it down. */
  async function endBadly(ctx: Ctx, runId: string, error: unknown, signal: AbortSignal | undefined): Promise<void> {
    const status = signal?.aborted ? 'killed' : 'failed';
    const tags = { error: messageOf(error).slice(0, 4000) || 'unknown' };
    await experiments.endRun(ctx, runId, status, { tags }).catch((second: unknown) => {
      platform.log.warn('a failed training run could not be ended', { run: runId, error: second });
    });
  }
};

const asReference = (error: unknown): never => {
  if (isMillwrightError(error) && error.code === 'NOT_FOUND') return fail('INVALID_REFERENCE', error.message);
  throw error;
};

export const windowText = (window: number | null): string => (window === null ? 'all' : String(window));

const parametersOf = (planned: TrainingPlan): Record<string, string> => ({
  trainer: planned.trainer.name,
  ...Object.fromEntries(Object.entries(planned.params).map(([name, value]) => [name, String(value)])),
  target: planned.target,
  features: planned.features.join(', ').slice(0, 6000),
  ...(planned.timeColumn === null ? {} : { timeColumn: planned.timeColumn }),
  rows: String(planned.rowCount),
  holdoutRows: String(planned.rowCount - planned.holdoutFrom),
  windows: planned.windows.map(windowText).join(', '),
  seed: String(planned.seed),
  datasetVersionId: planned.datasetVersionId,
  datasetDigest: planned.datasetDigest,
});
