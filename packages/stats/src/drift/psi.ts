import { type PairedCounts, shares } from './frequencies.ts';
import type { DriftResult } from './result.ts';

/** Empty cells get 1e-4, or a millionth of the smallest share when that is smaller still; nothing is renormalised. */
export function fillZeros(probabilities: readonly number[]): number[] {
  const smallest = Math.min(...probabilities.filter((p) => p > 0));
  const fill = smallest <= 1e-4 ? smallest / 1e6 : 1e-4;
  return probabilities.map((p) => (p === 0 ? fill : p));
}

/**
 * Population stability index, sum (r - c) ln(r / c) over the cells' shares. Without drift it is about
 * (1/n + 1/m) chi-square with cells - 1 degrees of freedom (Yurdakul 2018): a fixed threshold means nothing without n.
 */
export function psi(counts: PairedCounts): DriftResult {
  const p = shares(counts);
  const [r, c] = [fillZeros(p.reference), fillZeros(p.current)];
  return { statistic: r.reduce((sum, x, i) => sum + (x - c[i]!) * Math.log(x / c[i]!), 0) };
}

/** Kullback-Leibler divergence of the reference from the current shares, in nats, with the zero fill of `psi`. */
export function klDivergence(counts: PairedCounts): DriftResult {
  const p = shares(counts);
  const [r, c] = [fillZeros(p.reference), fillZeros(p.current)];
  const total = (values: number[]) => values.reduce((a, b) => a + b, 0);
  const [rTotal, cTotal] = [total(r), total(c)];
  return { statistic: r.reduce((sum, x, i) => sum + (x / rTotal) * Math.log(x / rTotal / (c[i]! / cTotal)), 0) };
}
