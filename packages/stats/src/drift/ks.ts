import { type MaybeNumber, sorted } from '../describe.ts';
import { kolmogorovExactTwoSampleSf, kolmogorovSfForSize } from '../kolmogorov.ts';
import { assertPresent, type DriftTest } from './result.ts';

/** Above this many lattice points (about 1 ms of work) the asymptotic law is used. */
const EXACT_UP_TO_POINTS = 200_000;
/** Heavy ties make the asymptotic law blind (0.7 % instead of 5 % without drift): worth some 15 ms more. */
const EXACT_WITH_TIES_UP_TO_POINTS = 5_000_000;
/** Probability that two pooled values are equal from which ties are heavy. */
const HEAVY_TIES = 0.1;

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

/** Whether an ascending sample holds a value twice; a cheap look before the pooled ties are counted. */
function repeats(ascending: ArrayLike<number>): boolean {
  for (let i = 1; i < ascending.length; i++) if (ascending[i] === ascending[i - 1]) return true;
  return false;
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

/** Probability that two values drawn from the pooled sample are equal. */
function tieProbability(ends: Uint8Array): number {
  let equalPairs = 0;
  let group = 0;
  for (const end of ends) {
    group++;
    if (!end) continue;
    equalPairs += group * (group - 1);
    group = 0;
  }
  return equalPairs / (ends.length * Math.max(1, ends.length - 1));
}

/** `ks` on ascending samples without missing values. */
export function ksOfSorted(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
  method: KsMethod = 'auto',
): DriftTest {
  assertPresent(reference, current, 'ks');
  const [n, m] = [reference.length, current.length];
  const statistic = largestDistance(reference, current);
  const asymptotic = () => kolmogorovSfForSize(Math.max(1, Math.round((n * m) / (n + m))), statistic);
  if (method === 'asymptotic' || (method === 'auto' && n * m > EXACT_WITH_TIES_UP_TO_POINTS)) {
    return { statistic, pValue: asymptotic() };
  }
  if (method === 'auto' && n * m > EXACT_UP_TO_POINTS && !repeats(current)) return { statistic, pValue: asymptotic() };
  const ends = tieGroupEnds(reference, current);
  const exact = method === 'exact' || n * m <= EXACT_UP_TO_POINTS || tieProbability(ends) >= HEAVY_TIES;
  return { statistic, pValue: exact ? kolmogorovExactTwoSampleSf(n, m, statistic, ends) : asymptotic() };
}

/**
 * Two-sample Kolmogorov-Smirnov test, two-sided. Missing values are ignored. `auto` is exact (ties included) for small
 * or heavily tied samples; the asymptotic law uses the finite-sample distribution at n m / (n + m) points and is conservative on ties.
 */
export function ks(
  reference: ArrayLike<MaybeNumber>,
  current: ArrayLike<MaybeNumber>,
  options: { method?: KsMethod } = {},
): DriftTest {
  return ksOfSorted(sorted(reference), sorted(current), options.method ?? 'auto');
}
