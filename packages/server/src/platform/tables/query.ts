import type { DuckDBConnection, DuckDBDataChunk, DuckDBType, DuckDBVector } from '@duckdb/node-api';
import type { ColumnType } from './column.ts';
import { columnTypeOf, type PlainValue, plainValue } from './plain-values.ts';
import { bind, createViews, type Parameters, type Relations } from './relations.ts';

export interface Query {
  relations?: Relations;
  params?: Parameters;
  signal?: AbortSignal;
}

export type Row = Record<string, PlainValue>;

/** Numbers, integers, booleans (0 and 1) and timestamps (epoch ms) as doubles with NaN for missing; strings with null. */
export type ColumnData =
  | { name: string; type: 'number' | 'integer' | 'boolean' | 'timestamp'; values: Float64Array }
  | { name: string; type: 'string'; values: (string | null)[] };

export interface ColumnarTable {
  rowCount: number;
  columns: ColumnData[];
}

export async function queryRows(connection: DuckDBConnection, sql: string, query: Query): Promise<Row[]> {
  const rows: Row[] = [];
  await forEachChunk(connection, sql, query, (chunk, names) => {
    const columns = names.map((name, index) => ({ name, vector: chunk.getColumnVector(index) }));
    for (let row = 0; row < chunk.rowCount; row++) {
      rows.push(Object.fromEntries(columns.map(({ name, vector }) => [name, plainValue(vector.getItem(row))])));
    }
  });
  return rows;
}

export async function queryColumns(connection: DuckDBConnection, sql: string, query: Query): Promise<ColumnarTable> {
  let collectors: Collector[] = [];
  let rowCount = 0;
  const begin = (names: string[], types: DuckDBType[]) => {
    collectors = names.map((name, index) => {
      const type = columnTypeOf(String(types[index]));
      if (!type) throw new TypeError(`Column ${name} has the type ${types[index]}, which is no column of a table`);
      return new Collector(name, type);
    });
  };
  const take = (chunk: DuckDBDataChunk) => {
    rowCount += chunk.rowCount;
    collectors.forEach((collector, index) => {
      collector.take(chunk.getColumnVector(index));
    });
  };
  await forEachChunk(connection, sql, query, take, begin);
  return { rowCount, columns: collectors.map((collector) => collector.finish(rowCount)) };
}

/** Gathers one column of all chunks; the number of rows is known only at the end. */
class Collector {
  readonly #name: string;
  readonly #type: ColumnType;
  readonly #parts: Float64Array[] = [];
  readonly #strings: (string | null)[] = [];

  constructor(name: string, type: ColumnType) {
    this.#name = name;
    this.#type = type;
  }

  take(vector: DuckDBVector): void {
    if (this.#type === 'string') {
      for (let row = 0; row < vector.itemCount; row++)
        this.#strings.push(plainValue(vector.getItem(row)) as string | null);
      return;
    }
    const part = new Float64Array(vector.itemCount);
    for (let row = 0; row < part.length; row++) {
      const value = vector.getItem(row);
      if (typeof value === 'number') part[row] = value;
      else part[row] = value === null ? Number.NaN : Number(plainValue(value));
    }
    this.#parts.push(part);
  }

  finish(rowCount: number): ColumnData {
    if (this.#type === 'string') return { name: this.#name, type: 'string', values: this.#strings };
    const values = new Float64Array(rowCount);
    let at = 0;
    for (const part of this.#parts) {
      values.set(part, at);
      at += part.length;
    }
    return { name: this.#name, type: this.#type, values };
  }
}

async function forEachChunk(
  connection: DuckDBConnection,
  sql: string,
  query: Query,
  take: (chunk: DuckDBDataChunk, names: string[]) => void,
  begin?: (names: string[], types: DuckDBType[]) => void,
): Promise<void> {
  await createViews(connection, query.relations ?? {});
  const { values, types } = await bind(query.params ?? {});
  const result = await connection.stream(sql, values, types);
  const names = result.deduplicatedColumnNames();
  begin?.(names, result.columnTypes());
  for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    take(chunk, names);
  }
}
