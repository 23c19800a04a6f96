import type { ColumnData } from '#platform/tables';
import type { CaptureLine } from './capture-line.ts';

/** An input of captured rows and the column of the file that holds it. `empty`: every value was missing. */
export interface CapturedColumn {
  name: string;
  kind: 'number' | 'category' | 'empty';
  column: string;
}

/** Columns of every part, beside those of its inputs. */
export const partColumns = [
  'prediction_id',
  'at',
  'model_version_id',
  'model_version',
  'variant',
  'forced',
  'unit',
  'failure',
  'predicted_label',
  'predicted_value',
  'probabilities',
] as const;

/** The column of an input; DuckDB takes names that differ only in case for the same. */
export const inputColumn = (name: string, taken: Set<string>): string => {
  let column = `input.${name}`;
  while (taken.has(column.toLowerCase())) column += '_';
  taken.add(column.toLowerCase());
  return column;
};

type Value = number | string | null;

/** Gathers the rows of one endpoint into the columns of a Parquet file. */
export class PartBuilder {
  readonly #lines: CaptureLine[] = [];
  readonly #inputs = new Map<string, Value[]>();

  get rows(): number {
    return this.#lines.length;
  }

  add(line: CaptureLine): void {
    const row = this.#lines.push(line) - 1;
    for (const [name, value] of Object.entries(line.i)) {
      let values = this.#inputs.get(name);
      if (!values) this.#inputs.set(name, (values = []));
      while (values.length < row) values.push(null);
      values.push(value);
    }
  }

  finish(): { columns: ColumnData[]; inputs: CapturedColumn[] } {
    const lines = this.#lines;
    const text = (name: string, of: (line: CaptureLine) => string | null): ColumnData => ({
      name,
      type: 'string',
      values: lines.map(of),
    });
    const number = (
      name: string,
      type: 'number' | 'integer' | 'boolean' | 'timestamp',
      of: (line: CaptureLine, row: number) => number,
    ): ColumnData => ({ name, type, values: Float64Array.from(lines, of) });
    const columns = [
      number('row_in_part', 'integer', (_, row) => row),
      text('prediction_id', (line) => line.p),
      number('at', 'timestamp', (line) => line.t),
      text('model_version_id', (line) => line.v),
      number('model_version', 'integer', (line) => line.n),
      text('variant', (line) => (line.c === 1 ? 'challenger' : 'champion')),
      number('forced', 'boolean', (line) => line.o),
      text('unit', (line) => line.u),
      text('failure', (line) => line.f ?? null),
      text('predicted_label', (line) => line.l ?? null),
      number('predicted_value', 'number', (line) => line.y ?? Number.NaN),
      text('probabilities', (line) => (line.q ? JSON.stringify(line.q) : null)),
    ];
    const inputs: CapturedColumn[] = [];
    const taken = new Set<string>();
    for (const [name, values] of this.#inputs) {
      while (values.length < lines.length) values.push(null);
      const column = inputColumn(name, taken);
      const kind = kindOf(values);
      inputs.push({ name, kind, column });
      columns.push(
        kind === 'category'
          ? { name: column, type: 'string', values: values.map((value) => (value === null ? null : String(value))) }
          : {
              name: column,
              type: 'number',
              values: Float64Array.from(values, (value) => (value === null ? Number.NaN : Number(value))),
            },
      );
    }
    return { columns, inputs };
  }
}

const kindOf = (values: readonly Value[]): CapturedColumn['kind'] => {
  if (values.some((value) => typeof value === 'string')) return 'category';
  return values.every((value) => value === null) ? 'empty' : 'number';
};
