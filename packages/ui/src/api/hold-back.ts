/**
 * Splits rows (newest first) into those to show and the number of those that arrived above the ones somebody is
 * reading. Rows below the last accepted one were asked for and are shown at once. With nothing accepted yet all are.
 */
export const holdBack = <Row>(
  rows: readonly Row[],
  accepted: ReadonlySet<string> | null,
  idOf: (row: Row) => string,
): { shown: readonly Row[]; waiting: number } => {
  if (accepted === null || accepted.size === 0) return { shown: rows, waiting: 0 };
  const lastAccepted = rows.findLastIndex((row) => accepted.has(idOf(row)));
  if (lastAccepted < 0) return { shown: rows, waiting: 0 };
  const shown = rows.filter((row, index) => index > lastAccepted || accepted.has(idOf(row)));
  return shown.length === rows.length ? { shown: rows, waiting: 0 } : { shown, waiting: rows.length - shown.length };
};
