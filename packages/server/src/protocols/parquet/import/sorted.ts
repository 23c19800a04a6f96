import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createTables, identifier, literal, readParquet, type Row, type Tables } from '#platform/tables';

const memoryLimitBytes = 600_000_000;

export interface SortedTable {
  /** The rows of an owner in their order, a stretch at a time. */
  rowsOf(owner: string): AsyncIterable<Row[]>;
}

export interface Sorting {
  tables: Tables;
  /** A copy of a table with the rows of an owner one after the other, so that finding them reads little else. */
  sorted(name: string, options: SortOptions): Promise<SortedTable>;
  close(): Promise<void>;
}

export interface SortOptions {
  paths: readonly string[];
  /** The column that says whose a row is. */
  owner: string;
  /** Expressions in SQL by the name of what they answer. */
  columns: Readonly<Record<string, string>>;
  /** Columns after the owner. */
  thenBy: readonly string[];
  rowsPerPage: number;
}

/** Sorts tables of a folder into files of its own, which go with `close`. Neither holds more than a share of memory. */
export const openSorting = async (root: string, tempDir: string): Promise<Sorting> => {
  const work = await mkdtemp(join(tempDir, 'import-'));
  const tables = createTables({ tempDir: work, directories: [root, work], memoryLimitBytes, threads: 2 });
  return {
    tables,
    async sorted(name, { paths, owner, columns, thenBy, rowsPerPage }) {
      const path = join(work, `${name}.parquet`);
      const chosen = Object.entries(columns).map(([column, sql]) => `${sql} AS ${identifier(column)}`);
      const order = [owner, ...thenBy].map(identifier).join(', ');
      if (paths.length > 0)
        await tables.writeQuery(
          `SELECT ${[identifier(owner), ...chosen].join(', ')} FROM ${readParquet(paths)} ORDER BY ${order}`,
          { outPath: path },
        );
      return {
        async *rowsOf(whose) {
          if (paths.length === 0) return;
          const source = `read_parquet(${literal(path)}, file_row_number = true)`;
          const params = { whose };
          const [span] = await tables.rows(
            `SELECT min(file_row_number) AS first, count(*) AS count FROM ${source} WHERE ${identifier(owner)} = $whose`,
            { params },
          );
          const [first, count] = [Number(span?.['first'] ?? 0), Number(span?.['count'] ?? 0)];
          for (let from = first; from < first + count; from += rowsPerPage)
            yield await tables.rows(
              `SELECT * FROM ${source} WHERE ${identifier(owner)} = $whose
               AND file_row_number >= ${from} AND file_row_number < ${from + rowsPerPage} ORDER BY file_row_number`,
              { params },
            );
        },
      };
    },
    async close() {
      await tables.close();
      await rm(work, { recursive: true, force: true });
    },
  };
};
