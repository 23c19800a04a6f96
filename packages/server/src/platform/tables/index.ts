import type { Column } from './column.ts';
import { type CsvSource, ingestCsv } from './csv-ingest.ts';
import { Engine } from './engine.ts';
import type { Ingestion } from './ingestion.ts';
import { ingestParquet, type ParquetSource } from './parquet-ingest.ts';
import { copyColumnsToParquet, copyNdjsonToParquet, copyToParquet } from './parquet-write.ts';
import { describeColumns, type Profile, profileParquet } from './profile.ts';
import { type ColumnarTable, type ColumnData, type Query, queryColumns, queryRows, type Row } from './query.ts';
import { bind, createViews, readParquet } from './relations.ts';

export type { Column, ColumnType } from './column.ts';
export { type ConfinedColumn, runConfined, type ShownValue } from './confined-query.ts';
export type { CsvSource } from './csv-ingest.ts';
export type { Ingestion, TableProblem } from './ingestion.ts';
export type { ParquetSource } from './parquet-ingest.ts';
export type { PlainValue } from './plain-values.ts';
export type { ColumnProfile, Profile } from './profile.ts';
export type { ColumnarTable, ColumnData, Query, Row } from './query.ts';
export { identifier, literal } from './quoting.ts';
export { type Parameter, type Parameters, readParquet, type Relations } from './relations.ts';

export interface TablesOptions {
  /** For what exceeds the memory. */
  tempDir: string;
  /** The only folders whose files can be read and written: where blobs and their temporary files lie. */
  directories: readonly string[];
  /** Split between reading and writing. */
  memoryLimitBytes: number;
  threads: number;
}

export interface WriteQuery extends Query {
  outPath: string;
}

/**
 * Tables as Parquet files, read by DuckDB. Paths come from `blobs.localPath` and `blobs.openTemp`; column names from outside
 * enter a statement through `identifier` only, values through `params`. Errors of every function: TABLE_UNREADABLE,
 * STORAGE_FULL, OVERLOADED (memory). An aborted `signal` interrupts the statement.
 */
export interface Tables {
  ingestCsv(source: CsvSource): Promise<Ingestion>;
  ingestParquet(source: ParquetSource): Promise<Ingestion>;
  schema(paths: readonly string[]): Promise<Column[]>;
  rowCount(paths: readonly string[]): Promise<number>;
  profile(paths: readonly string[]): Promise<Profile>;
  rows(sql: string, query?: Query): Promise<Row[]>;
  columns(sql: string, query?: Query): Promise<ColumnarTable>;
  /** Runs a query into a Parquet file (the same input gives the same bytes); give it an ORDER BY where order matters. */
  writeQuery(sql: string, query: WriteQuery): Promise<{ rowCount: number }>;
  writeColumns(columns: readonly ColumnData[], outPath: string): Promise<{ rowCount: number }>;
  ndjsonToParquet(source: { path: string; outPath: string; columns: readonly Column[] }): Promise<{ rowCount: number }>;
  close(): Promise<void>;
}

export function createTables(options: TablesOptions): Tables {
  const memoryLimitBytes = options.memoryLimitBytes / 2;
  const reader = new Engine({ ...options, memoryLimitBytes });
  // One thread: only then rows keep their order, and the same rows give the same bytes.
  const writer = new Engine({ ...options, memoryLimitBytes, threads: 1 });
  const counted = async (writing: Promise<number>) => ({ rowCount: await writing });
  return {
    ingestCsv: (source) => writer.use((connection) => ingestCsv(connection, source)),
    ingestParquet: (source) => writer.use((connection) => ingestParquet(connection, source)),
    schema: (paths) => reader.use((connection) => describeColumns(connection, readParquet(paths))),
    rowCount: (paths) =>
      reader.use(async (connection) => {
        const [row] = await queryRows(connection, `SELECT count(*) AS row_count FROM ${readParquet(paths)}`, {});
        return Number(row?.['row_count']);
      }),
    profile: (paths) => reader.use((connection) => profileParquet(connection, paths)),
    rows: (sql, query = {}) => reader.use((connection) => queryRows(connection, sql, query), query.signal),
    columns: (sql, query = {}) => reader.use((connection) => queryColumns(connection, sql, query), query.signal),
    writeQuery: (sql, query) =>
      writer.use(async (connection) => {
        await createViews(connection, query.relations ?? {});
        return counted(copyToParquet(connection, sql, query.outPath, await bind(query.params ?? {})));
      }, query.signal),
    writeColumns: (columns, outPath) =>
      writer.use((connection) => counted(copyColumnsToParquet(connection, columns, outPath))),
    ndjsonToParquet: (source) => writer.use((connection) => counted(copyNdjsonToParquet(connection, source))),
    close: async () => {
      await Promise.all([reader.close(), writer.close()]);
    },
  };
}
