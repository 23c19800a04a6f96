/** A value of a numeric column; null, undefined and NaN count as missing. */
export type MaybeNumber = number | null | undefined;

export const isMissing = (value: MaybeNumber): boolean => value === null || value === undefined || Number.isNaN(value);

/** The present values, in order. */
export function present(values: ArrayLike<MaybeNumber>): Float64Array {
  const kept = new Float64Array(values.length);
  let count = 0;
  for (let i = 0; i < values.length; i++) if (!isMissing(values[i])) kept[count++] = values[i]!;
  return kept.subarray(0, count);
}

/** Summary of a numeric column. Moments are NaN without present values; infinities are kept and make them so. */
export interface Summary {
  count: number;
  missing: number;
  mean: number;
  /** Sum of squared deviations from the mean. */
  m2: number;
  min: number;
  max: number;
}

export const emptySummary = (): Summary => ({ count: 0, missing: 0, mean: 0, m2: 0, min: Infinity, max: -Infinity });

/** Adds values to a summary in one pass (Welford 1962) and returns the new summary. */
export function summarise(values: ArrayLike<MaybeNumber>, start: Summary = emptySummary()): Summary {
  let { count, missing, mean, m2, min, max } = start;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (isMissing(value)) {
      missing++;
      continue;
    }
    const x = value!;
    count++;
    const distance = x - mean;
    mean += distance / count;
    m2 += distance * (x - mean);
    if (x < min) min = x;
    if (x > max) max = x;
  }
  return { count, missing, mean, m2, min, max };
}

/** Joins two summaries as if all values had been seen by one (Chan, Golub, LeVeque 1983). */
export function mergeSummaries(a: Summary, b: Summary): Summary {
  const count = a.count + b.count;
  const distance = b.mean - a.mean;
  return {
    count,
    missing: a.missing + b.missing,
    mean: count === 0 ? 0 : a.mean + (distance * b.count) / count,
    m2: count === 0 ? 0 : a.m2 + b.m2 + (distance * distance * a.count * b.count) / count,
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
  };
}

/** Mean of the present values; NaN when there are none. */
export function mean(values: ArrayLike<MaybeNumber>): number {
  const { count, mean: average } = summarise(values);
  return count === 0 ? NaN : average;
}

/** Variance of the present values with `ddof` degrees of freedom removed (1: sample variance). NaN when too few. */
export function variance(values: ArrayLike<MaybeNumber>, ddof = 1): number {
  const { count, m2 } = summarise(values);
  return count > ddof ? m2 / (count - ddof) : NaN;
}

export const standardDeviation = (values: ArrayLike<MaybeNumber>, ddof = 1): number =>
  Math.sqrt(variance(values, ddof));

/** The present values in ascending order. */
export const sorted = (values: ArrayLike<MaybeNumber>): Float64Array => present(values).slice().sort();

/** Quantile of ascending values, linear between order statistics (type 7 of Hyndman and Fan). NaN when empty. */
export function quantileOfSorted(ascending: ArrayLike<number>, probability: number): number {
  if (!(probability >= 0 && probability <= 1))
    throw new RangeError(`a quantile needs a probability in [0, 1], got ${probability}`);
  if (ascending.length === 0) return NaN;
  const position = (ascending.length - 1) * probability;
  const below = Math.floor(position);
  const low = ascending[below]!;
  const share = position - below;
  return share === 0 ? low : low + (ascending[below + 1]! - low) * share;
}

/** Quantiles of the present values at the given probabilities. */
export function quantiles(values: ArrayLike<MaybeNumber>, probabilities: readonly number[]): number[] {
  const ascending = sorted(values);
  return probabilities.map((p) => quantileOfSorted(ascending, p));
}

export const quantile = (values: ArrayLike<MaybeNumber>, probability: number): number =>
  quantileOfSorted(sorted(values), probability);
