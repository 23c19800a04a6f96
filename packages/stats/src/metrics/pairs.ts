/** Throws unless both arrays have the same positive length. */
export function assertPairs(truth: ArrayLike<unknown>, predicted: ArrayLike<unknown>, metric: string): void {
  if (truth.length !== predicted.length) {
    throw new RangeError(`${metric}: ${truth.length} true values but ${predicted.length} predictions`);
  }
  if (truth.length === 0) throw new RangeError(`${metric}: there are no rows`);
}

/** A class label. */
export type Label = string | number | boolean;
