import { chiSquareSf } from '../distributions.ts';
import { lnChoose } from '../special-functions.ts';
import { type PairedCounts, shares } from './frequencies.ts';
import type { DriftTest } from './result.ts';

export interface ChiSquareOptions {
  /** Categories with a smaller expected count in either sample share one cell. 0 keeps all apart. */
  minExpected?: number;
  /** Yates' continuity correction; applies to two cells only. */
  yates?: boolean;
  /** `exact` fits the law to the exact moments (two cells: is exact) when cells are thin; `asymptotic` is the textbook law. */
  law?: 'exact' | 'asymptotic';
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

/** Merges cells by their pooled count, which carries no information about drift: the test stays valid. */
function mergeRare(counts: PairedCounts, minExpected: number): PairedCounts {
  const [n, m] = [sum(counts.reference), sum(counts.current)];
  const share = Math.min(n, m) / (n + m);
  const merged: PairedCounts = { reference: [], current: [] };
  let rareReference = 0;
  let rareCurrent = 0;
  counts.reference.forEach((r, i) => {
    const c = counts.current[i]!;
    if (r + c === 0) return;
    if ((r + c) * share >= minExpected) {
      merged.reference.push(r);
      merged.current.push(c);
    } else {
      rareReference += r;
      rareCurrent += c;
    }
  });
  if (rareReference + rareCurrent > 0) {
    merged.reference.push(rareReference);
    merged.current.push(rareCurrent);
  }
  return merged;
}

/**
 * Mean and variance of Pearson's statistic of a 2 x k table given its margins (Haldane 1940), from the factorial
 * moments of the multivariate hypergeometric law.
 */
function exactMoments(columns: readonly number[], n: number, total: number): { mean: number; variance: number } {
  const f = [1];
  for (let a = 0; a < 4; a++) f.push((f[a]! * Math.max(0, n - a)) / Math.max(1, total - a));
  const [f1, f2, f3, f4] = [f[1]!, f[2]!, f[3]!, f[4]!];
  // Q = sum x^2 / c. Pearson's statistic is a linear function of Q: total^2 / (n (total - n)) * (Q - n^2 / total).
  let first = 0;
  let falling = 0;
  let fallingSquares = 0;
  let same = 0;
  for (const c of columns) {
    first += (c - 1) * f2 + f1;
    falling += c - 1;
    fallingSquares += (c - 1) ** 2;
    same += ((c - 1) * (c - 2) * (c - 3) * f4 + 6 * (c - 1) * (c - 2) * f3 + 7 * (c - 1) * f2 + f1) / c;
  }
  const k = columns.length;
  const different = (falling ** 2 - fallingSquares) * f4 + 2 * (k - 1) * falling * f3 + k * (k - 1) * f2;
  const scale = total ** 2 / (n * (total - n));
  return { mean: scale * (first - n ** 2 / total), variance: scale ** 2 * (same + different - first ** 2) };
}

/** Exact P(statistic at least as large) for two cells: the current count of a cell is hypergeometric given the margins. */
function exactTwoCells(column: number, observed: number, m: number, total: number): number {
  const expected = (column * m) / total;
  const distance = Math.abs(observed - expected) * (1 - 1e-12);
  const lnTotal = lnChoose(total, m);
  let tail = 0;
  for (let x = Math.max(0, m - (total - column)); x <= Math.min(column, m); x++) {
    if (Math.abs(x - expected) >= distance) {
      tail += Math.exp(lnChoose(column, x) + lnChoose(total - column, m - x) - lnTotal);
    }
  }
  return Math.min(1, tail);
}

/**
 * Two-sample chi-square test on counts over the same cells: Pearson's test of homogeneity on the 2 x k table. Both
 * samples are treated as random (unlike a goodness-of-fit test, which takes the reference as exact). Rare and new
 * categories share a cell; when a cell is still thin, the law is a chi-square scaled to the exact mean and variance, or
 * for two cells the exact law.
 */
export function chiSquare(counts: PairedCounts, options: ChiSquareOptions = {}): DriftTest {
  shares(counts);
  const table = mergeRare(counts, options.minExpected ?? 1);
  const [n, m] = [sum(table.reference), sum(table.current)];
  const total = n + m;
  const columns = table.reference.map((r, i) => r + table.current[i]!);
  const df = columns.length - 1;
  if (df === 0) return { statistic: 0, pValue: 1 };
  const correction = options.yates && df === 1 ? 0.5 : 0;
  let statistic = 0;
  columns.forEach((column, i) => {
    const expected = (column * m) / total;
    const distance = Math.abs(table.current[i]! - expected);
    const corrected = distance - Math.min(correction, distance);
    statistic += (corrected * corrected * total ** 2) / (column * n * m);
  });
  const thinnest = (Math.min(...columns) * Math.min(n, m)) / total;
  // Beyond a million rows the subtraction in the variance loses its digits.
  if (options.law === 'asymptotic' || thinnest >= 5 || total > 1e6) {
    return { statistic, pValue: chiSquareSf(statistic, df) };
  }
  if (df === 1 && correction === 0) {
    const rare = columns[0]! <= columns[1]! ? 0 : 1;
    return { statistic, pValue: exactTwoCells(columns[rare]!, table.current[rare]!, m, total) };
  }
  const { mean, variance } = exactMoments(columns, m, total);
  if (!(variance > 0)) return { statistic, pValue: 1 };
  return { statistic, pValue: chiSquareSf((2 * mean * statistic) / variance, (2 * mean ** 2) / variance) };
}

/**
 * Goodness-of-fit form some tools use: the reference shares are taken as exact. It calls drift too often unless the
 * reference is far larger than the window; a category unseen in the reference gives p = 0.
 */
export function chiSquareGoodnessOfFit(counts: PairedCounts): DriftTest {
  const { reference } = shares(counts);
  const m = sum(counts.current);
  let statistic = 0;
  reference.forEach((share, i) => {
    const observed = counts.current[i]!;
    if (share > 0 || observed > 0) statistic += (observed - share * m) ** 2 / (share * m);
  });
  return { statistic, pValue: chiSquareSf(statistic, reference.length - 1) };
}
