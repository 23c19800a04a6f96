import { betaI, gammaQ, lnChoose } from './special-functions.ts';

/** Upper tail of the standard normal, accurate far out (through the incomplete gamma function). */
export function normalSf(z: number): number {
  const tail = 0.5 * gammaQ(0.5, (z * z) / 2);
  return z >= 0 ? tail : 1 - tail;
}

/** Cumulative distribution of the standard normal. */
export const normalCdf = (z: number): number => normalSf(-z);

const tail = [
  -7.784894002430293e-3, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
  2.938163982698783,
] as const;
const tailBelow = [7.784695709041462e-3, 0.3224671290700398, 2.445134137142996, 3.754408661907416] as const;
const centre = [
  -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716, 2.506628277459239,
] as const;
const centreBelow = [
  -54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572,
] as const;

const horner = (coefficients: readonly number[], x: number) => coefficients.reduce((sum, c) => sum * x + c, 0);

/** Quantile of the standard normal for p in (0, 1): Acklam's approximation and one Halley step. */
export function normalQuantile(p: number): number {
  if (!(p > 0 && p < 1)) {
    if (p === 0) return -Infinity;
    if (p === 1) return Infinity;
    throw new RangeError(`normalQuantile needs a probability in [0, 1], got ${p}`);
  }
  if (p > 0.5) return -normalQuantile(1 - p);
  let z: number;
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(p));
    z = horner(tail, q) / (horner(tailBelow, q) * q + 1);
  } else {
    const q = p - 0.5;
    z = (horner(centre, q * q) * q) / (horner(centreBelow, q * q) * q * q + 1);
  }
  const error = (normalCdf(z) - p) * Math.sqrt(2 * Math.PI) * Math.exp((z * z) / 2);
  return z - error / (1 + (z * error) / 2);
}

/** Upper tail of the chi-square distribution with `df` degrees of freedom (df > 0, need not be whole). */
export const chiSquareSf = (x: number, df: number): number => gammaQ(df / 2, x / 2);

/** Upper tail of Student's t with `df` degrees of freedom. */
export function studentTSf(t: number, df: number): number {
  const half = 0.5 * betaI(df / (df + t * t), df / 2, 0.5);
  return t >= 0 ? half : 1 - half;
}

/** Quantile of Student's t for p in (0, 1), by bisection of its tail to the last digits of a double. */
export function studentTQuantile(p: number, df: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`studentTQuantile needs a probability in (0, 1), got ${p}`);
  if (p < 0.5) return -studentTQuantile(1 - p, df);
  let high = 1;
  while (studentTSf(high, df) > 1 - p) high *= 2;
  let low = 0;
  for (let step = 0; step < 100 && high - low > 1e-14 * high; step++) {
    const middle = (low + high) / 2;
    if (studentTSf(middle, df) > 1 - p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** P(X >= k) for X binomial(n, p). */
export function binomialTail(k: number, n: number, p: number): number {
  if (k <= 0) return 1;
  if (k > n) return 0;
  return betaI(p, k, n - k + 1);
}

/**
 * P(X >= k) for X hypergeometric: `draws` taken without replacement from `population` items of which `successes`
 * are successes. The tail of Fisher's exact test.
 */
export function hypergeometricTail(k: number, population: number, successes: number, draws: number): number {
  const lowest = Math.max(0, draws - (population - successes));
  const highest = Math.min(draws, successes);
  if (k <= lowest) return 1;
  if (k > highest) return 0;
  const lnTotal = lnChoose(population, draws);
  const lnMass = (x: number) => lnChoose(successes, x) + lnChoose(population - successes, draws - x) - lnTotal;
  // Ratios of neighbouring masses from k on; far cheaper and more exact than a lnGamma per term.
  let relative = 1;
  let sum = 1;
  for (let x = k; x < highest; x++) {
    relative *= ((successes - x) * (draws - x)) / ((x + 1) * (population - successes - draws + x + 1));
    sum += relative;
    if (relative < sum * 1e-17) break;
  }
  return Math.min(1, Math.exp(lnMass(k)) * sum);
}
