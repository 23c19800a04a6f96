import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { fail } from '#platform/errors';

/** A row of somebody else's database; which columns there are may depend on its version. */
export type ForeignRow = Record<string, string | number | boolean | null>;
type Value = string | number;

/** A database of another program, read only: as it was when it was opened (PostgreSQL), or as it is (SQLite). */
export interface ForeignDatabase {
  rows(table: string, where?: Readonly<Record<string, Value>>, orderBy?: string): Promise<ForeignRow[]>;
  /** The same in parts, for what may not fit in memory. */
  pages(table: string, where: Readonly<Record<string, Value>>, size: number): AsyncIterable<ForeignRow[]>;
  hasTable(table: string): Promise<boolean>;
  close(): Promise<void>;
}

const selectOf = (
  table: string,
  where: Readonly<Record<string, Value>>,
  orderBy: string | undefined,
  placeholder: (index: number) => string,
): string => {
  const names = Object.keys(where);
  const conditions = names.map((name, index) => `"${name}" = ${placeholder(index + 1)}`);
  return `select * from "${table}"${conditions.length > 0 ? ` where ${conditions.join(' and ')}` : ''}${orderBy ? ` order by ${orderBy}` : ''}`;
};

export const openForeignSqlite = (path: string): ForeignDatabase => {
  if (!existsSync(path)) fail('INVALID_INPUT', `There is no file ${path}.`);
  const connection = new DatabaseSync(path, { readOnly: true, timeout: 10_000 });
  const text = (table: string, where: Readonly<Record<string, Value>> = {}, orderBy?: string) =>
    selectOf(table, where, orderBy, () => '?');
  return {
    rows: async (table, where = {}, orderBy) =>
      connection.prepare(text(table, where, orderBy)).all(...Object.values(where)) as ForeignRow[],
    async *pages(table, where, size) {
      let page: ForeignRow[] = [];
      for (const row of connection.prepare(text(table, where)).iterate(...Object.values(where))) {
        page.push(row as ForeignRow);
        if (page.length < size) continue;
        yield page;
        page = [];
      }
      if (page.length > 0) yield page;
    },
    hasTable: async (table) =>
      connection.prepare("select 1 from sqlite_master where type = 'table' and name = ?").get(table) !== undefined,
    close: async () => connection.close(),
  };
};

export const openForeignPostgres = async (url: string): Promise<ForeignDatabase> => {
  const { default: pg } = await import('pg');
  // Times and steps of eight bytes arrive as text; whoever reads them expects numbers.
  const types = {
    getTypeParser: (oid: number, format?: 'text' | 'binary') =>
      oid === 20 ? Number : pg.types.getTypeParser(oid, format as never),
  };
  const client = new pg.Client({ connectionString: url, types: types as never, application_name: 'millwright import' });
  await client.connect();
  await client.query('begin isolation level repeatable read read only');
  const text = (table: string, where: Readonly<Record<string, Value>>, orderBy?: string) =>
    selectOf(table, where, orderBy, (index) => `$${index}`);
  let cursors = 0;
  return {
    rows: async (table, where = {}, orderBy) =>
      (await client.query<ForeignRow>(text(table, where, orderBy), Object.values(where))).rows,
    async *pages(table, where, size) {
      const cursor = `part_${++cursors}`;
      await client.query(`declare ${cursor} no scroll cursor for ${text(table, where)}`, Object.values(where));
      for (;;) {
        const { rows } = await client.query<ForeignRow>(`fetch ${size} from ${cursor}`);
        if (rows.length > 0) yield rows;
        if (rows.length < size) break;
      }
      await client.query(`close ${cursor}`);
    },
    hasTable: async (table) =>
      (await client.query('select to_regclass($1) is not null as found', [table])).rows[0]?.found === true,
    close: () => client.end(),
  };
};
