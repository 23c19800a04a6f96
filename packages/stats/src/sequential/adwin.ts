export interface AdwinConfig {
  /** Bound on false alarms per test; 0.002 is customary, 0.05 detects sooner. */
  delta?: number;
  /** Cuts are looked for every so many values. */
  clock?: number;
  maxBuckets?: number;
  minWindowLength?: number;
  gracePeriod?: number;
}

interface Bucket {
  total: number;
  /** Sum of squared deviations within the bucket. */
  m2: number;
}

/** Plain JSON. rows[i] holds buckets of 2^i values each, oldest first. */
export interface AdwinState {
  rows: Bucket[][];
  width: number;
  total: number;
  m2: number;
  ticks: number;
}

export interface AdwinDrift {
  /** Index within the values given at which the window was cut. */
  at: number;
  meanBefore: number;
  meanAfter: number;
}

export const emptyAdwin = (): AdwinState => ({ rows: [[]], width: 0, total: 0, m2: 0, ticks: 0 });

/** m2 of the union of two groups of values. */
const joinedM2 = (n0: number, t0: number, s0: number, n1: number, t1: number, s1: number) =>
  n0 === 0 || n1 === 0 ? s0 + s1 : s0 + s1 + (n0 * n1 * (t0 / n0 - t1 / n1) ** 2) / (n0 + n1);

function insert(state: AdwinState, x: number, maxBuckets: number): void {
  state.m2 = joinedM2(state.width, state.total, state.m2, 1, x, 0);
  state.width++;
  state.total += x;
  state.rows[0]!.push({ total: x, m2: 0 });
  for (let row = 0; state.rows[row]!.length > maxBuckets; row++) {
    const [first, second] = state.rows[row]!.splice(0, 2) as [Bucket, Bucket];
    const n = 2 ** row;
    if (row + 1 === state.rows.length) state.rows.push([]);
    state.rows[row + 1]!.push({
      total: first.total + second.total,
      m2: joinedM2(n, first.total, first.m2, n, second.total, second.m2),
    });
  }
}

function dropOldest(state: AdwinState): void {
  const row = state.rows.length - 1;
  const bucket = state.rows[row]!.shift()!;
  const n = 2 ** row;
  const left = state.width - n;
  const total = state.total - bucket.total;
  // The inverse of joining: what remains after the bucket and the gap between the two means are taken out.
  const gap = left === 0 ? 0 : (n * left * (bucket.total / n - total / left) ** 2) / (n + left);
  state.m2 = Math.max(0, state.m2 - bucket.m2 - gap);
  state.width = left;
  state.total = total;
  while (state.rows.length > 1 && state.rows.at(-1)!.length === 0) state.rows.pop();
}

/** Looks at every boundary between buckets, oldest first, and returns the means of the first pair that differs. */
function findCut(
  state: AdwinState,
  delta: number,
  minWindowLength: number,
): { meanBefore: number; meanAfter: number } | null {
  const variance = state.m2 / state.width;
  const d = Math.log((2 * Math.log(state.width)) / delta);
  let n0 = 0;
  let t0 = 0;
  for (let row = state.rows.length - 1; row >= 0; row--) {
    for (const bucket of state.rows[row]!) {
      n0 += 2 ** row;
      t0 += bucket.total;
      const n1 = state.width - n0;
      if (n1 < minWindowLength) return null;
      if (n0 < minWindowLength) continue;
      const meanBefore = t0 / n0;
      const meanAfter = (state.total - t0) / n1;
      const m = 1 / (n0 - minWindowLength + 1) + 1 / (n1 - minWindowLength + 1);
      const epsilon = Math.sqrt(2 * m * variance * d) + (2 / 3) * d * m;
      if (Math.abs(meanBefore - meanAfter) > epsilon) return { meanBefore, meanAfter };
    }
  }
  return null;
}

/**
 * ADWIN (Bifet and Gavaldà 2007): a window that keeps growing while its parts agree and drops its old part when two
 * parts differ. Every bucket boundary is examined, the last bucket of each row included. Returns the new state and the
 * cuts; a fall of the mean is a cut too, so compare meanBefore and meanAfter.
 */
export function updateAdwin(
  state: AdwinState,
  values: ArrayLike<number>,
  config: AdwinConfig = {},
): { state: AdwinState; drifts: AdwinDrift[] } {
  const { delta = 0.002, clock = 32, maxBuckets = 5, minWindowLength = 5, gracePeriod = 10 } = config;
  const next: AdwinState = { ...state, rows: state.rows.map((row) => [...row]) };
  const drifts: AdwinDrift[] = [];
  for (let at = 0; at < values.length; at++) {
    insert(next, values[at]!, maxBuckets);
    next.ticks++;
    if (next.ticks % clock !== 0 || next.width <= gracePeriod) continue;
    let first: AdwinDrift | undefined;
    for (let cut = findCut(next, delta, minWindowLength); cut; cut = findCut(next, delta, minWindowLength)) {
      first ??= { at, ...cut };
      dropOldest(next);
      if (next.width <= gracePeriod) break;
    }
    if (first) drifts.push(first);
  }
  return { state: next, drifts };
}

/** Mean of the values in the window; NaN when empty. */
export const adwinMean = (state: AdwinState): number => (state.width === 0 ? NaN : state.total / state.width);
