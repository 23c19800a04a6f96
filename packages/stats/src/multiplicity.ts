/** Result of a correction for many tests, in the order of the p-values given. */
export interface Multiplicity {
  /** Adjusted p-values: test i is rejected at level q exactly when adjusted[i] <= q. */
  adjusted: number[];
  rejected: boolean[];
}

function assertProbabilities(pValues: readonly number[]): void {
  pValues.forEach((p, i) => {
    if (!(p >= 0 && p <= 1)) throw new RangeError(`p-value ${i} is not in [0, 1]: ${p}`);
  });
}

/** Indices of the p-values, smallest first. */
const ascending = (pValues: readonly number[]) => pValues.map((_, i) => i).sort((a, b) => pValues[a]! - pValues[b]!);

function stepUp(pValues: readonly number[], level: number, factor: number): Multiplicity {
  assertProbabilities(pValues);
  const adjusted = new Array<number>(pValues.length);
  let smallest = 1;
  const order = ascending(pValues);
  for (let rank = order.length; rank >= 1; rank--) {
    const index = order[rank - 1]!;
    smallest = Math.min(smallest, (pValues[index]! * factor) / rank);
    adjusted[index] = smallest;
  }
  return { adjusted, rejected: adjusted.map((p) => p <= level) };
}

/** Benjamini and Hochberg (1995): controls the false discovery rate for independent or positively dependent tests. */
export const benjaminiHochberg = (pValues: readonly number[], level = 0.05): Multiplicity =>
  stepUp(pValues, level, pValues.length);

/** Benjamini and Yekutieli (2001): controls the false discovery rate under any dependence. */
export const benjaminiYekutieli = (pValues: readonly number[], level = 0.05): Multiplicity =>
  stepUp(pValues, level, pValues.length * pValues.reduce((sum, _, i) => sum + 1 / (i + 1), 0));

/** Holm (1979): controls the probability of any false rejection, under any dependence. */
export function holm(pValues: readonly number[], level = 0.05): Multiplicity {
  assertProbabilities(pValues);
  const adjusted = new Array<number>(pValues.length);
  let largest = 0;
  ascending(pValues).forEach((index, rank) => {
    largest = Math.max(largest, Math.min(1, pValues[index]! * (pValues.length - rank)));
    adjusted[index] = largest;
  });
  return { adjusted, rejected: adjusted.map((p) => p <= level) };
}

/** Bonferroni: every p-value times the number of tests. */
export function bonferroni(pValues: readonly number[], level = 0.05): Multiplicity {
  assertProbabilities(pValues);
  const adjusted = pValues.map((p) => Math.min(1, p * pValues.length));
  return { adjusted, rejected: adjusted.map((p) => p <= level) };
}
