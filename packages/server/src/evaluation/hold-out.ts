import type { Comparison, TrainResult } from '@millwright/contract';
import type { Ctx } from '#platform/auth';
import { fail, isMillwrightError } from '#platform/errors';
import { featureOf, type Prediction, selectRows, type TrainingService, type TrainingTable } from '#training';
import { majority, persistence } from './baselines.ts';
import { compareLosses } from './comparison.ts';
import type { Champion } from './service.ts';
import { type Predicted, rowLosses, type Truth, truthOf } from './truth.ts';

/** What a model said on the hold-out rows whose target is known, and how that compares. */
export interface HoldOutScores {
  truth: Truth;
  predicted: Predicted;
  comparisons: Comparison[];
  /** Why a comparison is missing. */
  absent: Partial<Record<Comparison['baseline'], string>>;
}

type ChampionScores = { predicted: Predicted } | { absent: string };

/** Errors: CONFLICT when there is nothing to score. */
export async function scoreHoldOut(
  training: TrainingService,
  ctx: Ctx,
  result: TrainResult,
  options: { champion: Champion | null; seed: number },
): Promise<HoldOutScores> {
  const { champion, seed } = options;
  const { table, target } = await training.readRows(ctx, result);
  const truth = truthOf(target, result.holdoutFrom, table.rowCount);
  if (truth.rows.length === 0)
    fail(
      'CONFLICT',
      `Run ${result.runId} has no hold-out rows with a known target. Train with a larger holdoutFraction.`,
    );
  const learntFrom = truthOf(target, result.holdoutFrom - (result.window ?? result.holdoutFrom), result.holdoutFrom);
  const predicted = predictionOf(await training.score(result, selectRows(table, truth.rows)));
  const losses = rowLosses(truth, predicted);
  const against = (baseline: Comparison['baseline'], other: Predicted): Comparison =>
    compareLosses(baseline, losses, rowLosses(truth, other), seed);
  const comparisons = [
    against('majority', majority(learntFrom, truth.rows.length)),
    against('persistence', persistence(learntFrom, truth)),
  ];
  const found: ChampionScores = champion
    ? await scoreChampion(training, ctx, result, champion, table, truth)
    : { absent: 'There is no champion yet to compare with.' };
  if ('absent' in found) return { truth, predicted, comparisons, absent: { champion: found.absent } };
  return { truth, predicted, comparisons: [...comparisons, against('champion', found.predicted)], absent: {} };
}

/** The champion sees the same rows; it may have been trained on other columns than the new model. */
async function scoreChampion(
  training: TrainingService,
  ctx: Ctx,
  result: TrainResult,
  champion: Champion,
  table: TrainingTable,
  truth: Truth,
): Promise<ChampionScores> {
  const { signature, modelVersionId } = champion;
  const name = `The champion (version ${modelVersionId})`;
  if (signature.task !== truth.task)
    return { absent: `${name} does ${signature.task}, which cannot be compared with ${truth.task}.` };
  const features = signature.inputs.map(featureOf);
  try {
    const hasAll = features.every((feature) => Object.hasOwn(table.columns, feature));
    const columns = hasAll ? table : (await training.readRows(ctx, result, features)).table;
    return { predicted: predictionOf(await training.score(champion, selectRows(columns, truth.rows))) };
  } catch (error) {
    // A column it needs is gone or holds something else now: no comparison, and the report says so.
    if (!isMillwrightError(error) || !['INVALID_REFERENCE', 'MODEL_REFUSED'].includes(error.code)) throw error;
    return { absent: `${name} cannot be scored on these rows: ${error.message}` };
  }
}

const predictionOf = ({ labels, probabilities, values }: Prediction): Predicted =>
  values
    ? { task: 'regression', values }
    : { task: 'classification', labels: labels ?? [], probabilities: probabilities ?? null };
