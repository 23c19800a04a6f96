import { prepareReference } from '@millwright/stats';
import { asKind, type ColumnValues, type FeatureColumn } from '../column-values.ts';
import type { References } from '../drift.ts';

/** More rows make a window hardly better judged, and every window slower. */
export const referenceRowLimit = 5000;

/**
 * Which rows of the training data (in time order) to compare with: those the model was trained on, the newest of them.
 * `trained` null: nothing is known of the training, all rows count.
 */
export function referenceRange(
  rowCount: number,
  trained: { holdoutFrom: number; window: number | null } | null,
): { from: number; to: number } {
  const to = trained === null ? rowCount : Math.min(rowCount, trained.holdoutFrom);
  const learnedFrom = trained === null || trained.window === null ? 0 : to - trained.window;
  return { from: Math.max(0, learnedFrom, to - referenceRowLimit), to };
}

/** Sorts and counts each column once. Columns that the table lacks have no reference. */
export function prepareColumns(
  features: readonly FeatureColumn[],
  table: {
    rowCount: number;
    columns: readonly { name: string; type: string; values: Float64Array | (string | null)[] }[];
  },
): References {
  const prepared: [string, References[string]][] = [];
  if (table.rowCount === 0) return {};
  for (const { name, kind } of features) {
    const column = table.columns.find((candidate) => candidate.name === name);
    if (!column) continue;
    const values = (
      column.type === 'string' ? { kind: 'category', values: column.values } : { kind: 'number', values: column.values }
    ) as ColumnValues;
    prepared.push([name, prepareReference(asKind(values, kind, table.rowCount).values, kind)]);
  }
  return Object.fromEntries(prepared);
}
