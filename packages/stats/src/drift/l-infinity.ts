import { type PairedCounts, shares } from './frequencies.ts';
import type { DriftResult } from './result.ts';

/** Largest absolute difference of any cell's share. */
export function lInfinity(counts: PairedCounts): DriftResult {
  const { reference, current } = shares(counts);
  return { statistic: reference.reduce((largest, r, i) => Math.max(largest, Math.abs(r - current[i]!)), 0) };
}
