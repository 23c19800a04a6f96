/** Two ascending samples merged: mid-ranks of each and the sizes of the groups of equal values. */
export interface MergedRanks {
  reference: Float64Array;
  current: Float64Array;
  tieSizes: number[];
}

/** Mid-ranks (1-based) of two ascending samples in the pooled order. */
export function mergedRanks(reference: ArrayLike<number>, current: ArrayLike<number>): MergedRanks {
  const ranks: MergedRanks = {
    reference: new Float64Array(reference.length),
    current: new Float64Array(current.length),
    tieSizes: [],
  };
  let i = 0;
  let j = 0;
  while (i < reference.length || j < current.length) {
    const value = Math.min(reference[i] ?? Infinity, current[j] ?? Infinity);
    const [iStart, jStart] = [i, j];
    while (i < reference.length && reference[i] === value) i++;
    while (j < current.length && current[j] === value) j++;
    const size = i - iStart + (j - jStart);
    const rank = iStart + jStart + (size + 1) / 2;
    ranks.reference.fill(rank, iStart, i);
    ranks.current.fill(rank, jStart, j);
    ranks.tieSizes.push(size);
  }
  return ranks;
}
