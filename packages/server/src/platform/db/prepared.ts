import type pg from 'pg';

/** Seen this often in a connection, a statement is worth keeping. */
const timesBefore = 3;
/** Kept per connection. What is rarer than that is parsed anew. */
const mostKept = 200;
/** Beyond these nobody will ask the same again. */
const longestText = 20_000;

/**
 * Written into a statement whose plan depends on its values, so that it is planned for them each time. The plan that is
 * kept for any value sorts all rows of one that many share.
 */
export const plannedAnew = '/* planned anew */';

/**
 * Lets PostgreSQL keep the statements that a connection sends again and again: parsing and planning one costs more than
 * running most of them. Statements that answer `*` are left alone: after a migration by a newer server they would fail.
 */
export const keepStatements = (client: pg.ClientBase): void => {
  const names = new Map<string, string>();
  const seen = new Map<string, number>();
  let kept = 0;
  const nameOf = (text: string): string | null => {
    const known = names.get(text);
    if (known !== undefined) return known;
    if (text.includes(plannedAnew)) return null;
    if (kept >= mostKept || text.length > longestText || /(select|returning|\.|,) ?\*/i.test(text)) return null;
    const times = (seen.get(text) ?? 0) + 1;
    if (times < timesBefore) {
      if (seen.size > 10 * mostKept) seen.clear();
      seen.set(text, times);
      return null;
    }
    seen.delete(text);
    const name = `millwright_${++kept}`;
    names.set(text, name);
    return name;
  };
  const query = client.query.bind(client) as (...given: unknown[]) => unknown;
  const named = (text: unknown, values: unknown, ...rest: unknown[]): unknown => {
    const name = typeof text === 'string' && Array.isArray(values) ? nameOf(text) : null;
    return name === null ? query(text, values, ...rest) : query({ name, text, values }, ...rest);
  };
  client.query = named as typeof client.query;
};
