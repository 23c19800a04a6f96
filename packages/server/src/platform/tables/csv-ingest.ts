import type { DuckDBConnection } from '@duckdb/node-api';
import type { Column } from './column.ts';
import { type CsvHeader, type Delimiter, readCsvHeader } from './csv-header.ts';
import { scanCsv } from './csv-scan.ts';
import { checkColumnNames, type Ingestion, ProblemList, problemLimit, refusedFile } from './ingestion.ts';
import { copyToParquet } from './parquet-write.ts';
import { identifier, literal } from './quoting.ts';
import { queryRows } from './query.ts';
import { describeMismatch, inferableTypes, isInferable, isMissing, isValid, typedValue } from './value-rules.ts';

const firstRows = 2000;

export interface CsvSource {
  path: string;
  outPath: string;
  /** Types to enforce; without it they are inferred from the whole file. */
  expected?: readonly Column[];
  delimiter?: Delimiter;
}

/**
 * Turns a CSV file with a header into Parquet, or says where it is broken; then nothing is written. The same file gives the
 * same bytes. Rows keep their order.
 */
export async function ingestCsv(connection: DuckDBConnection, source: CsvSource): Promise<Ingestion> {
  const read = await readCsvHeader(source.path, source.delimiter);
  if (!read.ok) return read.refusal;
  const { header } = read;
  const scan = await scanCsv(source.path, header);
  if (scan.problems.count > 0) return scan.problems.refusal();
  if (scan.rowCount === 0) return refusedFile('The file has a header but no rows');
  const table = csvTable(source.path, header, scan.longestRecordBytes);
  let columns: Column[];
  if (source.expected) {
    const names = checkColumnNames(header.names, source.expected, 1);
    if (names.count > 0) return names.refusal();
    columns = [...source.expected];
    const wrong = await findWrongValues(connection, table, columns, source.path, header);
    if (wrong.count > 0) return wrong.refusal();
  } else {
    columns = await inferColumns(connection, table, header.names);
  }
  const values = columns.map(({ name, type }) => `${typedValue(identifier(name), type)} AS ${identifier(name)}`);
  const written = await copyToParquet(connection, `SELECT ${values.join(', ')} FROM ${table}`, source.outPath);
  if (written !== scan.rowCount) throw new Error(`Of ${scan.rowCount} rows in the file ${written} were read`);
  return { ok: true, columns, rowCount: written };
}

/**
 * Everything read as text and nothing guessed. Not strict: the structure has been checked already, and strict mode also
 * refuses a mixture of line ends. One thread, so that rows and bytes come out in one order.
 */
function csvTable(path: string, header: CsvHeader, longestRecordBytes: number): string {
  const columns = header.names.map((name) => `${literal(name)}: 'VARCHAR'`).join(', ');
  // DuckDB refuses lines over 2 MB unless told, and then allocates 16 times the longest line unless told otherwise.
  const lineBytes = longestRecordBytes + 1024;
  const sizes = lineBytes > 1e6 ? `, max_line_size = ${lineBytes}, buffer_size = ${2 * lineBytes}` : '';
  return (
    `read_csv(${literal(path)}, auto_detect = false, header = true, delim = ${literal(header.delimiter)}, quote = '"', ` +
    `escape = '"', strict_mode = false, parallel = false, columns = {${columns}}${sizes})`
  );
}

/** Only types that fit the first rows need to be tried on all of them, which is most of the work saved. */
async function inferColumns(connection: DuckDBConnection, table: string, names: readonly string[]): Promise<Column[]> {
  const all = names.map(() => [...inferableTypes]);
  const likely = await fittingTypes(connection, `(SELECT * FROM ${table} LIMIT ${firstRows})`, names, all);
  const fitting = await fittingTypes(
    connection,
    table,
    names,
    likely.map(({ types, seen }) => (seen ? types : [...inferableTypes])),
  );
  return names.map((name, index) => {
    const { types = [], seen } = fitting[index] ?? {};
    return { name, type: (seen && types[0]) || 'string' };
  });
}

type InferableType = (typeof inferableTypes)[number];

/** Of the given types those that every value of the column fits; `seen` tells whether there was any value. */
async function fittingTypes(
  connection: DuckDBConnection,
  table: string,
  names: readonly string[],
  candidates: InferableType[][],
): Promise<{ types: InferableType[]; seen: boolean }[]> {
  const counts = names.flatMap((name, index) => {
    const column = identifier(name);
    const present = `NOT ${isMissing(column, 'number')}`;
    const fits = (candidates[index] ?? []).map(
      (type) => `count(*) FILTER (${present} AND ${isInferable(column, type)}) AS ${type}_${index}`,
    );
    return [`count(*) FILTER (${present}) AS present_${index}`, ...fits];
  });
  const [found = {}] = await queryRows(connection, `SELECT ${counts.join(', ')} FROM ${table}`, {});
  return names.map((_, index) => {
    const present = found[`present_${index}`];
    return {
      seen: present !== 0,
      types: (candidates[index] ?? []).filter((type) => found[`${type}_${index}`] === present),
    };
  });
}

async function findWrongValues(
  connection: DuckDBConnection,
  table: string,
  columns: readonly Column[],
  path: string,
  header: CsvHeader,
): Promise<ProblemList> {
  const isWrong = ({ name, type }: Column) =>
    `(NOT ${isMissing(identifier(name), type)} AND NOT coalesce(${isValid(identifier(name), type)}, false))`;
  const counts = columns.map((column, index) => `count(*) FILTER (${isWrong(column)}) AS wrong_${index}`);
  const [counted = {}] = await queryRows(connection, `SELECT ${counts.join(', ')} FROM ${table}`, {});
  const wrongCount = columns.reduce((sum, _, index) => sum + Number(counted[`wrong_${index}`]), 0);
  const problems = new ProblemList();
  if (wrongCount === 0) return problems;

  const anyWrong = columns.map(isWrong).join(' OR ');
  const sql = `SELECT * FROM (SELECT row_number() OVER () AS "row number", * FROM ${table}) WHERE ${anyWrong} LIMIT ${problemLimit}`;
  const flagged = columns.map((column, index) => `${isWrong(column)} AS "wrong ${index}"`).join(', ');
  const rows = await queryRows(connection, `SELECT *, ${flagged} FROM (${sql}) ORDER BY "row number"`, {});
  const lines = await linesOfRows(
    path,
    header,
    rows.map((row) => Number(row['row number'])),
  );
  for (const row of rows) {
    columns.forEach(({ name, type }, index) => {
      if (row[`wrong ${index}`] !== true) return;
      const value = String(row[name]);
      const line = lines.get(Number(row['row number'])) ?? null;
      problems.add({ line, column: name, value, message: describeMismatch(value, type) });
    });
  }
  problems.count = wrongCount;
  return problems;
}

/** Rows and lines drift apart through blank lines and line ends inside of quotes. */
async function linesOfRows(path: string, header: CsvHeader, rows: number[]): Promise<Map<number, number>> {
  const wanted = new Set(rows);
  const lines = new Map<number, number>();
  let row = 0;
  await scanCsv(path, header, (line) => {
    row++;
    if (wanted.has(row)) lines.set(row, line);
  });
  return lines;
}
