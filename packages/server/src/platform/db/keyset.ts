import { type RawBuilder, sql } from 'kysely';
import { fail } from '#platform/errors';

type Sql = RawBuilder<unknown>;

/** A part of an order. Never null: what may be missing is told by a term of its own that comes before. */
export interface OrderTerm {
  sql: Sql;
  descending: boolean;
}

/** What a row has for each term of its order, where `termColumns` were selected. */
export type TermRow = Record<`term_${number}`, string | number>;

export const orderBy = (terms: readonly OrderTerm[]): Sql =>
  sql.join(terms.map((term) => (term.descending ? sql`${term.sql} desc` : term.sql)));

/** Rows that come after the one with these values: a page costs the same wherever it is. Errors: INVALID_CURSOR. */
export const isAfter = (terms: readonly OrderTerm[], key: readonly (string | number)[]): RawBuilder<boolean> => {
  if (key.length !== terms.length)
    return fail('INVALID_CURSOR', 'The cursor belongs to another order. Start again without it.');
  const alternatives = terms.map((term, index) => {
    const same = terms.slice(0, index).map((before, at) => sql`${before.sql} = ${key[at]}`);
    const beyond = term.descending ? sql`${term.sql} < ${key[index]}` : sql`${term.sql} > ${key[index]}`;
    return sql`(${sql.join([...same, beyond], sql` and `)})`;
  });
  // An index is entered at a bound on its first column; it is not at alternatives.
  const [first] = terms as [OrderTerm];
  const bound = first.descending ? sql`${first.sql} <= ${key[0]}` : sql`${first.sql} >= ${key[0]}`;
  return sql<boolean>`(${bound} and (${sql.join(alternatives, sql` or `)}))`;
};

/** The terms as columns, where a row does not say by itself what they are. */
export const termColumns = (terms: readonly OrderTerm[]): Sql =>
  sql.join(terms.map((term, index) => sql`${term.sql} as ${sql.ref(`term_${index}`)}`));

export const termValues = (terms: readonly OrderTerm[], row: TermRow): (string | number)[] =>
  terms.map((_term, index) => row[`term_${index}`] as string | number);
