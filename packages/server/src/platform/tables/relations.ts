import type { DuckDBConnection, DuckDBType, DuckDBValue } from '@duckdb/node-api';
import { identifier, literalList } from './quoting.ts';

/** Names of tables in a statement, each standing for one or more Parquet files of the same columns. */
export type Relations = Record<string, readonly string[]>;

export type Parameter = string | number | bigint | boolean | null | readonly string[] | readonly number[];

/** `$name` in the statement. Whole numbers are bound as BIGINT, others as DOUBLE, arrays as lists. */
export type Parameters = Record<string, Parameter>;

export function readParquet(paths: readonly string[]): string {
  return `read_parquet(${literalList(paths)})`;
}

export async function createViews(connection: DuckDBConnection, relations: Relations): Promise<void> {
  for (const [name, paths] of Object.entries(relations)) {
    await connection.run(`CREATE TEMP VIEW ${identifier(name)} AS SELECT * FROM ${readParquet(paths)}`);
  }
}

interface Bound {
  values: Record<string, DuckDBValue>;
  types: Record<string, DuckDBType>;
}

export async function bind(parameters: Parameters): Promise<Bound> {
  const duckdb = await import('@duckdb/node-api');
  const { BIGINT, BOOLEAN, DOUBLE, LIST, VARCHAR, SQLNULL } = duckdb;
  const scalar = (value: Exclude<Parameter, readonly unknown[]>): [DuckDBValue, DuckDBType] => {
    if (value === null) return [null, SQLNULL];
    if (typeof value === 'string') return [value, VARCHAR];
    if (typeof value === 'boolean') return [value, BOOLEAN];
    if (typeof value === 'bigint' || Number.isSafeInteger(value)) return [BigInt(value), BIGINT];
    return [value, DOUBLE];
  };
  const bound: Bound = { values: {}, types: {} };
  for (const [name, value] of Object.entries(parameters)) {
    if (Array.isArray(value)) {
      const numeric = value.every((item) => typeof item === 'number');
      bound.values[name] = duckdb.listValue([...value]);
      bound.types[name] = LIST(numeric ? DOUBLE : VARCHAR);
    } else {
      const [converted, type] = scalar(value as Exclude<Parameter, readonly unknown[]>);
      bound.values[name] = converted;
      bound.types[name] = type;
    }
  }
  return bound;
}
