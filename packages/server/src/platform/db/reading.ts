import { DatabaseSync } from 'node:sqlite';
import type { ForeignRow } from './foreign.ts';
import type { SnapshotSource } from './snapshot.ts';

/** All questions are answered from the database as it was when this was opened. */
export interface Reading {
  /** `$1`, `$2` ... stand for the parameters. */
  pages(sql: string, params: readonly (string | number)[], size: number): AsyncIterable<ForeignRow[]>;
  close(): Promise<void>;
}

export const openReading = (source: SnapshotSource): Promise<Reading> =>
  source.kind === 'sqlite' ? openSqliteReading(source.file) : openPostgresReading(source.url);

const openSqliteReading = async (file: string): Promise<Reading> => {
  const connection = new DatabaseSync(file, { readOnly: true, timeout: 10_000 });
  connection.exec('begin');
  // The first read fixes what is seen.
  connection.prepare('select count(*) from sqlite_master').get();
  return {
    async *pages(sql, params, size) {
      const statement = connection.prepare(sql.replace(/\$(\d+)/g, '?$1'));
      let page: ForeignRow[] = [];
      for (const row of statement.iterate(...params)) {
        page.push(row as ForeignRow);
        if (page.length < size) continue;
        yield page;
        page = [];
      }
      if (page.length > 0) yield page;
    },
    close: async () => connection.close(),
  };
};

const openPostgresReading = async (url: string): Promise<Reading> => {
  const { default: pg } = await import('pg');
  const types = {
    getTypeParser: (oid: number, format?: 'text' | 'binary') =>
      oid === 20 ? Number : pg.types.getTypeParser(oid, format as never),
  };
  const client = new pg.Client({
    connectionString: url,
    types: types as never,
    application_name: 'millwright snapshot',
  });
  await client.connect();
  await client.query('begin isolation level repeatable read read only');
  await client.query('select 1');
  let cursors = 0;
  return {
    async *pages(sql, params, size) {
      const cursor = `part_${++cursors}`;
      await client.query(`declare ${cursor} no scroll cursor for ${sql}`, [...params]);
      for (;;) {
        const { rows } = await client.query<ForeignRow>(`fetch ${size} from ${cursor}`);
        if (rows.length > 0) yield rows;
        if (rows.length < size) break;
      }
      await client.query(`close ${cursor}`);
    },
    close: () => client.end(),
  };
};
