import { hypergeometricTail, normalSf } from './distributions.ts';

export interface ErrorRateIncreaseInput {
  referenceErrors: number;
  referenceCount: number;
  windowErrors: number;
  windowCount: number;
  /** Rise of the error rate (absolute, e.g. 0.02) that is accepted. */
  tolerance?: number;
}

/**
 * One-sided test that the window's error rate exceeds the reference's by more than `tolerance`. Tolerance 0: Fisher's
 * exact test. Otherwise the score test of Farrington and Manning (1990), whose variance is estimated under the null.
 */
export function errorRateIncrease(input: ErrorRateIncreaseInput): { pValue: number; difference: number } {
  const { referenceErrors, referenceCount, windowErrors, windowCount, tolerance = 0 } = input;
  if (!(referenceCount > 0 && windowCount > 0)) throw new RangeError('errorRateIncrease: a sample has no rows');
  if (
    !(referenceErrors >= 0 && referenceErrors <= referenceCount && windowErrors >= 0 && windowErrors <= windowCount)
  ) {
    throw new RangeError('errorRateIncrease: errors must lie between 0 and the number of rows');
  }
  if (!(tolerance >= 0 && tolerance < 1))
    throw new RangeError(`errorRateIncrease: tolerance must lie in [0, 1), got ${tolerance}`);
  const difference = windowErrors / windowCount - referenceErrors / referenceCount;
  if (tolerance === 0) {
    const pValue = hypergeometricTail(
      windowErrors,
      referenceCount + windowCount,
      referenceErrors + windowErrors,
      windowCount,
    );
    return { pValue, difference };
  }
  const p = restrictedRate(input, tolerance);
  const q = p + tolerance;
  const error = Math.sqrt((p * (1 - p)) / referenceCount + (q * (1 - q)) / windowCount);
  if (error === 0) return { pValue: difference > tolerance ? 0 : 1, difference };
  return { pValue: normalSf((difference - tolerance) / error), difference };
}

/** Most likely reference rate when the window's rate is exactly `tolerance` higher: the root of a falling score. */
function restrictedRate(input: ErrorRateIncreaseInput, tolerance: number): number {
  const { referenceErrors: x, referenceCount: n, windowErrors: y, windowCount: m } = input;
  const part = (errors: number, count: number, p: number) =>
    (errors > 0 ? errors / p : 0) - (count > errors ? (count - errors) / (1 - p) : 0);
  let low = 0;
  let high = 1 - tolerance;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (part(x, n, middle) + part(y, m, middle + tolerance) > 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
