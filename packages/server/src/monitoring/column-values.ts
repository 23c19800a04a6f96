import type { ColumnKind } from '@millwright/stats';

/** One column of a sample. A missing number is NaN, a missing category null. */
export type ColumnValues = { kind: 'number'; values: Float64Array } | { kind: 'category'; values: (string | null)[] };

/** A column of the model as monitoring reads it. */
export interface FeatureColumn {
  name: string;
  kind: ColumnKind;
}

/** Feature columns of a signature: text is a category, everything else a number. */
export const featureColumns = (signature: { inputs: readonly { name: string; datatype: string }[] }): FeatureColumn[] =>
  signature.inputs.map(({ name, datatype }) => ({ name, kind: datatype === 'BYTES' ? 'category' : 'number' }));

const toNumber = (value: string | null): number => {
  if (value === null || value.trim() === '') return Number.NaN;
  if (value === 'true') return 1;
  if (value === 'false') return 0;
  return Number(value);
};

/** The values as the kind the model takes; without values, all missing. An empty text is a missing category. */
export function asKind(column: ColumnValues | undefined, kind: ColumnKind, rows: number): ColumnValues {
  if (kind === 'number') {
    if (column === undefined) return { kind, values: new Float64Array(rows).fill(Number.NaN) };
    return column.kind === 'number' ? column : { kind, values: Float64Array.from(column.values, toNumber) };
  }
  if (column === undefined) return { kind, values: new Array<string | null>(rows).fill(null) };
  const values =
    column.kind === 'category'
      ? column.values.map((value) => (value === '' ? null : value))
      : Array.from(column.values, (value) => (Number.isNaN(value) ? null : String(value)));
  return { kind, values };
}

export const sizeOf = (column: ColumnValues): number => column.values.length;

/** Infinities count as missing, as the drift tests count them. */
export function missingOf(column: ColumnValues): number {
  let missing = 0;
  if (column.kind === 'number') for (const value of column.values) missing += Number.isFinite(value) ? 0 : 1;
  else for (const value of column.values) missing += value === null ? 1 : 0;
  return missing;
}
