import type { MaybeNumber } from '../describe.ts';
import { histogram } from '../histogram.ts';

/** Counts over the same cells of two samples. */
export interface PairedCounts {
  reference: number[];
  current: number[];
}

/** A value of a category column; null and undefined count as missing. */
export type MaybeCategory = string | number | boolean | null | undefined;

/** Counts per category; the number 1 and the string '1' are the same category, as they are in a CSV file. */
export function countCategories(values: ArrayLike<MaybeCategory>): { counts: Map<string, number>; missing: number } {
  const counts = new Map<string, number>();
  let missing = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value === null || value === undefined || (typeof value === 'number' && Number.isNaN(value))) {
      missing++;
      continue;
    }
    const key = String(value);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return { counts, missing };
}

/** Lines up two category counts over the union of their categories, zero where one has none. */
export function pairCounts(reference: ReadonlyMap<string, number>, current: ReadonlyMap<string, number>): PairedCounts {
  const keys = [...new Set([...reference.keys(), ...current.keys()])];
  return { reference: keys.map((k) => reference.get(k) ?? 0), current: keys.map((k) => current.get(k) ?? 0) };
}

/**
 * Counts two numeric samples in the same bins. With `outside`, values beyond the edges share one further cell, so that
 * no current row is lost when the edges come from the reference alone.
 */
export function pairHistograms(
  reference: ArrayLike<MaybeNumber>,
  current: ArrayLike<MaybeNumber>,
  edges: readonly number[],
  outside = true,
): PairedCounts {
  const [r, c] = [histogram(reference, edges), histogram(current, edges)];
  const [beyondReference, beyondCurrent] = [r.below + r.above, c.below + c.above];
  return outside && beyondReference + beyondCurrent > 0
    ? { reference: [...r.counts, beyondReference], current: [...c.counts, beyondCurrent] }
    : { reference: r.counts, current: c.counts };
}

/** Shares of a vector of counts. Throws when it sums to zero or lengths differ from the other vector. */
export function shares(counts: PairedCounts): PairedCounts {
  const { reference, current } = counts;
  if (reference.length !== current.length) {
    throw new RangeError(
      `counts differ in length: ${reference.length} reference cells, ${current.length} current cells`,
    );
  }
  const sum = (values: number[], side: string) => {
    const total = values.reduce((a, b) => a + b, 0);
    if (!(total > 0)) throw new RangeError(`the ${side} counts sum to ${total}`);
    return total;
  };
  const [n, m] = [sum(reference, 'reference'), sum(current, 'current')];
  return { reference: reference.map((x) => x / n), current: current.map((x) => x / m) };
}
