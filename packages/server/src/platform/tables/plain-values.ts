import type { DuckDBValue } from '@duckdb/node-api';
import type { ColumnType } from './column.ts';

/** Instants and dates are epoch milliseconds; integers are bigint only where a number could not hold them exactly. */
export type PlainValue = string | number | bigint | boolean | null | PlainValue[] | { [name: string]: PlainValue };

const dayMs = 86_400_000;

/** By the form of the value, not its class: the module of those classes stays unloaded until a table is used. */
export function plainValue(value: DuckDBValue): PlainValue {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if ('micros' in value && !('months' in value)) return Math.floor(Number(value.micros) / 1000);
  if ('millis' in value) return Number(value.millis);
  if ('seconds' in value) return Number(value.seconds) * 1000;
  if ('nanos' in value) return Number((value.nanos as bigint) / 1_000_000n);
  if ('days' in value && !('months' in value)) return value.days * dayMs;
  if ('toDouble' in value) return value.toDouble();
  if ('items' in value) return value.items.map(plainValue);
  if ('entries' in value && !Array.isArray(value.entries)) {
    return Object.fromEntries(Object.entries(value.entries).map(([name, inner]) => [name, plainValue(inner)]));
  }
  return String(value);
}

const integers = /^U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)$/;

/** Our type for one of DuckDB's, given by its SQL name; undefined for nested, binary and other unsupported ones. */
export function columnTypeOf(sqlType: string): ColumnType | undefined {
  if (integers.test(sqlType)) return 'integer';
  if (/^(FLOAT|DOUBLE|DECIMAL\(\d+, ?\d+\))$/.test(sqlType)) return 'number';
  if (sqlType === 'BOOLEAN') return 'boolean';
  if (/^(VARCHAR|UUID|ENUM\(.*\))$/s.test(sqlType)) return 'string';
  return /^(DATE|TIMESTAMP(_S|_MS|_NS| WITH TIME ZONE)?)$/.test(sqlType) ? 'timestamp' : undefined;
}
