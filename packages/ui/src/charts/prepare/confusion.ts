import { formatCount, formatPercent } from '../../ui/format.ts';
import { type Described, capNote } from './chart.ts';

export interface PreparedConfusion extends Described {
  labels: readonly string[];
  /** `share` is that of its row: of all that are truly so, how many were called so. */
  cells: { truth: number; called: number; count: number; share: number; right: boolean }[];
}
const maxClasses = 20;

/** Rows are the truth, columns what the model said. */
export const prepareConfusion = (
  counts: readonly (readonly number[])[],
  labels: readonly string[],
): PreparedConfusion => {
  const shown = Math.min(labels.length, maxClasses);
  const cells = counts.slice(0, shown).flatMap((row, truth) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    return row.slice(0, shown).map((count, called) => ({
      truth,
      called,
      count,
      share: total > 0 ? count / total : 0,
      right: truth === called,
    }));
  });
  const all = counts.flat().reduce((sum, count) => sum + count, 0);
  const right = counts.reduce((sum, row, index) => sum + (row[index] ?? 0), 0);
  return {
    labels: labels.slice(0, shown),
    cells,
    note: capNote(shown, labels.length, 'classes'),
    sentence: `${formatCount(right)} of ${formatCount(all)} are right (${formatPercent(all > 0 ? right / all : null)}).`,
    table: {
      head: ['Truth', ...labels.slice(0, shown).map((label) => `called ${label}`)],
      rows: counts.slice(0, shown).map((row, index) => [labels[index] ?? '', ...row.slice(0, shown).map(formatCount)]),
    },
  };
};
