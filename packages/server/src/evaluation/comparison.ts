import type { Comparison } from '@millwright/contract';
import { pairedBootstrap } from '@millwright/stats';

const resamples = 2000;

/**
 * Rows that follow each other are alike, so they are drawn in blocks. n^(1/3) is the order of the length that
 * estimates the variance of a mean best (Hall, Horowitz and Jing 1995).
 */
export const blockLengthFor = (rowCount: number): number => Math.max(1, Math.round(Math.cbrt(rowCount)));

/** Losses per row of a model and of what it is compared with, on the same rows in time order. */
export function compareLosses(
  baseline: Comparison['baseline'],
  losses: Float64Array,
  baselineLosses: Float64Array,
  seed: number,
): Comparison {
  const options = { seed, resamples, blockLength: blockLengthFor(losses.length) };
  const { difference, low, high, pValue } = pairedBootstrap(losses, baselineLosses, options);
  return {
    baseline,
    loss: meanOf(losses),
    baselineLoss: meanOf(baselineLosses),
    difference,
    low,
    high,
    pValue,
    resamples,
  };
}

const meanOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
