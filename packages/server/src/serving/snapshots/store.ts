import type { Column } from '@millwright/contract';
import { type Tables, identifier } from '#platform/tables';

/** The newest `baseRows` rows of the base version, then the captured ones, in the columns given. Order and bytes follow from the input. */
export const writeSnapshot = (
  engine: Tables,
  source: {
    columns: readonly Column[];
    base: { path: string; columns: readonly Column[]; skipRows: number } | null;
    capturedPath: string;
    outPath: string;
  },
): Promise<{ rowCount: number }> => {
  const names = source.columns.map(({ name }) => identifier(name)).join(', ');
  const { base } = source;
  if (!base)
    return engine.writeQuery(`SELECT ${names} FROM captured`, {
      relations: { captured: [source.capturedPath] },
      outPath: source.outPath,
    });
  const present = new Set(base.columns.map(({ name }) => name));
  const fromBase = source.columns
    .map(({ name }) => (present.has(name) ? identifier(name) : `NULL AS ${identifier(name)}`))
    .join(', ');
  return engine.writeQuery(
    `SELECT * FROM (SELECT ${fromBase} FROM base OFFSET ${Math.floor(base.skipRows)}) UNION ALL SELECT ${names} FROM captured`,
    {
      relations: { base: [base.path], captured: [source.capturedPath] },
      outPath: source.outPath,
    },
  );
};
