import { type MaybeNumber, sorted, standardDeviation } from '../describe.ts';
import { assertPresent, type DriftResult } from './result.ts';

/** Integrates f(F - G) over the line, F and G being the step functions of two ascending samples. */
export function integrateCdfDifference(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
  f: (difference: number) => number,
): number {
  const [n, m] = [reference.length, current.length];
  let i = 0;
  let j = 0;
  let position = Math.min(reference[0]!, current[0]!);
  let integral = 0;
  while (i < n || j < m) {
    const next = Math.min(i < n ? reference[i]! : Infinity, j < m ? current[j]! : Infinity);
    if (next > position) integral += f(i / n - j / m) * (next - position);
    position = next;
    while (i < n && reference[i] === next) i++;
    while (j < m && current[j] === next) j++;
  }
  return integral;
}

/** First Wasserstein (earth mover's) distance between the two empirical distributions, in the column's unit. */
export function wasserstein(reference: ArrayLike<MaybeNumber>, current: ArrayLike<MaybeNumber>): DriftResult {
  const [r, c] = [sorted(reference), sorted(current)];
  assertPresent(r, c, 'wasserstein');
  return { statistic: integrateCdfDifference(r, c, Math.abs) };
}

/** Wasserstein distance in standard deviations of the reference (population form, at least 0.001). */
export function wassersteinNormed(reference: ArrayLike<MaybeNumber>, current: ArrayLike<MaybeNumber>): DriftResult {
  return { statistic: wasserstein(reference, current).statistic / Math.max(standardDeviation(reference, 0), 0.001) };
}
