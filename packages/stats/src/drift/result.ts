/** What every drift measure returns. Distances have no p-value: their scale says nothing about chance. */
export interface DriftResult {
  statistic: number;
  pValue?: number;
}

/** A drift measure that is a test. */
export interface DriftTest {
  statistic: number;
  pValue: number;
}

export function assertPresent(reference: ArrayLike<unknown>, current: ArrayLike<unknown>, test: string): void {
  if (reference.length === 0) throw new RangeError(`${test}: the reference has no present values`);
  if (current.length === 0) throw new RangeError(`${test}: the current window has no present values`);
}
