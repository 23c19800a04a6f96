/** Count, mean and sum of squared deviations of one arm's losses. */
export interface ArmMoments {
  count: number;
  mean: number;
  m2: number;
}

/** Plain JSON. */
export interface MeanDifferenceState {
  a: ArmMoments;
  b: ArmMoments;
}

export interface MeanDifferenceConfig {
  /** Level of each one-sided bound. */
  alpha: number;
  /** Total rows at which the bounds are tightest; any value is valid. */
  tunedForCount?: number;
  /** No bound is given before each arm has this many rows: the guarantee is asymptotic. */
  minPerArm?: number;
}

export interface MeanDifferenceBounds {
  /** mean(b) - mean(a); NaN while an arm is empty. */
  difference: number;
  /** Holds at all times at once with probability about 1 - alpha: difference > lower. */
  lower: number;
  upper: number;
}

export const emptyMeanDifference = (): MeanDifferenceState => ({
  a: { count: 0, mean: 0, m2: 0 },
  b: { count: 0, mean: 0, m2: 0 },
});

function extend(arm: ArmMoments, losses: ArrayLike<number>): ArmMoments {
  let { count, mean, m2 } = arm;
  for (let i = 0; i < losses.length; i++) {
    const loss = losses[i]!;
    if (!Number.isFinite(loss)) throw new RangeError(`a loss must be finite, got ${loss}`);
    count++;
    const distance = loss - mean;
    mean += distance / count;
    m2 += distance * (loss - mean);
  }
  return { count, mean, m2 };
}

/** Adds losses of either arm; the state given is left alone. */
export function updateMeanDifference(
  state: MeanDifferenceState,
  losses: { a?: ArrayLike<number>; b?: ArrayLike<number> },
): MeanDifferenceState {
  return { a: extend(state.a, losses.a ?? []), b: extend(state.b, losses.b ?? []) };
}

/**
 * One-sided asymptotic confidence sequences for the difference of two mean losses, valid at every time at once
 * (Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas, "Time-uniform central limit theory and asymptotic confidence
 * sequences", 2024): with n rows in all and v = n (var_a / n_a + var_b / n_b), where no
 * variance is taken below the pooled one, each bound lies
 *   sqrt( v * 2 (n rho^2 + 1) / (n^2 rho^2) * ln(1 + sqrt(n rho^2 + 1) / (2 alpha)) )
 * from the observed difference; rho^2 makes it tightest at `tunedForCount`. The guarantee is asymptotic:
 * cap losses whose tail is very heavy (beyond an exponential's) before they come here.
 */
export function meanDifferenceBounds(state: MeanDifferenceState, config: MeanDifferenceConfig): MeanDifferenceBounds {
  const { alpha, tunedForCount = 1000, minPerArm = 50 } = config;
  if (!(alpha > 0 && alpha < 0.5)) throw new RangeError(`alpha must lie in (0, 0.5), got ${alpha}`);
  const { a, b } = state;
  const difference = a.count > 0 && b.count > 0 ? b.mean - a.mean : NaN;
  if (Math.min(a.count, b.count) < Math.max(2, minPerArm)) return { difference, lower: -Infinity, upper: Infinity };
  const n = a.count + b.count;
  // A young arm that has not met its rare large losses yet understates its variance; the pooled one is a floor.
  const pooled = (a.m2 + b.m2) / (n - 2);
  const meanVariance = (arm: ArmMoments) => Math.max(arm.m2 / (arm.count - 1), pooled) / arm.count;
  const v = n * (meanVariance(a) + meanVariance(b));
  const tail = -2 * Math.log(2 * alpha);
  const rhoSquared = (tail + Math.log(tail + 1) + 1) / tunedForCount;
  const growth = n * rhoSquared + 1;
  const halfWidth = Math.sqrt(((v * 2 * growth) / (n * n * rhoSquared)) * Math.log1p(Math.sqrt(growth) / (2 * alpha)));
  return { difference, lower: difference - halfWidth, upper: difference + halfWidth };
}
