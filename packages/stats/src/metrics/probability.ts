import { assertPairs } from './pairs.ts';

function assertProbability(p: number, row: number, metric: string): void {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`${metric}: row ${row} has the probability ${p}, outside [0, 1]`);
}

/** Smallest probability a logarithm sees: one certain and wrong row must not make the mean infinite. */
const FLOOR = 1e-15;

/** Mean negative log-likelihood, natural logarithm; `probabilities` are of the positive class, clipped at 1e-15. */
export function logLoss(truth: ArrayLike<number | boolean>, probabilities: ArrayLike<number>): number {
  assertPairs(truth, probabilities, 'logLoss');
  let sum = 0;
  for (let i = 0; i < truth.length; i++) {
    const p = probabilities[i]!;
    assertProbability(p, i, 'logLoss');
    sum -= Math.log(Math.max(FLOOR, truth[i] ? p : 1 - p));
  }
  return sum / truth.length;
}

/** Mean squared distance of the probability from the 0/1 truth. */
export function brier(truth: ArrayLike<number | boolean>, probabilities: ArrayLike<number>): number {
  assertPairs(truth, probabilities, 'brier');
  let sum = 0;
  for (let i = 0; i < truth.length; i++) {
    const p = probabilities[i]!;
    assertProbability(p, i, 'brier');
    sum += (p - Number(truth[i])) ** 2;
  }
  return sum / truth.length;
}

/** One bin of a reliability diagram. */
export interface ReliabilityBin {
  low: number;
  high: number;
  count: number;
  meanProbability: number;
  positiveShare: number;
}

/** Bins of equal width over [0, 1]; empty bins are left out. */
export function reliability(
  truth: ArrayLike<number | boolean>,
  probabilities: ArrayLike<number>,
  bins = 10,
): ReliabilityBin[] {
  assertPairs(truth, probabilities, 'reliability');
  const cells = Array.from({ length: bins }, () => ({ count: 0, probability: 0, positives: 0 }));
  for (let i = 0; i < truth.length; i++) {
    const p = probabilities[i]!;
    assertProbability(p, i, 'reliability');
    const cell = cells[Math.min(bins - 1, Math.floor(p * bins))]!;
    cell.count++;
    cell.probability += p;
    cell.positives += Number(truth[i]);
  }
  return cells.flatMap(({ count, probability, positives }, i) =>
    count === 0
      ? []
      : [
          {
            low: i / bins,
            high: (i + 1) / bins,
            count,
            meanProbability: probability / count,
            positiveShare: positives / count,
          },
        ],
  );
}

/** Expected calibration error: mean distance of probability and frequency over the bins, weighted by their rows. */
export function expectedCalibrationError(
  truth: ArrayLike<number | boolean>,
  probabilities: ArrayLike<number>,
  bins = 10,
): number {
  return reliability(truth, probabilities, bins).reduce(
    (sum, bin) => sum + (bin.count / truth.length) * Math.abs(bin.meanProbability - bin.positiveShare),
    0,
  );
}
