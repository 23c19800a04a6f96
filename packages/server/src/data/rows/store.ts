import type { Column } from '@millwright/contract';
import { identifier, type Tables } from '#platform/tables';

/** Rows in the order of the file, each in the order of the columns. */
export const readRows = async (
  tables: Tables,
  path: string,
  columns: readonly Column[],
  window: { offset: number; limit: number },
): Promise<unknown[][]> => {
  const names = columns.map(({ name }) => identifier(name)).join(', ');
  const sql = `SELECT ${names} FROM version LIMIT $limit OFFSET $offset`;
  const rows = await tables.rows(sql, { relations: { version: [path] }, params: { ...window } });
  // JSON has no bigint, and a number would not hold it.
  const plain = (value: unknown) => (typeof value === 'bigint' ? String(value) : value);
  return rows.map((row) => columns.map(({ name }) => plain(row[name])));
};
