import { quantileOfSorted } from '../describe.ts';
import { rng } from '../random.ts';
import { attributeByCells } from './cells.ts';
import { type AttributionRun, designOf, rowOf } from './design.ts';
import { choosePenalty, fitRidge, resampledRidge } from './ridge.ts';
import { separableGroups } from './separable.ts';

export interface AttributionOptions {
  /** Same seed, same intervals. */
  seed: number;
  resamples?: number;
  confidence?: number;
}

export interface Contribution {
  /** Several where the runs cannot tell them apart. */
  factors: string[];
  value: number;
  /** Ends of the interval; null where nothing in the runs tells the uncertainty. */
  low: number | null;
  high: number | null;
}

export interface Attribution {
  /** `cells`: means of runs at every combination. `surrogate`: an additive fit. `pair`: nothing but the two runs. */
  method: 'cells' | 'surrogate' | 'pair';
  change: number;
  contributions: Contribution[];
  /** What the contributions do not explain: noise, interactions, and whatever is not among the factors. */
  remainder: number;
  /** Runs that took part. */
  runs: number;
  /** Standard deviation of runs alike in all factors; null where there are no two of them. */
  noise: number | null;
  /** Of a surrogate: the share of the variance it predicts for runs left out (Q²); below 0 it predicts worse than the mean. */
  predicts: number | null;
}

/** Below this many runs beside the columns, intervals would be fiction. */
const leastFreedom = 3;

const isLike = (run: AttributionRun, other: AttributionRun, factors: readonly string[]): boolean =>
  factors.every((factor) => run.factors[factor] === other.factors[factor]);

const noiseOf = (runs: readonly AttributionRun[], factors: readonly string[]): number | null => {
  const groups = Map.groupBy(runs, (run) => JSON.stringify(factors.map((factor) => run.factors[factor] ?? null)));
  let squares = 0;
  let freedom = 0;
  for (const group of groups.values()) {
    const mean = group.reduce((sum, run) => sum + run.value, 0) / group.length;
    squares += group.reduce((sum, run) => sum + (run.value - mean) ** 2, 0);
    freedom += group.length - 1;
  }
  return freedom > 0 ? Math.sqrt(squares / freedom) : null;
};

/**
 * Splits the change of a value from one run to another over the factors that differ between them, by what other runs
 * show. `others` without the two. Where runs exist at every combination of the changed factors (all else as in the two),
 * Shapley values of the means; else an additive ridge fit over all factors that vary, whose Shapley values are the
 * differences of its terms, with bootstrap intervals over the runs. Factors whose changes never came apart are one
 * contribution together. Errors: RangeError for a value that is not finite.
 */
export const attributeChange = (
  others: readonly AttributionRun[],
  from: AttributionRun,
  to: AttributionRun,
  options: AttributionOptions,
): Attribution => {
  const { seed, resamples = 300, confidence = 0.95 } = options;
  const runs = [from, to, ...others];
  if (!runs.every(({ value }) => Number.isFinite(value)))
    throw new RangeError('attributeChange: every value must be a finite number');
  const keys = [...new Set(runs.flatMap((run) => Object.keys(run.factors)))].sort();
  const changed = keys.filter((key) => from.factors[key] !== to.factors[key]);
  const constant = keys.filter((key) => !changed.includes(key));
  const change = to.value - from.value;
  const noise = noiseOf(runs, keys);
  if (changed.length === 0)
    return { method: 'pair', change, contributions: [], remainder: change, runs: runs.length, noise, predicts: null };

  const alike = runs.filter((run) => isLike(run, from, constant));
  const cells = attributeByCells(alike, changed, from, to, confidence);
  if (cells && (cells.noise !== null || changed.length > 1)) {
    const contributions = cells.contributions.map(({ factor, ...one }) => ({ factors: [factor], ...one }));
    return finished('cells', change, contributions, cells.runs, cells.noise ?? noise, null);
  }
  const varying = keys.filter((key) => new Set(runs.map((run) => run.factors[key])).size > 1);
  const design = designOf(varying, runs, [from, to]);
  const rows = runs.map((run) => rowOf(design, run));
  const values = runs.map((run) => run.value);
  const steps = new Map(
    changed.map((factor) => {
      const start = design.offsets.get(factor) ?? 0;
      const end = start + (design.factors.find((one) => one.factor === factor)?.width ?? 0);
      const step = rows[0]!.map((value, j) => (j >= start && j < end ? rows[1]![j]! - value : 0));
      return [factor, step] as const;
    }),
  );
  const groups = separableGroups(rows, steps);
  if (runs.length === 2 || (groups.length === 1 && others.length < leastFreedom)) {
    const all = { factors: groups.flat(), value: change, low: null, high: null };
    return finished('pair', change, [all], 2, noise, null);
  }
  const stepOf = groups.map((group) => {
    const sum = rows[0]!.map(() => 0);
    for (const factor of group) for (const [j, value] of steps.get(factor)!.entries()) sum[j]! += value;
    return sum;
  });
  const { penalty, meanSquare } = choosePenalty(rows, values);
  const shares = (coefficients: Float64Array): number[] =>
    stepOf.map((step) => step.reduce((sum, value, j) => sum + value * coefficients[j]!, 0));
  const found = shares(fitRidge(rows, values, penalty).coefficients);
  const random = rng(seed);
  const distinct = new Set(rows.map((row) => row.join(' '))).size;
  const isFree = runs.length - Math.min(design.width + 1, distinct) >= leastFreedom;
  const fit = resampledRidge(rows, values, penalty);
  const draw = (): Uint16Array => {
    const counts = new Uint16Array(runs.length);
    for (let left = runs.length; left > 0; left--) counts[random.int(runs.length)]! += 1;
    return counts;
  };
  const drawn = isFree ? Array.from({ length: resamples }, () => shares(fit(draw()))) : [];
  const contributions = groups.map((factors, at): Contribution => {
    const ends = drawn.map((one) => one[at]!).sort((a, b) => a - b);
    const end = (share: number) => (ends.length === 0 ? null : quantileOfSorted(ends, share));
    return { factors, value: found[at]!, low: end((1 - confidence) / 2), high: end((1 + confidence) / 2) };
  });
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  const predicts = variance > 0 ? 1 - meanSquare / variance : null;
  return finished('surrogate', change, contributions, runs.length, noise, predicts);
};

/** The greatest first. */
const finished = (
  method: Attribution['method'],
  change: number,
  contributions: Contribution[],
  runs: number,
  noise: number | null,
  predicts: number | null,
): Attribution => ({
  method,
  change,
  contributions: contributions.sort((a, b) => Math.abs(b.value) - Math.abs(a.value)),
  remainder: change - contributions.reduce((sum, { value }) => sum + value, 0),
  runs,
  noise,
  predicts,
});
