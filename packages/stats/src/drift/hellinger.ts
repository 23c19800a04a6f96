import { type PairedCounts, shares } from './frequencies.ts';
import type { DriftResult } from './result.ts';

/** Hellinger distance, sqrt(1 - sum sqrt(r c)), in [0, 1]. */
export function hellinger(counts: PairedCounts): DriftResult {
  const { reference, current } = shares(counts);
  const affinity = reference.reduce((sum, r, i) => sum + Math.sqrt(r * current[i]!), 0);
  return { statistic: Math.sqrt(Math.max(0, 1 - affinity)) };
}
