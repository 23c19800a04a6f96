import { assertPairs, type Label } from './pairs.ts';

export interface ConfusionMatrix {
  /** Class labels in the order of rows and columns. */
  labels: Label[];
  /** counts[i][j]: rows of true class i predicted as class j. */
  counts: number[][];
}

/**
 * Confusion matrix over n classes. Without `labels`: those that occur, numbers ascending, else by text. A label that
 * is not listed throws.
 */
export function confusionMatrix(
  truth: ArrayLike<Label>,
  predicted: ArrayLike<Label>,
  labels?: readonly Label[],
): ConfusionMatrix {
  assertPairs(truth, predicted, 'confusionMatrix');
  const order = labels ? [...labels] : occurringLabels(truth, predicted);
  const position = new Map(order.map((label, i) => [label, i]));
  const counts = order.map(() => new Array<number>(order.length).fill(0));
  const at = (label: Label) => {
    const index = position.get(label);
    if (index === undefined) throw new RangeError(`confusionMatrix: the label ${JSON.stringify(label)} is not listed`);
    return index;
  };
  for (let i = 0; i < truth.length; i++) counts[at(truth[i]!)]![at(predicted[i]!)]!++;
  return { labels: order, counts };
}

function occurringLabels(truth: ArrayLike<Label>, predicted: ArrayLike<Label>): Label[] {
  const found = [...new Set([...Array.from(truth), ...Array.from(predicted)])];
  const byText = (a: Label, b: Label) => (String(a) < String(b) ? -1 : 1);
  return found.sort((a, b) => (typeof a === 'number' && typeof b === 'number' ? a - b : byText(a, b)));
}

/** Share of rows whose prediction equals the truth. */
export function accuracy(truth: ArrayLike<Label>, predicted: ArrayLike<Label>): number {
  assertPairs(truth, predicted, 'accuracy');
  let right = 0;
  for (let i = 0; i < truth.length; i++) if (truth[i] === predicted[i]) right++;
  return right / truth.length;
}

export const errorRate = (truth: ArrayLike<Label>, predicted: ArrayLike<Label>): number =>
  1 - accuracy(truth, predicted);

export interface BinaryScores {
  precision: number;
  recall: number;
  f1: number;
}

/** Precision, recall and F1 of one class; 0 where the denominator is 0 (nothing predicted, nothing to find). */
export function scoresForClass(
  truth: ArrayLike<Label>,
  predicted: ArrayLike<Label>,
  positive: Label = 1,
): BinaryScores {
  assertPairs(truth, predicted, 'scoresForClass');
  let hits = 0;
  let flagged = 0;
  let actual = 0;
  for (let i = 0; i < truth.length; i++) {
    const is = truth[i] === positive;
    const said = predicted[i] === positive;
    if (is) actual++;
    if (said) flagged++;
    if (is && said) hits++;
  }
  const ratio = (a: number, b: number) => (b === 0 ? 0 : a / b);
  return { precision: ratio(hits, flagged), recall: ratio(hits, actual), f1: ratio(2 * hits, flagged + actual) };
}

export const precision = (truth: ArrayLike<Label>, predicted: ArrayLike<Label>, positive: Label = 1): number =>
  scoresForClass(truth, predicted, positive).precision;

export const recall = (truth: ArrayLike<Label>, predicted: ArrayLike<Label>, positive: Label = 1): number =>
  scoresForClass(truth, predicted, positive).recall;

export const f1 = (truth: ArrayLike<Label>, predicted: ArrayLike<Label>, positive: Label = 1): number =>
  scoresForClass(truth, predicted, positive).f1;

/** Unweighted mean of the F1 of every class that occurs. */
export function macroF1(truth: ArrayLike<Label>, predicted: ArrayLike<Label>): number {
  assertPairs(truth, predicted, 'macroF1');
  const labels = occurringLabels(truth, predicted);
  return labels.reduce<number>((sum, label) => sum + f1(truth, predicted, label), 0) / labels.length;
}
