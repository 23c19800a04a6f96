import { type MaybeNumber, sorted } from '../describe.ts';
import { besselK, lnGamma } from '../special-functions.ts';
import { mergedRanks } from './ranks.ts';
import { assertPresent, type DriftTest } from './result.ts';

/** Limiting distribution of the Cramér-von Mises statistic (Csörgő and Faraway 1996, formula 1.3). */
function limitCdf(x: number): number {
  let sum = 0;
  for (let k = 0; k < 200; k++) {
    const y = 4 * k + 1;
    const q = (y * y) / (16 * x);
    const scale = Math.exp(lnGamma(k + 0.5) - lnGamma(k + 1) - q) / (Math.PI ** 1.5 * Math.sqrt(x));
    const term = scale * Math.sqrt(y) * besselK(0.25, q);
    sum += term;
    if (term < 1e-17) break;
  }
  return sum;
}

/** Two-sample Cramér-von Mises test with mid-ranks; p from the limit law scaled to the sizes (Anderson 1962). */
export function cramerVonMises(reference: ArrayLike<MaybeNumber>, current: ArrayLike<MaybeNumber>): DriftTest {
  const [r, c] = [sorted(reference), sorted(current)];
  assertPresent(r, c, 'cramerVonMises');
  const [n, m] = [r.length, c.length];
  const total = n + m;
  const product = n * m;
  const ranks = mergedRanks(r, c);
  const squares = (values: Float64Array) => values.reduce((sum, rank, i) => sum + (rank - (i + 1)) ** 2, 0);
  const u = n * squares(ranks.reference) + m * squares(ranks.current);
  const statistic = u / (product * total) - (4 * product - 1) / (6 * total);
  const expected = (1 + 1 / total) / 6;
  const spread =
    ((total + 1) * (4 * product * total - 3 * (n * n + m * m) - 2 * product)) / (45 * total * total * 4 * product);
  const scaled = 1 / 6 + (statistic - expected) / Math.sqrt(45 * spread);
  return { statistic, pValue: scaled < 0.003 ? 1 : Math.max(0, Math.min(1, 1 - limitCdf(scaled))) };
}
