import { chiSquareSf } from './distributions.ts';

/**
 * Sample ratio mismatch: chi-square test that units arrived in the planned shares. A tiny p-value (customarily below
 * 0.001) means assignment or logging is broken and the comparison must not be trusted. Shares are normalised.
 */
export function sampleRatioMismatch(
  counts: readonly number[],
  plannedShares: readonly number[],
): { statistic: number; pValue: number } {
  if (counts.length !== plannedShares.length || counts.length < 2) {
    throw new RangeError(
      `sampleRatioMismatch: ${counts.length} counts for ${plannedShares.length} shares; two or more are needed`,
    );
  }
  const total = counts.reduce((a, b) => a + b, 0);
  const planned = plannedShares.reduce((a, b) => a + b, 0);
  if (plannedShares.some((share) => !(share > 0)))
    throw new RangeError('sampleRatioMismatch: every planned share must be positive');
  if (total === 0) return { statistic: 0, pValue: 1 };
  const statistic = counts.reduce((sum, observed, i) => {
    const expected = (total * plannedShares[i]!) / planned;
    return sum + (observed - expected) ** 2 / expected;
  }, 0);
  return { statistic, pValue: chiSquareSf(statistic, counts.length - 1) };
}
