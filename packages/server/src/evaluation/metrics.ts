import type { Evaluation, MetricName, Task } from '@millwright/contract';
import { accuracy, brier, confusionMatrix, f1, mae, macroF1, r2, rmse, rocAuc } from '@millwright/stats';
import type { Predicted, Truth } from './truth.ts';

/** Which metrics make sense for which task. */
export const metricsOf: Record<Task, readonly MetricName[]> = {
  classification: ['accuracy', 'rocAuc', 'logLoss', 'f1', 'brier'],
  regression: ['rmse', 'mae', 'r2'],
};

export type Metrics = Partial<Record<MetricName, number>>;

/** Smallest probability a logarithm sees: one certain and wrong row must not make the mean infinite. */
const lowestProbability = 1e-15;

/**
 * The metrics that are defined on these rows. With two classes the second is the positive one: `rocAuc`, `f1` and
 * `brier` are about it, and `rocAuc` needs rows of both. With more, `f1` is the unweighted mean over classes, `brier`
 * the sum over classes of the squared distance (Brier 1950), and there is no `rocAuc`.
 */
export function metricsFor(truth: Truth, predicted: Predicted, classes: readonly string[]): Metrics {
  if (truth.task === 'regression' && predicted.task === 'regression') {
    const { values } = truth;
    return {
      rmse: rmse(values, predicted.values),
      mae: mae(values, predicted.values),
      r2: r2(values, predicted.values),
    };
  }
  if (truth.task === 'classification' && predicted.task === 'classification') {
    const { labels } = truth;
    const { probabilities } = predicted;
    const shared = { accuracy: accuracy(labels, predicted.labels) };
    if (classes.length !== 2) {
      const scores = probabilities ? manyClassScores(labels, probabilities, classes) : {};
      return { ...shared, f1: macroF1(labels, predicted.labels), ...scores };
    }
    const positive = classes[1]!;
    const isPositive = labels.map((label) => label === positive);
    const binary = { ...shared, f1: f1(labels, predicted.labels, positive) };
    if (!probabilities) return binary;
    const chance = Float64Array.from(labels, (_, row) => clamped(probabilities[row * 2 + 1]!));
    const bothOccur = isPositive.includes(true) && isPositive.includes(false);
    return {
      ...binary,
      ...(bothOccur ? { rocAuc: rocAuc(isPositive, chance) } : {}),
      logLoss: logLoss(labels, probabilities, classes),
      brier: brier(isPositive, chance),
    };
  }
  throw new TypeError(`predictions of ${predicted.task} for a truth of ${truth.task}`);
}

/** Rounding in ONNX Runtime may leave [0, 1] by one unit in the last place. */
const clamped = (probability: number): number => Math.min(1, Math.max(0, probability));

/** Mean of -ln p(true class); a class that training never saw has the probability 0, clipped at 1e-15. */
function logLoss(labels: readonly string[], probabilities: Float64Array, classes: readonly string[]): number {
  const columnOf = new Map(classes.map((label, column) => [label, column]));
  const sum = labels.reduce((total, label, row) => {
    const column = columnOf.get(label);
    const probability = column === undefined ? 0 : probabilities[row * classes.length + column]!;
    return total - Math.log(Math.max(lowestProbability, probability));
  }, 0);
  return sum / labels.length;
}

function manyClassScores(labels: readonly string[], probabilities: Float64Array, classes: readonly string[]): Metrics {
  let squares = 0;
  labels.forEach((label, row) => {
    if (!classes.includes(label)) squares += 1;
    classes.forEach((candidate, column) => {
      squares += (probabilities[row * classes.length + column]! - Number(candidate === label)) ** 2;
    });
  });
  return { logLoss: logLoss(labels, probabilities, classes), brier: squares / labels.length };
}

/** Rows: true classes, columns: predicted ones; the model's classes first, then labels that only the hold-out has. */
export function classReport(
  labels: readonly string[],
  predicted: readonly string[],
  classes: readonly string[],
): Pick<Evaluation, 'classes' | 'confusion'> {
  const unseen = [...new Set([...labels, ...predicted])].filter((label) => !classes.includes(label)).sort();
  const order = [...classes, ...unseen];
  const { counts } = confusionMatrix(labels, predicted, order);
  const report = order.map((label, index) => {
    const rows = counts[index]!.reduce((sum, count) => sum + count, 0);
    const flagged = counts.reduce((sum, row) => sum + row[index]!, 0);
    const hits = counts[index]![index]!;
    return { label, rows, precision: flagged === 0 ? null : hits / flagged, recall: rows === 0 ? null : hits / rows };
  });
  return { classes: report, confusion: counts };
}
