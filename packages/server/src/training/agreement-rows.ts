import type { FittedModel } from './model.ts';
import { anyColumnOf } from './table.ts';
import type { TableColumn, TrainingTable } from './table.ts';

const maxSampledRows = 2_000;
/** Written with a private-use character, so it is no level of any real column. */
const unknownLevel = 'unknown level \u{F0000}';

/**
 * Rows on which a graph is compared with its trainer: up to 2,000 evenly spaced rows of `table`, one row with every
 * feature missing, and one with every category unknown and every number far outside anything seen.
 */
export function agreementRows(model: FittedModel, table: TrainingTable): TrainingTable {
  const sampled = Math.min(table.rowCount, maxSampledRows);
  const rows = Array.from({ length: sampled }, (_, index) => Math.floor((index * table.rowCount) / sampled));
  const entries = model.features.map(({ name }): [string, TableColumn] => [
    name,
    extended(anyColumnOf(table, name), rows),
  ]);
  return { rowCount: sampled + 2, columns: Object.fromEntries(entries) };
}

function extended(column: TableColumn, rows: readonly number[]): TableColumn {
  if (column.kind === 'number') {
    const values = rows.map((row) => column.values[row]!);
    return { kind: 'number', values: Float64Array.of(...values, Number.NaN, 1e30) };
  }
  const codes = rows.map((row) => column.codes[row]!);
  return {
    kind: 'category',
    codes: Int32Array.of(...codes, -1, column.levels.length),
    levels: [...column.levels, unknownLevel],
  };
}
