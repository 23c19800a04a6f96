import { TrainingError } from './training-error.ts';

/** NaN is a missing value; so is an infinity, which no linear model can use. */
export interface NumberColumn {
  kind: 'number';
  values: Float64Array;
}

/** `codes[row]` indexes `levels`; -1 is a missing value. A level of '' counts as missing too (ONNX strings have no null). */
export interface CategoryColumn {
  kind: 'category';
  codes: Int32Array;
  levels: string[];
}

export type TableColumn = NumberColumn | CategoryColumn;

/** Columnar input of every trainer; all columns are `rowCount` long. */
export interface TrainingTable {
  rowCount: number;
  columns: Record<string, TableColumn>;
}

/** A column to read. Without `kind`, a column holding any string is a category, every other one is a number. */
export interface ColumnRequest {
  name: string;
  kind?: TableColumn['kind'];
}

/**
 * Builds a table from row-major values (number, bigint, boolean, string, null, undefined).
 * Booleans in number columns become 0 and 1. Throws `value-unsupported` naming column and row (counted from 1) otherwise.
 */
export function tableFromRows(columns: readonly ColumnRequest[], rows: readonly (readonly unknown[])[]): TrainingTable {
  const entries = columns.map(({ name, kind }, index): [string, TableColumn] => {
    const resolved = kind ?? inferKind(rows, index);
    const column = resolved === 'number' ? numbersAt(name, index, rows) : categoriesAt(name, index, rows);
    return [name, column];
  });
  return { rowCount: rows.length, columns: Object.fromEntries(entries) };
}

/** Rows `start` (inclusive) to `end` (exclusive) as views on the same memory; category levels are shared. */
export function sliceTable(table: TrainingTable, start: number, end: number): TrainingTable {
  const from = Math.min(Math.max(start, 0), table.rowCount);
  const to = Math.min(Math.max(end, from), table.rowCount);
  return mapColumns(table, to - from, (column) => sliceColumn(column, from, to));
}

export function sliceColumn<C extends TableColumn>(column: C, start: number, end: number): C {
  return column.kind === 'number'
    ? { ...column, values: column.values.subarray(start, end) }
    : { ...column, codes: column.codes.subarray(start, end) };
}

/** The given rows, in the given order, as a copy; category levels are shared. */
export function selectRows(table: TrainingTable, rowIndices: Int32Array): TrainingTable {
  return mapColumns(table, rowIndices.length, (column) => selectColumn(column, rowIndices));
}

export function selectColumn<C extends TableColumn>(column: C, rowIndices: Int32Array): C {
  return column.kind === 'number'
    ? { ...column, values: Float64Array.from(rowIndices, (row) => column.values[row]!) }
    : { ...column, codes: rowIndices.map((row) => column.codes[row]!) };
}

/** The column called `name`. Throws `feature-missing`, or `feature-kind` when the table holds it as another kind. */
export function columnOf<K extends TableColumn['kind']>(
  table: TrainingTable,
  name: string,
  kind: K,
): Extract<TableColumn, { kind: K }> {
  const column = anyColumnOf(table, name);
  if (column.kind !== kind) {
    throw new TrainingError(
      'feature-kind',
      `Feature "${name}" must be a ${kind} column, but it is a ${column.kind} one.`,
    );
  }
  return column as Extract<TableColumn, { kind: K }>;
}

export function anyColumnOf(table: TrainingTable, name: string): TableColumn {
  const column = Object.hasOwn(table.columns, name) ? table.columns[name] : undefined;
  if (!column) throw new TrainingError('feature-missing', `Feature "${name}" is not a column of the table.`);
  return column;
}

/** Codes strings in order of first appearance; null and '' are missing. */
export function categoryColumn(values: readonly (string | null)[]): CategoryColumn {
  const codeOf = new Map<string, number>();
  const levels: string[] = [];
  const codes = Int32Array.from(values, (value) => {
    if (value === null || value === '') return -1;
    let code = codeOf.get(value);
    if (code === undefined) {
      code = levels.push(value) - 1;
      codeOf.set(value, code);
    }
    return code;
  });
  return { kind: 'category', codes, levels };
}

function mapColumns(
  table: TrainingTable,
  rowCount: number,
  change: (column: TableColumn) => TableColumn,
): TrainingTable {
  const entries = Object.entries(table.columns).map(([name, column]): [string, TableColumn] => [name, change(column)]);
  return { rowCount, columns: Object.fromEntries(entries) };
}

function inferKind(rows: readonly (readonly unknown[])[], index: number): TableColumn['kind'] {
  return rows.some((row) => typeof row[index] === 'string') ? 'category' : 'number';
}

function numbersAt(name: string, index: number, rows: readonly (readonly unknown[])[]): NumberColumn {
  const values = new Float64Array(rows.length);
  for (let row = 0; row < rows.length; row++) values[row] = numberOf(rows[row]![index], name, row);
  return { kind: 'number', values };
}

export function numberOf(value: unknown, name: string, row: number): number {
  switch (typeof value) {
    case 'number':
      return value;
    case 'bigint':
    case 'boolean':
      return Number(value);
    default:
      if (value === null || value === undefined) return Number.NaN;
      throw unsupported(name, row, value, 'a number');
  }
}

function categoriesAt(name: string, index: number, rows: readonly (readonly unknown[])[]): CategoryColumn {
  return categoryColumn(rows.map((row, rowIndex) => textOf(row[index], name, rowIndex)));
}

export function textOf(value: unknown, name: string, row: number): string | null {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
      return Number.isNaN(value) ? null : String(value);
    case 'bigint':
    case 'boolean':
      return String(value);
    default:
      if (value === null || value === undefined) return null;
      throw unsupported(name, row, value, 'a category');
  }
}

function unsupported(name: string, row: number, value: unknown, wanted: string): TrainingError {
  const found = typeof value === 'string' ? `the text "${value.slice(0, 40)}"` : `a value of type ${typeof value}`;
  return new TrainingError(
    'value-unsupported',
    `Column "${name}", row ${row + 1}: ${found} cannot be used as ${wanted}.`,
  );
}
