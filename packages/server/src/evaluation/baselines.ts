import type { Predicted, Truth } from './truth.ts';

/**
 * Always the most frequent label of the training rows (of equals the one that comes first in time), or their mean:
 * what anything learnt must beat.
 */
export function majority(training: Truth, rowCount: number): Predicted {
  if (training.task === 'regression') {
    const mean = training.values.reduce((sum, value) => sum + value, 0) / training.values.length;
    return { task: 'regression', values: new Float64Array(rowCount).fill(mean) };
  }
  const counts = new Map<string, number>();
  for (const label of training.labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const [most] = [...counts].reduce((best, other) => (other[1] > best[1] ? other : best));
  return { task: 'classification', labels: new Array<string>(rowCount).fill(most), probabilities: null };
}

/** The true value of the row before; for the first hold-out row, that of the last row learnt from. */
export function persistence(training: Truth, holdout: Truth): Predicted {
  if (training.task === 'regression' && holdout.task === 'regression') {
    const values = holdout.values.map((_, row) => (row === 0 ? training.values.at(-1)! : holdout.values[row - 1]!));
    return { task: 'regression', values };
  }
  if (training.task === 'classification' && holdout.task === 'classification') {
    const labels = [training.labels.at(-1)!, ...holdout.labels.slice(0, -1)];
    return { task: 'classification', labels, probabilities: null };
  }
  throw new TypeError('training and hold-out rows have different tasks');
}
