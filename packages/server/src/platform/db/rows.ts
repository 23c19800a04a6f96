import { CompiledQuery, type RawBuilder } from 'kysely';
import { executeEach } from './each.ts';
import { type Db, kindOf, sql } from './index.ts';

export type ColumnKind = 'text' | 'integer' | 'number';
export type Columns<Name extends string> = Readonly<Record<Name, ColumnKind>>;
export type RowOf<Name extends string> = Readonly<Record<Name, string | number | bigint | null>>;

const typeNames = { text: 'text', integer: 'bigint', number: 'double precision' } as const;
const namesOf = <Name extends string>(columns: Columns<Name>) => Object.keys(columns) as Name[];

/**
 * Many rows by one statement that is the same however many they are. PostgreSQL is sent a list per column: thousands
 * of parameters cost more on both ends than the insert itself. SQLite has no round trips and is given one after the other.
 *
 * `onConflict`: what follows the rows. `along`: a statement on which this one does not depend; PostgreSQL runs both in
 * one round trip.
 */
export const insertRows = async <Name extends string>(
  db: Db,
  table: string,
  columns: Columns<Name>,
  rows: readonly RowOf<Name>[],
  { onConflict = '', along }: { onConflict?: string; along?: RawBuilder<unknown> } = {},
): Promise<void> => {
  const names = namesOf(columns);
  const isSqlite = kindOf(db) === 'sqlite';
  if (along && (isSqlite || rows.length === 0)) await along.execute(db);
  if (rows.length === 0) return;
  const into = `insert into ${table} (${names.join(', ')})`;
  if (isSqlite) {
    const sets = rows.map((row) => names.map((name) => row[name]));
    return executeEach(db, `${into} values (${names.map(() => '?').join(', ')}) ${onConflict}`, sets);
  }
  const beside = along ? sql`with beside as (${along}) ` : sql``;
  await sql`${beside}${sql.raw(into)} ${asRows(columns, rows)} ${sql.raw(onConflict)}`.execute(db);
};

const rowsPerStatement = 100;

/** The same, and answers columns of what was inserted, in any order. */
export const insertAndAnswer = async <Name extends string, Answer>(
  db: Db,
  table: string,
  columns: Columns<Name>,
  rows: readonly RowOf<Name>[],
  answered: readonly (keyof Answer & string)[],
): Promise<Answer[]> => {
  if (rows.length === 0) return [];
  const names = namesOf(columns);
  const into = `insert into ${table} (${names.join(', ')})`;
  const returning = `returning ${answered.join(', ')}`;
  if (kindOf(db) === 'postgres')
    return (await sql<Answer>`${sql.raw(into)} ${asRows(columns, rows)} ${sql.raw(returning)}`.execute(db)).rows;
  const row = `(${names.map(() => '?').join(', ')})`;
  const made: Answer[] = [];
  for (let start = 0; start < rows.length; start += rowsPerStatement) {
    const part = rows.slice(start, start + rowsPerStatement);
    const text = `${into} values ${part.map(() => row).join(', ')} ${returning}`;
    const values = part.flatMap((one) => names.map((name) => one[name]));
    made.push(...(await db.executeQuery<Answer>(CompiledQuery.raw(text, values))).rows);
  }
  return made;
};

/** Rows that are given, for PostgreSQL: `select ... from` lists, whose columns have the names they have there. */
export const asRows = <Name extends string>(
  columns: Columns<Name>,
  rows: readonly RowOf<Name>[],
): RawBuilder<unknown> => {
  const names = namesOf(columns);
  const lists = names.map(
    (name) =>
      sql`${listOf(rows.map((row): string | number | bigint | null => row[name]))}::${sql.raw(typeNames[columns[name]])}[]`,
  );
  const fields = sql.raw(names.join(', '));
  return sql`select ${fields} from unnest(${sql.join(lists)}) as given(${fields})`;
};

/** A list as PostgreSQL reads it: one text, as thousands of parameters cost more on both ends than what is done with them. */
const listOf = (values: readonly (string | number | bigint | null)[]): string => {
  let text = '';
  for (const value of values) {
    text += text === '' ? '{' : ',';
    if (value === null) text += 'NULL';
    else text += typeof value === 'string' ? quoted(value) : value;
  }
  return text === '' ? '{}' : `${text}}`;
};

/** Half of a pair of surrogates becomes the replacement character, as in any text that PostgreSQL is sent. */
const quoted = (value: string): string => {
  const text = value.toWellFormed();
  return `"${/["\\]/.test(text) ? text.replaceAll(/["\\]/g, '\\$&') : text}"`;
};
