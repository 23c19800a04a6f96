export interface PageHinkleyConfig {
  minInstances?: number;
  /** Rise of the mean that is tolerated. */
  delta?: number;
  /** Height of the sum at which drift is called; lower detects sooner and errs more often. */
  threshold?: number;
  /** Forgetting factor of the sum. */
  alpha?: number;
}

/** Plain JSON. */
export interface PageHinkleyState {
  count: number;
  mean: number;
  sum: number;
}

export const emptyPageHinkley = (): PageHinkleyState => ({ count: 0, mean: 0, sum: 0 });

/**
 * Page-Hinkley test for a rise of the mean of a stream (Page 1954): sum = max(0, alpha sum + x - mean - delta). Returns
 * the new state and the index within `values` at which drift was called, -1 when never; a call starts anew after it.
 */
export function updatePageHinkley(
  state: PageHinkleyState,
  values: ArrayLike<number>,
  config: PageHinkleyConfig = {},
): { state: PageHinkleyState; driftAt: number } {
  const { minInstances = 30, delta = 0.005, threshold = 50, alpha = 0.9999 } = config;
  let { count, mean, sum } = state;
  let driftAt = -1;
  for (let i = 0; i < values.length; i++) {
    const x = values[i]!;
    count++;
    mean += (x - mean) / count;
    sum = Math.max(0, alpha * sum + x - mean - delta);
    if (count >= minInstances && sum > threshold) {
      driftAt = i;
      [count, mean, sum] = [0, 0, 0];
    }
  }
  return { state: { count, mean, sum }, driftAt };
}
