import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import { json } from 'node:stream/consumers';
import type { ConfinedAnswer, ConfinedColumn, ConfinedJob, ShownValue } from './confined-query.ts';
import { identifier, literal, literalList } from './quoting.ts';

/**
 * Answers one query of a stranger's and ends. It sees the files it was given and nothing else: no network, no other file, no
 * setting, no secret, no environment. Whoever started it ends it when it takes too long or too much.
 */
const answer = async (job: ConfinedJob): Promise<ConfinedAnswer> => {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(job.threads),
    memory_limit: `${Math.floor(job.memoryLimitBytes / 1024)}KiB`,
    temp_directory: job.tempDir,
    max_temp_directory_size: `${Math.floor(job.spillLimitBytes / 1024)}KiB`,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
  });
  const connection = await instance.connect();
  await connection.run("SET GLOBAL TimeZone = 'UTC'");
  for (const [name, sql] of job.views) await connection.run(`CREATE VIEW ${identifier(name)} AS ${sql}`);
  const { output } = job;
  const files = [...job.files, ...(output.kind === 'file' ? [output.path] : [])];
  await connection.run(`SET allowed_directories = ${literalList([`${job.tempDir}/`])}`);
  await connection.run(`SET allowed_paths = ${literalList(files)}`);
  await connection.run('SET enable_external_access = false');
  await connection.run('SET lock_configuration = true');
  const refused = (message: string): ConfinedAnswer => ({ kind: 'refused', message });
  try {
    const statements = await connection.extractStatements(job.sql);
    if (statements.count !== 1) return refused('Ask one question at a time: a single SELECT.');
    if (!(await isQuestion(connection, job.sql)))
      return refused('Only SELECT, WITH, DESCRIBE and SUMMARIZE are answered: nothing can be changed here.');
    return output.kind === 'rows' ? await rowsOf(connection, job.sql, output) : await copy(connection, job.sql, output);
  } catch (error) {
    return refused(messageOf(error));
  }
};

/** As its parser sees it: it writes out the tree of a SELECT, and of nothing else. */
const isQuestion = async (connection: DuckDBConnection, sql: string): Promise<boolean> => {
  const result = await connection.runAndReadAll('SELECT json_serialize_sql($sql::VARCHAR)', { sql });
  return (JSON.parse(String(result.getRows()[0]?.[0])) as { error: boolean }).error === false;
};

/** What DuckDB says, without the place in the stack and without paths of the server. */
const messageOf = (error: unknown): string => {
  const text = error instanceof Error ? error.message : String(error);
  if (text === 'Error in native callback') return 'There is nothing to answer: the query is empty.';
  return text.replace(/\/[^\s"']*\/([^/\s"']+)/g, '$1');
};

const rowsOf = async (
  connection: DuckDBConnection,
  sql: string,
  { limit, maxBytes }: Extract<ConfinedJob['output'], { kind: 'rows' }>,
): Promise<ConfinedAnswer> => {
  const result = await connection.stream(sql);
  const types = result.columnTypes().map(String);
  const columns: ConfinedColumn[] = result
    .deduplicatedColumnNames()
    .map((name, index) => ({ name, type: types[index] ?? '' }));
  const rows: ShownValue[][] = [];
  let bytes = 0;
  for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    const vectors = columns.map((_, index) => chunk.getColumnVector(index));
    for (let row = 0; row < chunk.rowCount; row++) {
      if (rows.length >= limit || bytes > maxBytes) return { kind: 'rows', columns, rows, isCut: true };
      const values = vectors.map((vector) => shown(vector.getItem(row)));
      bytes += JSON.stringify(values).length;
      rows.push(values);
    }
  }
  return { kind: 'rows', columns, rows, isCut: false };
};

/** Numbers as numbers where JSON has them; what has parts as JSON; all else as DuckDB writes it. */
const shown = (value: DuckDBValue): ShownValue => {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if ('scale' in value && 'toDouble' in value) return value.toDouble();
  return String(value);
};

const copy = async (
  connection: DuckDBConnection,
  sql: string,
  { path, format }: Extract<ConfinedJob['output'], { kind: 'file' }>,
): Promise<ConfinedAnswer> => {
  // What is no SELECT itself is asked by one. Everything else is copied as it is, in its order.
  const isSelect = !/^\s*(desc|describe|show|summarize)\b/i.test(sql);
  const source = isSelect ? sql : `SELECT * FROM (\n${sql}\n)`;
  const options = format === 'csv' ? 'FORMAT csv, HEADER true' : 'FORMAT parquet, COMPRESSION zstd';
  await connection.run(`COPY (\n${source}\n) TO ${literal(path)} (${options}, USE_TMP_FILE false)`);
  return { kind: 'file' };
};

const job = (await json(process.stdin)) as ConfinedJob;
process.stdout.write(JSON.stringify(await answer(job)), () => process.exit(0));
