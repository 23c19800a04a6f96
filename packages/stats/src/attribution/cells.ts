import { studentTQuantile } from '../distributions.ts';
import type { AttributionRun } from './design.ts';

/** More changed factors need more combinations than anybody runs. */
const factorsAtMost = 6;

export interface CellContribution {
  factor: string;
  value: number;
  low: number | null;
  high: number | null;
}

export interface CellAttribution {
  contributions: CellContribution[];
  runs: number;
  /** Standard deviation within combinations; null where no combination was run twice. */
  noise: number | null;
}

const factorials = [1, 1, 2, 6, 24, 120, 720];

/**
 * Where every combination of old and new values was run, no model is needed: the Shapley value of each factor over the
 * means of the combinations (Shapley 1953: the mean effect of its change over all orders of making the changes). Its
 * standard error follows from the spread within combinations, as in the analysis of variance. `runs` agree in everything
 * else. null: a combination is missing.
 */
export const attributeByCells = (
  runs: readonly AttributionRun[],
  factors: readonly string[],
  from: AttributionRun,
  to: AttributionRun,
  confidence: number,
): CellAttribution | null => {
  const k = factors.length;
  if (k > factorsAtMost) return null;
  const cells = Array.from({ length: 1 << k }, (): number[] => []);
  for (const run of runs) {
    let mask = 0;
    let fits = true;
    for (const [at, factor] of factors.entries()) {
      if (run.factors[factor] === to.factors[factor]) mask |= 1 << at;
      else if (run.factors[factor] !== from.factors[factor]) fits = false;
    }
    if (fits) cells[mask]!.push(run.value);
  }
  if (cells.some((cell) => cell.length === 0)) return null;
  const means = cells.map((cell) => cell.reduce((sum, value) => sum + value, 0) / cell.length);
  const total = cells.reduce((sum, cell) => sum + cell.length, 0);
  const freedom = total - cells.length;
  const squares = cells.reduce(
    (sum, cell, at) => sum + cell.reduce((inner, value) => inner + (value - means[at]!) ** 2, 0),
    0,
  );
  const noise = freedom > 0 ? Math.sqrt(squares / freedom) : null;
  const reach = freedom > 0 ? studentTQuantile((1 + confidence) / 2, freedom) : 0;
  const contributions = factors.map((factor, at): CellContribution => {
    let value = 0;
    let variance = 0;
    for (const [mask, mean] of means.entries()) {
      const has = (mask >> at) & 1;
      const others = bits(mask) - has;
      const weight = ((factorials[others]! * factorials[k - others - 1]!) / factorials[k]!) * (has ? 1 : -1);
      value += weight * mean;
      variance += (weight * weight) / cells[mask]!.length;
    }
    const half = noise === null ? null : reach * noise * Math.sqrt(variance);
    return { factor, value, low: half === null ? null : value - half, high: half === null ? null : value + half };
  });
  return { contributions, runs: total, noise };
};

const bits = (mask: number): number => {
  let count = 0;
  for (let rest = mask; rest > 0; rest >>= 1) count += rest & 1;
  return count;
};
