import { type MaybeNumber, sorted } from '../describe.ts';
import { assertPresent, type DriftResult } from './result.ts';
import { integrateCdfDifference } from './wasserstein.ts';

/** Energy distance, sqrt(2 integral (F - G)^2) (Székely 2002), in the square root of the column's unit. */
export function energyDistance(reference: ArrayLike<MaybeNumber>, current: ArrayLike<MaybeNumber>): DriftResult {
  const [r, c] = [sorted(reference), sorted(current)];
  assertPresent(r, c, 'energyDistance');
  return { statistic: Math.sqrt(2 * integrateCdfDifference(r, c, (d) => d * d)) };
}
