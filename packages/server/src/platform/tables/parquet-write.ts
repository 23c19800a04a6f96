import { rm } from 'node:fs/promises';
import type { DuckDBConnection } from '@duckdb/node-api';
import { type Column, sqlTypes } from './column.ts';
import { identifier, literal } from './quoting.ts';
import type { ColumnData } from './query.ts';

/** Runs a query into a Parquet file and answers the number of rows. A file that could not be finished is removed. */
export async function copyToParquet(
  connection: DuckDBConnection,
  sql: string,
  outPath: string,
  bound?: { values: Parameters<DuckDBConnection['run']>[1]; types: Parameters<DuckDBConnection['run']>[2] },
): Promise<number> {
  try {
    const copy = `COPY (${sql}) TO ${literal(outPath)} (FORMAT parquet, COMPRESSION zstd)`;
    const result = await connection.runAndReadAll(copy, bound?.values, bound?.types);
    return Number(result.getRows()[0]?.[0] ?? 0);
  } catch (error) {
    await rm(outPath, { force: true });
    throw error;
  }
}

/** Instants are epoch milliseconds in the lines. A key that is missing, or null, is a missing value. */
export async function copyNdjsonToParquet(
  connection: DuckDBConnection,
  source: { path: string; outPath: string; columns: readonly Column[] },
): Promise<number> {
  const inJson = (type: Column['type']) => literal(type === 'timestamp' ? 'BIGINT' : sqlTypes[type]);
  const fields = source.columns.map(({ name, type }) => `${literal(name)}: ${inJson(type)}`).join(', ');
  const values = source.columns.map(({ name, type }) =>
    type === 'timestamp' ? `make_timestamp(${identifier(name)} * 1000) AS ${identifier(name)}` : identifier(name),
  );
  const lines = `read_json(${literal(source.path)}, format = 'newline_delimited', records = true, columns = {${fields}})`;
  return copyToParquet(connection, `SELECT ${values.join(', ')} FROM ${lines}`, source.outPath);
}

const chunkRows = 2048;

/** Missing values are NaN in numeric columns and null in strings; timestamps are epoch milliseconds. */
export async function copyColumnsToParquet(
  connection: DuckDBConnection,
  columns: readonly ColumnData[],
  outPath: string,
): Promise<number> {
  const { DuckDBDataChunk, DOUBLE, VARCHAR } = await import('@duckdb/node-api');
  const rowCount = columns[0]?.values.length ?? 0;
  const uneven = columns.find((column) => column.values.length !== rowCount);
  if (uneven)
    throw new RangeError(`Column ${uneven.name} has ${uneven.values.length} values, the first one ${rowCount}`);
  const types = columns.map(({ type }) => (type === 'string' ? VARCHAR : DOUBLE));
  const definitions = columns.map(({ name }, index) => `${identifier(name)} ${types[index]}`).join(', ');
  await connection.run(`CREATE TEMP TABLE given (${definitions})`);
  const appender = await connection.createAppender('given');
  for (let start = 0; start < rowCount; start += chunkRows) {
    const end = Math.min(rowCount, start + chunkRows);
    const chunk = DuckDBDataChunk.create(types, end - start);
    columns.forEach(({ values }, index) => {
      const part = values.slice(start, end);
      chunk.setColumnValues(index, part instanceof Float64Array ? Array.from(part, missingAsNull) : part);
    });
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
  const values = columns.map(({ name, type }) => `${fromDouble(identifier(name), type)} AS ${identifier(name)}`);
  return copyToParquet(connection, `SELECT ${values.join(', ')} FROM given`, outPath);
}

function missingAsNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

function fromDouble(column: string, type: Column['type']): string {
  if (type === 'timestamp') return `make_timestamp(CAST(${column} AS BIGINT) * 1000)`;
  return type === 'string' ? column : `CAST(${column} AS ${sqlTypes[type]})`;
}
