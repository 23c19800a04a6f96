import type { Column } from '@millwright/contract';
import type { ColumnData } from '#platform/tables';
import type { CapturedInput, CapturedRows } from '../capture/captured-rows.ts';

export interface SnapshotLayout {
  columns: readonly Column[];
  target: string;
  timeColumn: string | null;
}

interface Picked {
  rows: CapturedRows;
  row: number;
  time: number;
}

/** A label as a value of the target column; undefined where it is none. */
const labelValue = (label: string, type: Column['type']): number | string | undefined => {
  if (type === 'string') return label;
  if (type === 'boolean')
    return label === 'true' || label === '1' ? 1 : label === 'false' || label === '0' ? 0 : undefined;
  const value = label.trim() === '' ? Number.NaN : Number(label);
  return Number.isFinite(value) && (type === 'number' || Number.isInteger(value)) ? value : undefined;
};

const inputValue = (input: CapturedInput, row: number, type: Column['type']): number | string | null => {
  const value = input.values[row] ?? null;
  if (type === 'string')
    return value === null || (typeof value === 'number' && Number.isNaN(value)) ? null : String(value);
  if (typeof value === 'number') return value;
  if (type === 'boolean') return value === 'true' ? 1 : value === 'false' ? 0 : Number.NaN;
  return value === null || value.trim() === '' ? Number.NaN : Number(value);
};

const timeOf = (rows: CapturedRows, row: number, timeColumn: string | null): number => {
  const given = timeColumn === null ? undefined : rows.inputs[timeColumn];
  const value = given?.kind === 'number' ? (given.values[row] as number) : Number.NaN;
  return Number.isNaN(value) ? (rows.at[row] as number) : value;
};

/** Labelled predictions that did not fail, in the order of time, as columns of a data set. */
export const labelledColumns = (
  windows: readonly CapturedRows[],
  layout: SnapshotLayout,
  maxRows: number,
): { columns: ColumnData[]; rows: number } => {
  const targetType = layout.columns.find(({ name }) => name === layout.target)?.type ?? 'string';
  const picked: Picked[] = [];
  for (const rows of windows)
    for (let row = 0; row < rows.rows; row++) {
      const label = rows.label[row];
      if (rows.failed[row] || label == null || labelValue(label, targetType) === undefined) continue;
      picked.push({ rows, row, time: timeOf(rows, row, layout.timeColumn) });
    }
  picked.sort((a, b) => a.time - b.time || (a.rows.rowIndex[a.row] as number) - (b.rows.rowIndex[b.row] as number));
  const newest = picked.slice(-maxRows);
  const columns = layout.columns.map(({ name, type }): ColumnData => {
    const valueOf = ({ rows, row, time }: Picked): number | string | null => {
      if (name === layout.target) return labelValue(rows.label[row] as string, type) ?? null;
      if (name === layout.timeColumn) return type === 'string' ? new Date(time).toISOString() : time;
      const input = rows.inputs[name];
      return input ? inputValue(input, row, type) : null;
    };
    if (type === 'string') return { name, type, values: newest.map((one) => valueOf(one) as string | null) };
    return { name, type, values: Float64Array.from(newest, (one) => (valueOf(one) as number | null) ?? Number.NaN) };
  });
  return { columns, rows: newest.length };
};

/** How many rows can be learnt from. */
export const countLabelled = (rows: CapturedRows): number =>
  rows.label.reduce((count, label, row) => (label !== null && !rows.failed[row] ? count + 1 : count), 0);
