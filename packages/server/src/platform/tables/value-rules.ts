import { type ColumnType, sqlTypes } from './column.ts';
import { excerpt } from './ingestion.ts';
import { literal } from './quoting.ts';

/** Read as missing in columns of numbers, booleans and timestamps. In a column of strings only an empty value is missing. */
const missingMarkers = ['', 'NA', 'N/A', 'NaN', 'nan', 'null', 'NULL', 'None'];

const integerPattern = '[+-]?[0-9]{1,19}';
const numberPattern = '[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?';
const datePattern = '[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}([ T].*)?';
const trueWords = ['true', 't', 'yes', 'y', '1'];
const falseWords = ['false', 'f', 'no', 'n', '0'];

const matches = (text: string, pattern: string) => `regexp_full_match(${text}, ${literal(pattern)})`;
const isOneOf = (text: string, words: readonly string[]) => `${text} IN (${words.map(literal).join(', ')})`;

/** SQL over a text column: DuckDB's own casts accept more than people mean ('1_000', '1e3' as an integer, 'epoch'). */
export function isMissing(column: string, type: ColumnType): string {
  if (type === 'string') return `coalesce(${column}, '') = ''`;
  return isOneOf(`trim(coalesce(${column}, ''))`, missingMarkers);
}

export function isValid(column: string, type: ColumnType): string {
  const text = `trim(${column})`;
  switch (type) {
    case 'string':
      return 'true';
    case 'integer':
      return `(${matches(text, integerPattern)} AND try_cast(${text} AS BIGINT) IS NOT NULL)`;
    case 'number':
      return `(${matches(text, numberPattern)} AND isfinite(try_cast(${text} AS DOUBLE)))`;
    case 'boolean':
      return isOneOf(`lower(${text})`, [...trueWords, ...falseWords]);
    case 'timestamp':
      return `(${matches(text, datePattern)} AND try_cast(${text} AS TIMESTAMPTZ) IS NOT NULL)`;
  }
}

/** Types that may be inferred, the narrowest first; what none of them fits is a string. */
export const inferableTypes = ['boolean', 'integer', 'number', 'timestamp'] as const;

/**
 * Narrower than `isValid`: nothing may be lost by inferring. Leading zeros (007) and digits beyond 64 bits are identifiers,
 * and 0, 1, y or n are booleans only where the caller says so.
 */
export function isInferable(column: string, type: ColumnType): string {
  const text = `trim(${column})`;
  if (type === 'boolean') return isOneOf(`lower(${text})`, ['true', 'false']);
  if (type === 'timestamp') return isValid(column, type);
  const identifier = `regexp_matches(${text}, '^[+-]?(0[0-9]|[0-9]{19,}$)')`;
  return `(${isValid(column, type)} AND NOT ${identifier})`;
}

/** The typed value of a text that is valid. Times without a zone are UTC. */
export function typedValue(column: string, type: ColumnType): string {
  const text = `trim(${column})`;
  if (type === 'string') return `nullif(${column}, '')`;
  const value = {
    integer: `CAST(${text} AS BIGINT)`,
    number: `CAST(${text} AS DOUBLE)`,
    boolean: isOneOf(`lower(${text})`, trueWords),
    timestamp: `CAST(${text} AS TIMESTAMPTZ) AT TIME ZONE 'UTC'`,
  }[type];
  return `CASE WHEN ${isMissing(column, type)} THEN NULL::${sqlTypes[type]} ELSE ${value} END`;
}

export function describeMismatch(value: string, type: ColumnType): string {
  const wanted = {
    string: 'a string',
    integer: 'a whole number within 64 bits',
    number: 'a finite number',
    boolean: 'true or false',
    timestamp: 'a date or time such as 2026-03-01T12:00:00Z',
  }[type];
  return `${JSON.stringify(excerpt(value))} is not ${wanted}`;
}
