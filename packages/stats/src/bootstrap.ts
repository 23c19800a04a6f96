import { assertPairs } from './metrics/pairs.ts';
import { uint32Source } from './random.ts';

export interface BootstrapOptions {
  seed: number;
  resamples?: number;
  /** Coverage of the interval. */
  confidence?: number;
  /** Rows per block for time-ordered rows, whose neighbours are alike (moving blocks, Künsch 1989). 1: independent rows. */
  blockLength?: number;
}

export interface BootstrapDifference {
  /** Mean of a - b over the rows. */
  difference: number;
  low: number;
  high: number;
  /** Two-sided: twice the share of resamples beyond zero, never below 2 / (resamples + 1). */
  pValue: number;
  resamples: number;
}

/**
 * Paired bootstrap of the mean difference of two per-row losses (Efron 1979, percentile interval): rows are drawn
 * together, so what makes a row hard for both models cancels. Negative: `a` loses less. Same seed, same answer.
 */
export function pairedBootstrap(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  options: BootstrapOptions,
): BootstrapDifference {
  assertPairs(a, b, 'pairedBootstrap');
  const { seed, resamples = 2000, confidence = 0.95, blockLength = 1 } = options;
  const n = a.length;
  if (!(Number.isInteger(blockLength) && blockLength >= 1 && blockLength <= n)) {
    throw new RangeError(`pairedBootstrap: blockLength must be a whole number from 1 to ${n}, got ${blockLength}`);
  }
  const differences = Float64Array.from({ length: n }, (_, i) => a[i]! - b[i]!);
  const difference = differences.reduce((sum, d) => sum + d, 0) / n;
  const means =
    blockLength === 1
      ? resampleRows(differences, resamples, seed)
      : resampleBlocks(differences, blockLength, resamples, seed);
  means.sort();
  const at = (share: number) => means[Math.min(resamples - 1, Math.max(0, Math.round(share * (resamples + 1)) - 1))]!;
  let atMost = 0;
  let atLeast = 0;
  for (const value of means) {
    if (value <= 0) atMost++;
    if (value >= 0) atLeast++;
  }
  const pValue = Math.min(1, (2 * (Math.min(atMost, atLeast) + 1)) / (resamples + 1));
  return { difference, low: at((1 - confidence) / 2), high: at((1 + confidence) / 2), pValue, resamples };
}

function resampleRows(differences: Float64Array, resamples: number, seed: number): Float64Array {
  const draw = uint32Source(seed);
  const n = differences.length;
  const scale = n / 4294967296;
  const means = new Float64Array(resamples);
  for (let r = 0; r < resamples; r++) {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += differences[Math.floor(draw() * scale)]!;
    means[r] = sum / n;
  }
  return means;
}

/** Block sums come from prefix sums, so a resample costs n / blockLength draws. The last block is cut to n rows. */
function resampleBlocks(differences: Float64Array, blockLength: number, resamples: number, seed: number): Float64Array {
  const draw = uint32Source(seed);
  const n = differences.length;
  const prefix = new Float64Array(n + 1);
  for (let i = 0; i < n; i++) prefix[i + 1] = prefix[i]! + differences[i]!;
  const starts = (n - blockLength + 1) / 4294967296;
  const means = new Float64Array(resamples);
  for (let r = 0; r < resamples; r++) {
    let sum = 0;
    for (let filled = 0; filled < n; filled += blockLength) {
      const start = Math.floor(draw() * starts);
      sum += prefix[start + Math.min(blockLength, n - filled)]! - prefix[start]!;
    }
    means[r] = sum / n;
  }
  return means;
}
