import { normalSf } from '../distributions.ts';
import type { DriftTest } from './result.ts';

/** Two-proportion z test with pooled variance, two-sided. Counts of successes among rows. */
export function zTest(
  reference: { successes: number; count: number },
  current: { successes: number; count: number },
): DriftTest {
  if (reference.count === 0 || current.count === 0) throw new RangeError('zTest: a sample is empty');
  const pooled = (reference.successes + current.successes) / (reference.count + current.count);
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / reference.count + 1 / current.count));
  if (error === 0) return { statistic: 0, pValue: 1 };
  const statistic = (reference.successes / reference.count - current.successes / current.count) / error;
  return { statistic, pValue: Math.min(1, 2 * normalSf(Math.abs(statistic))) };
}
