import { type PairedCounts, shares } from './frequencies.ts';
import type { DriftResult } from './result.ts';

/** Total variation distance, half the sum of absolute differences of shares: the share of rows that moved. */
export function totalVariation(counts: PairedCounts): DriftResult {
  const { reference, current } = shares(counts);
  return { statistic: 0.5 * reference.reduce((sum, r, i) => sum + Math.abs(r - current[i]!), 0) };
}
