/**
 * `number` is a finite double, `integer` 64 bits, `timestamp` an instant with microseconds. Any value may be missing.
 * In Parquet: DOUBLE, BIGINT, VARCHAR, BOOLEAN, TIMESTAMP in UTC.
 */
export type ColumnType = 'number' | 'integer' | 'string' | 'boolean' | 'timestamp';

export interface Column {
  name: string;
  type: ColumnType;
}

export const sqlTypes: Record<ColumnType, string> = {
  number: 'DOUBLE',
  integer: 'BIGINT',
  string: 'VARCHAR',
  boolean: 'BOOLEAN',
  timestamp: 'TIMESTAMP',
};
