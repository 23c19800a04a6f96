import { lnGamma } from './special-functions.ts';

/** Upper tail of Kolmogorov's limiting distribution: P(sqrt(n) D >= x) as n grows. */
export function kolmogorovSf(x: number): number {
  if (x <= 0) return 1;
  if (x < 0.8) {
    // The theta-function dual converges fast where the alternating series does not.
    const base = (Math.PI * Math.PI) / (8 * x * x);
    let sum = 0;
    for (let k = 1; k < 20; k += 2) sum += Math.exp(-k * k * base);
    return 1 - (Math.sqrt(2 * Math.PI) / x) * sum;
  }
  let sum = 0;
  for (let k = 1; k < 20; k++) sum += (k % 2 ? 2 : -2) * Math.exp(-2 * k * k * x * x);
  return Math.max(0, Math.min(1, sum));
}

/** Exact upper tail of the one-sided one-sample statistic D+ for n points (Birnbaum and Tingey 1951). */
function smirnovSf(n: number, d: number): number {
  if (d >= 1) return 0;
  const last = Math.floor(n * (1 - d));
  let sum = 0;
  let lnBinomial = 0;
  for (let j = 0; j <= last; j++) {
    const below = 1 - d - j / n;
    const power = below > 0 ? (n - j) * Math.log(below) : j === n ? 0 : -Infinity;
    sum += Math.exp(lnBinomial + (j - 1) * Math.log(d + j / n) + power);
    lnBinomial = lnGamma(n + 1) - lnGamma(j + 2) - lnGamma(n - j);
  }
  return Math.min(1, d * sum);
}

/**
 * Upper tail of the two-sided one-sample statistic D for n points: twice the exact one-sided probability, less the
 * chance that both sides cross, which is taken from the limit law with Vrbik's (2018) correction of its argument.
 */
export function kolmogorovSfForSize(n: number, d: number): number {
  if (d <= 0) return 1;
  if (d >= 1) return 0;
  const x = Math.sqrt(n) * d;
  const corrected = x + 1 / (6 * Math.sqrt(n)) + (x - 1) / (4 * n);
  const limit = kolmogorovSf(corrected);
  if (x < 0.7 || n > 100_000) return limit;
  const bothSides = 2 * Math.exp(-2 * corrected * corrected) - limit;
  return Math.max(0, Math.min(1, 2 * smirnovSf(n, d) - bothSides));
}

/**
 * Exact two-sample P(D >= d) under exchangeability, ties included (Schröer and Trenkler 1995): the share of lattice
 * paths from (0,0) to (n,m) that reach |i/n - j/m| >= d at the end of a tie group. Costs n*m steps.
 *
 * @param tieGroupEnds for t = 1..n+m (index t-1): whether the t-th pooled value differs from the next one
 */
export function kolmogorovExactTwoSampleSf(
  n: number,
  m: number,
  d: number,
  tieGroupEnds: ArrayLike<number | boolean>,
): number {
  // Integer arithmetic on i*m - j*n: floating d would misjudge points that lie exactly on the boundary.
  const boundary = Math.round(d * n * m);
  const crossed = new Float64Array(m + 1);
  const inverse = Float64Array.from({ length: n + m + 1 }, (_, t) => (t === 0 ? 0 : 1 / t));
  const ends = Uint8Array.from({ length: n + m + 1 }, (_, t) => (t > 0 && tieGroupEnds[t - 1] ? 1 : 0));
  if (boundary <= 0) return 1;
  for (let i = 0; i <= n; i++) {
    // crossed[j] holds row i - 1 until it is overwritten; a path's last step came from the left with weight j / t.
    let left = 0;
    for (let j = 0; j <= m; j++) {
      const t = i + j;
      const gap = i * m - j * n;
      if (ends[t] === 1 && (gap >= boundary || -gap >= boundary)) left = 1;
      else left += (crossed[j]! - left) * i * inverse[t]!;
      crossed[j] = left;
    }
  }
  return crossed[m]!;
}
