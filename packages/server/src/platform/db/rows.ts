import { CompiledQuery, type RawBuilder } from 'kysely';
import { executeEach } from './each.ts';
import { type Db, kindOf, sql } from './index.ts';

export type ColumnKind = 'text' | 'integer' | 'number';
export type Columns<Name extends string> = Readonly<Record<Name, ColumnKind>>;
export type RowOf<Name extends string> = Readonly<Record<Name, string | number | null>>;

const typeNames = { text: 'text', integer: 'bigint', number: 'double precision' } as const;
const namesOf = <Name extends string>(columns: Columns<Name>) => Object.keys(columns) as Name[];

/**
 * Many rows by one statement that is the same however many they are. PostgreSQL is sent one document: thousands of
 * parameters cost more on both ends than the insert itself. SQLite has no round trips and is given one after the other.
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

const asRows = <Name extends string>(columns: Columns<Name>, rows: readonly RowOf<Name>[]): RawBuilder<unknown> => {
  const names = namesOf(columns);
  const fields = names.map((name) => `${name} ${typeNames[columns[name]]}`).join(', ');
  return sql`select * from json_to_recordset(${documentOf(names, rows)}::json) as given(${sql.raw(fields)})`;
};

const documentOf = <Name extends string>(names: readonly Name[], rows: readonly RowOf<Name>[]): string => {
  const heads = names.map((name, index) => `${index === 0 ? '{' : ','}"${name}":`);
  let text = '';
  for (const row of rows) {
    text += text === '' ? '[' : ',';
    for (const [index, name] of names.entries()) {
      const value: string | number | null = row[name];
      // Half of a pair is no text that JSON can say; as a parameter, too, it would become the replacement character.
      text += `${heads[index]}${typeof value === 'string' ? JSON.stringify(value.toWellFormed()) : value}`;
    }
    text += '}';
  }
  return `${text}]`;
};
