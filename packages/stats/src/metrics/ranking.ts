import { assertPairs } from './pairs.ts';

/** Row numbers by descending score. */
function descending(scores: ArrayLike<number>): Uint32Array {
  for (let i = 0; i < scores.length; i++) {
    if (Number.isNaN(scores[i])) throw new RangeError(`row ${i}: the score is not a number`);
  }
  return Uint32Array.from({ length: scores.length }, (_, i) => i).sort((a, b) => {
    const [x, y] = [scores[a]!, scores[b]!];
    return x === y ? 0 : x < y ? 1 : -1;
  });
}

/** Calls `visit` once per group of equal scores, highest first, with the positives and negatives of the group. */
function eachScoreGroup(
  truth: ArrayLike<number | boolean>,
  scores: ArrayLike<number>,
  visit: (positives: number, negatives: number) => void,
): void {
  const order = descending(scores);
  for (let i = 0; i < order.length; ) {
    const score = scores[order[i]!]!;
    let positives = 0;
    let negatives = 0;
    for (; i < order.length && scores[order[i]!] === score; i++) {
      if (truth[order[i]!]) positives++;
      else negatives++;
    }
    visit(positives, negatives);
  }
}

/**
 * Area under the ROC curve: P(score of a positive > score of a negative), ties counting half. `truth` holds 0/1 or
 * booleans. Throws when one class is absent, for which the area is undefined.
 */
export function rocAuc(truth: ArrayLike<number | boolean>, scores: ArrayLike<number>): number {
  assertPairs(truth, scores, 'rocAuc');
  let positives = 0;
  let negatives = 0;
  let pairs = 0;
  eachScoreGroup(truth, scores, (p, n) => {
    pairs += n * (positives + p / 2);
    positives += p;
    negatives += n;
  });
  if (positives === 0 || negatives === 0) throw new RangeError('rocAuc: both classes must occur');
  return pairs / (positives * negatives);
}

/** Average precision, sum of (recall step x precision) over distinct scores. Throws without positives. */
export function averagePrecision(truth: ArrayLike<number | boolean>, scores: ArrayLike<number>): number {
  assertPairs(truth, scores, 'averagePrecision');
  let hits = 0;
  let seen = 0;
  let area = 0;
  eachScoreGroup(truth, scores, (p, n) => {
    hits += p;
    seen += p + n;
    area += p * (hits / seen);
  });
  if (hits === 0) throw new RangeError('averagePrecision: no row is positive');
  return area / hits;
}
