import type { Run } from '@millwright/contract';
import { childTags, type ExperimentsService } from '#experiments';
import type { Ctx } from '#platform/auth';
import { messageOf } from '#platform/errors';
import { rowLosses } from './losses.ts';
import type { Iteration } from './minimise.ts';
import { predict } from './predict.ts';
import { contextTags } from './run-context.ts';
import type { TrainingThreads } from './run-in-worker.ts';
import type { TrainingRows } from './service.ts';
import { type TrainingPlan, sliceRows, windowText } from './train.ts';
import { TrainingError } from './training-error.ts';
import { candidateRows, chooseWindow, type JudgedWindow, meanOf, planWindows, type WindowPlan } from './windows.ts';

interface Options {
  signal: AbortSignal | undefined;
  log: (line: string) => void;
}

/** Rows to learn from, and the run of the candidate that won; null when there was nothing to choose. */
export interface WindowChoice {
  size: number;
  runId: string | null;
}

type Candidate = JudgedWindow & { runId: string };

/** Tries each window as a run of its own below the training run, and chooses one. */
export const createWindowSearch = (experiments: ExperimentsService, threads: TrainingThreads) => {
  const judge = async (
    ctx: Ctx,
    parent: Run,
    planned: TrainingPlan,
    rows: TrainingRows,
    size: number,
    windows: WindowPlan,
    signal: AbortSignal | undefined,
  ): Promise<Candidate> => {
    const available = planned.holdoutFrom;
    const window = windowText(size === available ? null : size);
    const run = await experiments.startRun(ctx, {
      experiment: parent.experimentId,
      name: `${parent.name} window ${window}`.slice(0, 200),
      parentRunId: parent.id,
      datasetVersionId: planned.datasetVersionId,
      parameters: { trainer: planned.trainer.name, window },
      tags: { ...childTags(parent.id), ...contextTags(planned.seed) },
    });
    try {
      const { from, to } = candidateRows(size, available, windows);
      const training = sliceRows(rows, from, to);
      const validation = sliceRows(rows, windows.validationFrom, available);
      const iterations: Iteration[] = [];
      const { model } = await threads.train(
        {
          trainer: planned.trainer.name,
          table: training.table,
          target: training.target,
          features: planned.features,
          params: planned.params,
        },
        { onProgress: (iteration) => iterations.push(iteration), ...(signal ? { signal } : {}) },
      );
      const losses = rowLosses(model, predict(model, validation.table), validation.target);
      if (losses.length === 0)
        throw new TrainingError('no-rows', `None of the newest ${validation.table.rowCount} rows has a target value.`);
      await experiments.logMetrics(ctx, run.id, [
        ...iterations.map(({ iteration, loss }) => ({ key: 'loss', value: loss, step: iteration })),
        { key: 'validationLoss', value: meanOf(losses) },
      ]);
      await experiments.endRun(ctx, run.id, 'finished');
      return { size, losses, runId: run.id };
    } catch (error) {
      const tags = { error: messageOf(error).slice(0, 4000) || 'unknown' };
      await experiments.endRun(ctx, run.id, signal?.aborted ? 'killed' : 'failed', { tags });
      throw error;
    }
  };

  return async (
    ctx: Ctx,
    parent: Run,
    planned: TrainingPlan,
    rows: TrainingRows,
    { signal, log }: Options,
  ): Promise<WindowChoice> => {
    const available = planned.holdoutFrom;
    const windows = planWindows(planned.windows, available);
    const [only, ...others] = windows.sizes;
    if (others.length === 0) return { size: only!, runId: null };
    const validationRows = available - windows.validationFrom;
    const judged: Candidate[] = [];
    let failure: unknown;
    for (const size of windows.sizes) {
      try {
        const candidate = await judge(ctx, parent, planned, rows, size, windows, signal);
        judged.push(candidate);
        const loss = meanOf(candidate.losses).toPrecision(5);
        log(`Window of ${size} rows: loss ${loss} on the newest ${validationRows} rows (run ${candidate.runId}).`);
      } catch (error) {
        // A window that cannot be learnt from, e.g. with one class only, is out; the others go on.
        if (!(error instanceof TrainingError)) throw error;
        failure = error;
        log(`Window of ${size} rows: ${error.message}`);
      }
    }
    if (judged.length === 0) throw failure;
    const chosen = chooseWindow(judged);
    log(`Chosen: the newest ${chosen.size} rows (run ${chosen.runId}).`);
    return { size: chosen.size, runId: chosen.runId };
  };
};
