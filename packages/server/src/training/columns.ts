import type { Column } from '@millwright/contract';
import type { ColumnData } from '#platform/tables';
import { categoryColumn, type TableColumn } from './table.ts';
import type { Task, TrainingTarget } from './target.ts';
import { TrainingError } from './training-error.ts';

/** What a trainer is given of a data set version. */
export interface ColumnPlan {
  features: string[];
  target: string;
  timeColumn: string | null;
}

/**
 * Features default to every column but target and time. A timestamp is no feature unless it is named: its value only
 * grows, so what was learnt from it never comes again. Throws TrainingError.
 */
export function planColumns(
  columns: readonly Column[],
  wanted: { target: string; timeColumn: string | null; features?: readonly string[] | undefined },
): ColumnPlan {
  const { target, timeColumn } = wanted;
  const typeOf = new Map(columns.map(({ name, type }) => [name, type]));
  const mustExist = (name: string, role: string): void => {
    if (typeOf.has(name)) return;
    const known = columns.map((column) => column.name).slice(0, 30);
    throw new TrainingError(
      'feature-missing',
      `The ${role} "${name}" is not a column; there are: ${known.join(', ')}.`,
    );
  };
  mustExist(target, 'target');
  if (timeColumn !== null) mustExist(timeColumn, 'time column');
  if (target === timeColumn)
    throw new TrainingError('target-kind', `"${target}" cannot be both target and time column.`);
  if (typeOf.get(target) === 'timestamp')
    throw new TrainingError('target-kind', `The target "${target}" is a timestamp; a label or a number is needed.`);
  if (wanted.features) {
    for (const name of wanted.features) {
      mustExist(name, 'feature');
      if (name === target) throw new TrainingError('feature-kind', `The target "${target}" cannot be a feature too.`);
    }
    return { features: [...wanted.features], target, timeColumn };
  }
  const features = columns.map(({ name }) => name).filter((name) => name !== target && name !== timeColumn);
  const timestamp = features.find((name) => typeOf.get(name) === 'timestamp');
  if (timestamp !== undefined)
    throw new TrainingError(
      'feature-kind',
      `"${timestamp}" is a timestamp, which makes a poor feature. Name it as the time column, or list the features to use (with it, when you mean it).`,
    );
  return { features, target, timeColumn };
}

export function tableColumn(column: ColumnData): TableColumn {
  return column.type === 'string' ? categoryColumn(column.values) : { kind: 'number', values: column.values };
}

/** Labels are texts (1 -> '1', true -> 'true'). Throws TrainingError when numbers are needed and the column holds text. */
export function targetOf(column: ColumnData, task: Task): TrainingTarget {
  if (task === 'regression') {
    if (column.type !== 'string') return { kind: 'number', values: column.values };
    throw new TrainingError('target-kind', `The target "${column.name}" holds text; regression needs numbers.`);
  }
  if (column.type === 'string') return categoryColumn(column.values);
  const textOf = column.type === 'boolean' ? (value: number) => String(value !== 0) : String;
  return categoryColumn(Array.from(column.values, (value) => (Number.isNaN(value) ? null : textOf(value))));
}

/**
 * Row numbers in ascending order of a column, equal ones as they were, missing ones first: what happened at no known
 * time must not count as newest. null: they are in this order already.
 */
export function orderBy(column: ColumnData): Int32Array | null {
  const { values } = column;
  const before = (a: number, b: number): number => {
    const [x, y] = [values[a]!, values[b]!];
    const [xMissing, yMissing] = [isMissing(x), isMissing(y)];
    if (xMissing || yMissing) return Number(yMissing) - Number(xMissing);
    return x < y ? -1 : x > y ? 1 : 0;
  };
  let sorted = true;
  for (let row = 1; sorted && row < values.length; row++) sorted = before(row - 1, row) <= 0;
  if (sorted) return null;
  return Int32Array.from({ length: values.length }, (_, row) => row).sort((a, b) => before(a, b) || a - b);
}

const isMissing = (value: string | number | null): boolean => value === null || Number.isNaN(value);
