import { type MaybeNumber, summarise } from '../describe.ts';
import { studentTSf } from '../distributions.ts';
import type { DriftTest } from './result.ts';

/** Two-sample t test of equal means, two-sided. Welch's form unless `equalVariances`. Needs two values a side. */
export function tTest(
  reference: ArrayLike<MaybeNumber>,
  current: ArrayLike<MaybeNumber>,
  options: { equalVariances?: boolean } = {},
): DriftTest {
  const [a, b] = [summarise(reference), summarise(current)];
  if (a.count < 2 || b.count < 2) throw new RangeError('tTest: each sample needs at least two present values');
  const [va, vb] = [a.m2 / (a.count - 1) / a.count, b.m2 / (b.count - 1) / b.count];
  const pooled = ((a.m2 + b.m2) / (a.count + b.count - 2)) * (1 / a.count + 1 / b.count);
  const squaredError = options.equalVariances ? pooled : va + vb;
  if (squaredError === 0) return a.mean === b.mean ? { statistic: 0, pValue: 1 } : { statistic: Infinity, pValue: 0 };
  const df = options.equalVariances
    ? a.count + b.count - 2
    : (va + vb) ** 2 / (va ** 2 / (a.count - 1) + vb ** 2 / (b.count - 1));
  const statistic = (a.mean - b.mean) / Math.sqrt(squaredError);
  return { statistic, pValue: 2 * studentTSf(Math.abs(statistic), df) };
}
