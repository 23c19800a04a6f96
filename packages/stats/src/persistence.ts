/**
 * Whether at least k of the last n entries of a history (oldest first) are true. A history shorter than n counts what
 * it has, so the first k hits in a row already suffice.
 */
export function kOfN(history: readonly boolean[], k: number, n: number): boolean {
  if (!(Number.isInteger(k) && Number.isInteger(n) && k >= 1 && k <= n)) {
    throw new RangeError(`k of n needs whole numbers with 1 <= k <= n, got ${k} of ${n}`);
  }
  return history.slice(-n).filter(Boolean).length >= k;
}
