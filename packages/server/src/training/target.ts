import { categoryColumn, numberOf, selectColumn, textOf } from './table.ts';
import type { CategoryColumn, NumberColumn } from './table.ts';
import { TrainingError } from './training-error.ts';

export type Task = 'classification' | 'regression';

/** Class labels as coded strings, or the values to regress on. A missing entry (-1 or not finite) drops its row. */
export type TrainingTarget = CategoryColumn | NumberColumn;

/** Builds a target from one column of values; labels become strings (`1` -> '1', `true` -> 'true'). */
export function targetFromValues(task: Task, name: string, values: readonly unknown[]): TrainingTarget {
  if (task === 'classification') return categoryColumn(values.map((value, row) => textOf(value, name, row)));
  return { kind: 'number', values: Float64Array.from(values, (value, row) => numberOf(value, name, row)) };
}

export function targetLength(target: TrainingTarget): number {
  return target.kind === 'number' ? target.values.length : target.codes.length;
}

/** Row numbers whose target is known. */
export function rowsWithTarget(target: TrainingTarget): Int32Array {
  const rowCount = targetLength(target);
  const known = new Int32Array(rowCount);
  let count = 0;
  for (let row = 0; row < rowCount; row++) {
    const usable =
      target.kind === 'number'
        ? Number.isFinite(target.values[row]!)
        : target.codes[row]! >= 0 && target.levels[target.codes[row]!] !== '';
    if (usable) known[count++] = row;
  }
  return known.subarray(0, count);
}

export function selectTarget(target: TrainingTarget, rowIndices: Int32Array): TrainingTarget {
  return selectColumn(target, rowIndices);
}

/** The labels that occur, sorted (as numbers when all are numbers), and each row's index into them. */
export function classIndices(target: CategoryColumn): { classes: string[]; indices: Int32Array } {
  const seen = new Set(target.codes);
  const classes = sortLabels([...new Set([...seen].map((code) => target.levels[code]!))]);
  if (classes.length < 2) {
    throw new TrainingError(
      'target-one-class',
      `The target holds one class only ("${classes[0] ?? ''}"); two are needed.`,
    );
  }
  const indexOf = new Map(classes.map((label, index) => [label, index]));
  const indexOfCode = target.levels.map((level) => indexOf.get(level) ?? -1);
  return { classes, indices: target.codes.map((code) => indexOfCode[code]!) };
}

function sortLabels(labels: string[]): string[] {
  const numeric = labels.every((label) => label.trim() !== '' && Number.isFinite(Number(label)));
  return labels.sort((a, b) => (numeric && Number(a) !== Number(b) ? Number(a) - Number(b) : a < b ? -1 : 1));
}
