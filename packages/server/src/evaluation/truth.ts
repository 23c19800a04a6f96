import type { TrainingTarget } from '#training';

/** The known targets of some rows, in time order: labels or values, as the task has it. */
export type Truth =
  | { task: 'classification'; rows: Int32Array; labels: string[] }
  | { task: 'regression'; rows: Int32Array; values: Float64Array };

/** The rows from `from` up to, not including, `to` whose target is known. */
export function truthOf(target: TrainingTarget, from: number, to: number): Truth {
  const isKnown =
    target.kind === 'number'
      ? (row: number) => Number.isFinite(target.values[row]!)
      : (row: number) => target.codes[row]! >= 0;
  const all = Int32Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index);
  const rows = all.filter(isKnown);
  if (target.kind === 'number')
    return { task: 'regression', rows, values: Float64Array.from(rows, (row) => target.values[row]!) };
  return { task: 'classification', rows, labels: Array.from(rows, (row) => target.levels[target.codes[row]!]!) };
}

/** One prediction per row of a truth, of the same task. */
export type Predicted =
  | { task: 'classification'; labels: string[]; probabilities: Float64Array | null }
  | { task: 'regression'; values: Float64Array };

/** What a prediction costs per row: 1 for a wrong label, else the squared error. */
export function rowLosses(truth: Truth, predicted: Predicted): Float64Array {
  if (truth.task === 'classification' && predicted.task === 'classification')
    return Float64Array.from(truth.labels, (label, row) => (label === predicted.labels[row] ? 0 : 1));
  if (truth.task === 'regression' && predicted.task === 'regression')
    return truth.values.map((value, row) => (value - predicted.values[row]!) ** 2);
  throw new TypeError(`predictions of ${predicted.task} for a truth of ${truth.task}`);
}
