import { type MaybeNumber, sorted } from '../describe.ts';
import { chiSquare } from './chisquare.ts';
import { countCategories, type MaybeCategory, type PairedCounts, pairCounts } from './frequencies.ts';
import { countBelow, ksOfSorted } from './ks.ts';
import {
  type CategoryReference,
  type ColumnKind,
  finiteOnly,
  type NumberReference,
  type PreparedReference,
  prepareReference,
} from './prepared-reference.ts';
import { totalVariation } from './total-variation.ts';

/** The drift of one column in one window. */
export interface ColumnDrift {
  test: 'ks' | 'chisquare';
  statistic: number;
  /** Probability of at least this much difference without drift, in values or in the share of missing values. */
  pValue: number;
  /** How large the difference is: reference standard deviations moved (ks) or share of rows moved (chisquare). */
  effect: number;
  /** Rows, missing ones included. */
  referenceCount: number;
  currentCount: number;
  referenceMissing: number;
  currentMissing: number;
}

/** Sum of |values[k] - y| for k in [from, to), on ascending values. */
function sumOfDistances(reference: NumberReference, from: number, to: number, y: number): number {
  const split = Math.min(to, Math.max(from, countBelow(reference.values, y, false)));
  const centred = y - reference.mean;
  const { prefix } = reference;
  const below = centred * (split - from) - (prefix[split]! - prefix[from]!);
  return below + (prefix[to]! - prefix[split]!) - centred * (to - split);
}

/** Wasserstein distance as the integral of |difference of quantile functions|: m log n steps. */
function wassersteinToReference(reference: NumberReference, current: ArrayLike<number>): number {
  const n = reference.values.length;
  const m = current.length;
  let total = 0;
  for (let j = 0; j < m; j++) {
    const y = current[j]!;
    const start = (j * n) / m;
    const end = ((j + 1) * n) / m;
    const [first, last] = [Math.ceil(start), Math.floor(end)];
    if (first > last) {
      total += (end - start) * Math.abs(reference.values[last]! - y);
      continue;
    }
    total += sumOfDistances(reference, first, last, y);
    if (first > start) total += (first - start) * Math.abs(reference.values[first - 1]! - y);
    if (end > last) total += (end - last) * Math.abs(reference.values[last]! - y);
  }
  return total / n;
}

type Test = Pick<ColumnDrift, 'test' | 'statistic' | 'pValue' | 'effect'>;

function testCounts(
  reference: Record<string, number>,
  current: ReadonlyMap<string, number>,
  missing: { reference: number; current: number },
): Test {
  const pairs = pairCounts(new Map(Object.entries(reference)), current);
  const cells: PairedCounts = {
    reference: [...pairs.reference, missing.reference],
    current: [...pairs.current, missing.current],
  };
  return { test: 'chisquare', ...chiSquare(cells), effect: totalVariation(cells).statistic };
}

function testNumbers(
  reference: NumberReference,
  current: Float64Array,
  missing: { reference: number; current: number },
): Test {
  const n = reference.values.length;
  const m = current.length;
  const shareTest = () => chiSquare({ reference: [n, missing.reference], current: [m, missing.current] }).pValue;
  if (n === 0 || m === 0) {
    return { test: 'ks', statistic: n === m ? 0 : 1, pValue: shareTest(), effect: n === m ? 0 : 1 };
  }
  const values = ksOfSorted(reference.values, current);
  // Given which rows are missing, the values are tested independently of them: Šidák's rule is exact for the pair.
  const pValue =
    missing.reference + missing.current === 0
      ? values.pValue
      : -Math.expm1(2 * Math.log1p(-Math.min(values.pValue, shareTest())));
  const effect = wassersteinToReference(reference, current) / Math.max(reference.deviation, 0.001);
  return { test: 'ks', statistic: values.statistic, pValue, effect };
}

function countValues(ascending: ArrayLike<number>): Map<string, number> {
  return countCategories(ascending).counts;
}

/**
 * Drift of one window against a prepared reference. Numbers: Kolmogorov-Smirnov, with the share of missing values
 * tested beside it; numbers with few distinct values and categories: two-sample chi-square with "missing" as one more
 * category. A p-value is calibrated to both sample sizes: without drift it is below 0.05 in about one window in
 * twenty. Rows are assumed independent. Throws when the window has no rows.
 */
export function windowDrift(reference: PreparedReference, current: ArrayLike<MaybeCategory>): ColumnDrift {
  if (current.length === 0) throw new RangeError('the current window has no rows');
  const sizes = (present: number, currentMissing: number) => ({
    referenceCount: present + reference.missing,
    currentCount: current.length,
    referenceMissing: reference.missing,
    currentMissing,
  });
  if (reference.kind === 'category') return categoryDrift(reference, current, sizes);
  const ascending = sorted(finiteOnly(current as ArrayLike<MaybeNumber>));
  const missing = { reference: reference.missing, current: current.length - ascending.length };
  const test =
    reference.distinct && reference.values.length > 0
      ? testCounts(reference.distinct, countValues(ascending), missing)
      : testNumbers(reference, ascending, missing);
  return { ...test, ...sizes(reference.values.length, missing.current) };
}

function categoryDrift(
  reference: CategoryReference,
  current: ArrayLike<MaybeCategory>,
  sizes: (present: number, currentMissing: number) => Omit<ColumnDrift, keyof Test>,
): ColumnDrift {
  const counted = countCategories(current);
  const present = Object.values(reference.counts).reduce((a, b) => a + b, 0);
  const missing = { reference: reference.missing, current: counted.missing };
  return { ...testCounts(reference.counts, counted.counts, missing), ...sizes(present, counted.missing) };
}

/** Drift of one column between two samples; see `windowDrift` for the tests. */
export function columnDrift(input: {
  kind: ColumnKind;
  reference: ArrayLike<MaybeCategory>;
  current: ArrayLike<MaybeCategory>;
}): ColumnDrift {
  return windowDrift(prepareReference(input.reference, input.kind), input.current);
}
