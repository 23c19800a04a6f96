import { fail } from '#platform/errors';

/** A cursor is the sort key of the last row of a page: a page costs the same wherever it is. */
export const encodeCursor = (...key: (string | number)[]): string =>
  Buffer.from(JSON.stringify(key)).toString('base64url');

export const decodeCursor = (cursor: string | undefined): (string | number)[] | null => {
  if (cursor === undefined || cursor === '') return null;
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (
      Array.isArray(key) &&
      key.every((part) => typeof part === 'string' || (typeof part === 'number' && Number.isFinite(part)))
    )
      return key as (string | number)[];
  } catch {
    // Falls through to the refusal.
  }
  return fail('INVALID_CURSOR', 'The cursor is not one that this server gave out. Start again without it.');
};

/** Rows were read with `limit + 1`: the extra one only says that there is more. */
export const pageFrom = <Row, Item>(
  rows: Row[],
  limit: number,
  keyOf: (row: Row) => (string | number)[],
  toItem: (row: Row) => Item,
): { items: Item[]; nextCursor: string | null } => {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map(toItem),
    nextCursor: rows.length > limit && last !== undefined ? encodeCursor(...keyOf(last)) : null,
  };
};
