import { type MaybeNumber, sorted } from '../describe.ts';
import { normalSf } from '../distributions.ts';
import { mergedRanks } from './ranks.ts';
import { assertPresent, type DriftTest } from './result.ts';

/**
 * Mann-Whitney U of the reference, two-sided, by the normal approximation with tie and continuity corrections
 * (good from about 10 values a side).
 */
export function mannWhitney(reference: ArrayLike<MaybeNumber>, current: ArrayLike<MaybeNumber>): DriftTest {
  const [r, c] = [sorted(reference), sorted(current)];
  assertPresent(r, c, 'mannWhitney');
  const [n, m] = [r.length, c.length];
  const total = n + m;
  const ranks = mergedRanks(r, c);
  const statistic = ranks.reference.reduce((a, b) => a + b, 0) - (n * (n + 1)) / 2;
  const ties = ranks.tieSizes.reduce((sum, t) => sum + (t ** 3 - t), 0);
  const deviation = Math.sqrt(((n * m) / 12) * (total + 1 - ties / (total * (total - 1))));
  if (!(deviation > 0)) return { statistic, pValue: 1 };
  const z = (Math.max(statistic, n * m - statistic) - (n * m) / 2 - 0.5) / deviation;
  return { statistic, pValue: Math.min(1, 2 * normalSf(z)) };
}
