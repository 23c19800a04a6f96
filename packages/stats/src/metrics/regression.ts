import { summarise } from '../describe.ts';
import { assertPairs } from './pairs.ts';

function meanOver(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  metric: string,
  loss: (y: number, p: number) => number,
) {
  assertPairs(truth, predicted, metric);
  let sum = 0;
  for (let i = 0; i < truth.length; i++) sum += loss(truth[i]!, predicted[i]!);
  return sum / truth.length;
}

export const mse = (truth: ArrayLike<number>, predicted: ArrayLike<number>): number =>
  meanOver(truth, predicted, 'mse', (y, p) => (y - p) ** 2);

/** Root mean squared error, in the target's unit. */
export const rmse = (truth: ArrayLike<number>, predicted: ArrayLike<number>): number =>
  Math.sqrt(meanOver(truth, predicted, 'rmse', (y, p) => (y - p) ** 2));

/** Mean absolute error, in the target's unit. */
export const mae = (truth: ArrayLike<number>, predicted: ArrayLike<number>): number =>
  meanOver(truth, predicted, 'mae', (y, p) => Math.abs(y - p));

/**
 * Share of the target's variance explained; 1 is perfect, 0 equals predicting the mean, negative is worse. A constant
 * target has no variance to explain: 1 when predicted exactly, else 0.
 */
export function r2(truth: ArrayLike<number>, predicted: ArrayLike<number>): number {
  const residual = mse(truth, predicted) * truth.length;
  const { m2 } = summarise(truth);
  if (m2 === 0) return residual === 0 ? 1 : 0;
  return 1 - residual / m2;
}

/** Mean absolute percentage error over rows whose truth is not 0 (as a fraction), and how many rows were left out. */
export function mape(truth: ArrayLike<number>, predicted: ArrayLike<number>): { value: number; skipped: number } {
  assertPairs(truth, predicted, 'mape');
  let sum = 0;
  let skipped = 0;
  for (let i = 0; i < truth.length; i++) {
    if (truth[i] === 0) skipped++;
    else sum += Math.abs((truth[i]! - predicted[i]!) / truth[i]!);
  }
  if (skipped === truth.length) throw new RangeError('mape: every true value is 0');
  return { value: sum / (truth.length - skipped), skipped };
}
