import { MillwrightError } from '@millwright/contract';
import type { DuckDBConnection } from '@duckdb/node-api';
import { type Column, type ColumnType, sqlTypes } from './column.ts';
import { engineError } from './engine-errors.ts';
import { checkColumnNames, checkNames, type Ingestion, ProblemList, problemLimit, refusedFile } from './ingestion.ts';
import { copyToParquet } from './parquet-write.ts';
import { columnTypeOf } from './plain-values.ts';
import { identifier, literal } from './quoting.ts';
import { queryRows } from './query.ts';
import { describeMismatch } from './value-rules.ts';

export interface ParquetSource {
  path: string;
  outPath: string;
  /** Types to enforce; without it those of the file are taken. Whole numbers and other numbers convert into each other. */
  expected?: readonly Column[];
}

interface Conversion extends Column {
  /** SQL of the converted value, NULL where it cannot be. */
  value: string;
  /** SQL telling whether a value that is there has no conversion. */
  wrong: string;
}

/**
 * Rewrites a Parquet file of anyone's into our five types, or says what is wrong with it; then nothing is written. Decimals
 * become numbers, dates timestamps, NaN a missing value. Nested and binary columns are refused.
 */
export async function ingestParquet(connection: DuckDBConnection, source: ParquetSource): Promise<Ingestion> {
  try {
    return await convert(connection, source);
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    return refusedFile(
      `The file is no readable Parquet: it may be cut off or damaged (${describe(error, source.path)})`,
    );
  }
}

async function convert(connection: DuckDBConnection, source: ParquetSource): Promise<Ingestion> {
  const table = `read_parquet(${literal(source.path)})`;
  const described = await queryRows(connection, `DESCRIBE SELECT * FROM ${table}`, {});
  const found = described.map((row) => ({ name: String(row['column_name']), sqlType: String(row['column_type']) }));
  const names = checkNames(
    found.map((column) => column.name),
    null,
  );
  if (names.count > 0) return names.refusal();
  const { expected } = source;
  if (expected) {
    const different = checkColumnNames(
      found.map((column) => column.name),
      expected,
      null,
    );
    if (different.count > 0) return different.refusal();
  }
  const problems = new ProblemList();
  const conversions: Conversion[] = [];
  for (const { name, type } of expected ?? found.map(({ name }) => ({ name, type: undefined }))) {
    const sqlType = found.find((column) => column.name === name)?.sqlType ?? '';
    const conversion = conversionOf(name, sqlType, type);
    if (typeof conversion === 'string') problems.add({ line: null, column: name, value: null, message: conversion });
    else conversions.push(conversion);
  }
  if (problems.count > 0) return problems.refusal();
  const [counted] = await queryRows(connection, `SELECT count(*) AS row_count FROM ${table}`, {});
  if (counted?.['row_count'] === 0) return refusedFile('The file has no rows');
  const wrong = await findWrongValues(connection, table, conversions);
  if (wrong.count > 0) return wrong.refusal();
  const values = conversions.map(({ name, value }) => `${value} AS ${identifier(name)}`).join(', ');
  const rowCount = await copyToParquet(connection, `SELECT ${values} FROM ${table}`, source.outPath);
  return { ok: true, columns: conversions.map(({ name, type }) => ({ name, type })), rowCount };
}

function conversionOf(name: string, sqlType: string, wanted: ColumnType | undefined): Conversion | string {
  const natural = columnTypeOf(sqlType);
  if (!natural)
    return `The column ${name} has the type ${sqlType}: nested, binary and time-of-day columns are not supported`;
  const type = wanted ?? natural;
  const numeric = (candidate: ColumnType) => candidate === 'number' || candidate === 'integer';
  if (type !== natural && !(numeric(type) && numeric(natural))) {
    return `The column ${name} holds ${natural} values, expected are ${type} values`;
  }
  const column = identifier(name);
  // NaN is how many tools write a missing number.
  const present = /^(FLOAT|DOUBLE)$/.test(sqlType) ? `CASE WHEN isnan(${column}) THEN NULL ELSE ${column} END` : column;
  const value = converted(present, natural, type, sqlType);
  return { name, type, value, wrong: `((${present}) IS NOT NULL AND (${value}) IS NULL)` };
}

function converted(present: string, natural: ColumnType, type: ColumnType, sqlType: string): string {
  const cast = `try_cast(${present} AS ${sqlTypes[type]})`;
  if (type === 'number') return `CASE WHEN isfinite(${cast}) THEN ${cast} END`;
  if (type === 'integer' && natural === 'number') return `CASE WHEN ${present} = trunc(${present}) THEN ${cast} END`;
  if (type !== 'timestamp') return cast;
  const utc = sqlType.endsWith('ZONE') ? `((${present}) AT TIME ZONE 'UTC')` : cast;
  return `CASE WHEN isfinite(${present}) THEN ${utc} END`;
}

async function findWrongValues(
  connection: DuckDBConnection,
  table: string,
  conversions: readonly Conversion[],
): Promise<ProblemList> {
  const problems = new ProblemList();
  const counts = conversions.map(({ wrong }, index) => `count(*) FILTER (${wrong}) AS wrong_${index}`).join(', ');
  const [counted = {}] = await queryRows(connection, `SELECT ${counts} FROM ${table}`, {});
  const wrongOnes = conversions.filter((_, index) => counted[`wrong_${index}`] !== 0);
  for (const { name, type, wrong } of wrongOnes) {
    const sql =
      `SELECT row_number, shown FROM (SELECT row_number() OVER () AS row_number, CAST(${identifier(name)} AS VARCHAR) AS shown, ` +
      `${wrong} AS wrong FROM ${table}) WHERE wrong LIMIT ${problemLimit}`;
    for (const row of await queryRows(connection, sql, {})) {
      const value = String(row['shown']);
      problems.add({ line: Number(row['row_number']), column: name, value, message: describeMismatch(value, type) });
    }
  }
  problems.count = conversions.reduce((sum, _, index) => sum + Number(counted[`wrong_${index}`]), 0);
  return problems;
}

/** The statements are ours and read only this file, so whatever DuckDB finds invalid in its input lies in the file. */
function isUnreadable(error: unknown): error is Error {
  const known = engineError(error);
  if (known instanceof MillwrightError) return known.code === 'TABLE_UNREADABLE';
  return error instanceof Error && /^(Invalid Input|Invalid|Not implemented|INTERNAL|FATAL) Error/.test(error.message);
}

/** The first line of what DuckDB says, without a path of the server. */
function describe(error: Error, path: string): string {
  const message = error.message.split('\n', 1)[0] ?? '';
  return message
    .replaceAll(`'${path}'`, '')
    .replaceAll(`"${path}"`, '')
    .replaceAll(path, '')
    .replace(/\s+/g, ' ')
    .trim();
}
