import { type MaybeNumber, sorted } from '../describe.ts';
import { kolmogorovExactTwoSampleSf, kolmogorovSfForSize } from '../kolmogorov.ts';
import { assertPresent, type DriftTest } from './result.ts';

/** Above this many lattice points (about 1 ms of work) the asymptotic law is used. */
const EXACT_UP_TO_POINTS = 200_000;

export type KsMethod = 'auto' | 'exact' | 'asymptotic';

/** Number of entries of an ascending array that are < value, or <= value with `inclusive`. */
export function countBelow(ascending: ArrayLike<number>, value: number, inclusive: boolean): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle]! < value || (inclusive && ascending[middle]! === value)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Largest distance of the two step functions; looks up only the current values, so m log n steps. */
function largestDistance(reference: ArrayLike<number>, current: ArrayLike<number>): number {
  const [n, m] = [reference.length, current.length];
  let largest = 0;
  for (let j = 0; j < m; ) {
    const value = current[j]!;
    const before = j;
    while (j < m && current[j] === value) j++;
    // The distance is extreme just below a current value (before its step) or at it (after its step).
    const below = Math.abs(countBelow(reference, value, false) * m - before * n);
    const at = Math.abs(countBelow(reference, value, true) * m - j * n);
    largest = Math.max(largest, below, at);
  }
  return largest / (n * m);
}

function tieGroupEnds(reference: ArrayLike<number>, current: ArrayLike<number>): Uint8Array {
  const pooled = new Float64Array(reference.length + current.length);
  pooled.set(reference);
  pooled.set(current, reference.length);
  pooled.sort();
  const ends = new Uint8Array(pooled.length);
  for (let t = 0; t < pooled.length; t++) ends[t] = pooled[t] !== pooled[t + 1] ? 1 : 0;
  return ends;
}

/** `ks` on ascending samples without missing values: m log n steps when the law is asymptotic. */
export function ksOfSorted(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
  method: KsMethod = 'auto',
): DriftTest {
  assertPresent(reference, current, 'ks');
  const [n, m] = [reference.length, current.length];
  const statistic = largestDistance(reference, current);
  if (method === 'exact' || (method === 'auto' && n * m <= EXACT_UP_TO_POINTS)) {
    return { statistic, pValue: kolmogorovExactTwoSampleSf(n, m, statistic, tieGroupEnds(reference, current)) };
  }
  return { statistic, pValue: kolmogorovSfForSize(Math.max(1, Math.round((n * m) / (n + m))), statistic) };
}

/**
 * Two-sample Kolmogorov-Smirnov test, two-sided. Missing values are ignored. `auto` is exact (ties included) for small
 * samples; the asymptotic law uses the finite-sample distribution at n m / (n + m) points and is conservative on ties.
 */
export function ks(
  reference: ArrayLike<MaybeNumber>,
  current: ArrayLike<MaybeNumber>,
  options: { method?: KsMethod } = {},
): DriftTest {
  return ksOfSorted(sorted(reference), sorted(current), options.method ?? 'auto');
}
