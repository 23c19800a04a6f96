import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { Check, CheckResult, Column, ColumnProfile, Dataset, Refusal } from '@millwright/contract';
import type { BlobStore, Digest, TempFile } from '#platform/blobs';
import { fail, isMillwrightError } from '#platform/errors';
import type { Ids } from '#platform/ids';
import type { Ingestion, Tables } from '#platform/tables';
import { type CheckDefinition, countedChecks, failedErrors, judge } from './checks/check.ts';
import { inferChecks, isCategorical } from './checks/infer.ts';
import { countBroken, distinctValues, firstBroken } from './checks/store.ts';
import { toColumnProfiles } from './profile.ts';

export type Format = 'csv' | 'parquet';

export interface Engine {
  blobs: BlobStore;
  tables: Tables;
  ids: Ids;
}

type Problems = Pick<Refusal, 'problems' | 'problemCount'>;
export type Refused = Problems & { ok: false; code: 'DATA_REFUSED' | 'CHECKS_FAILED' };

/** A table in our own Parquet, not yet stored. */
export interface Converted {
  ok: true;
  path: string;
  digest: Digest;
  columns: Column[];
  rowCount: number;
}

export interface Examined {
  ok: true;
  profile: ColumnProfile[];
  /** What the first version promises of the later ones. */
  inferred: Check[];
  results: CheckResult[];
}

/** The caller's bytes in a temporary file. Errors: STORAGE_FULL, and what the stream fails with. */
export const receive = async (
  blobs: BlobStore,
  stream: AsyncIterable<Uint8Array>,
  suffix: string,
): Promise<TempFile> => {
  const temp = await blobs.openTemp(suffix);
  try {
    const file = await open(temp.path, 'wx');
    try {
      for await (const chunk of stream) await file.appendFile(chunk);
    } finally {
      await file.close();
    }
    return temp;
  } catch (error) {
    await temp.discard();
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOSPC' || code === 'EDQUOT')
      return fail('STORAGE_FULL', 'The disk is full. Free space and send the file again; nothing of it was kept.');
    throw error;
  }
};

const refusal = (message: string): Problems => ({
  problems: [{ line: null, column: null, value: null, message }],
  problemCount: 1,
});

/**
 * Reads the file with the types of the data set (inferred for the first version) into Parquet at `outPath`. The time and
 * the target column must be there.
 */
export const convert = async (
  engine: Engine,
  source: { path: string; format: Format; outPath: string },
  expected: readonly Column[] | null,
  dataset: Pick<Dataset, 'timeColumn' | 'targetColumn'>,
): Promise<Converted | Refused> => {
  const ingest = source.format === 'csv' ? engine.tables.ingestCsv : engine.tables.ingestParquet;
  const { path, outPath } = source;
  let ingestion: Ingestion;
  try {
    ingestion = await ingest({ path, outPath, ...(expected ? { expected } : {}) });
  } catch (error) {
    if (!isMillwrightError(error) || error.code !== 'TABLE_UNREADABLE') throw error;
    // What the engine says of the file; its place on our disk is nobody's business.
    ingestion = { ok: false, ...refusal(`The file cannot be read: ${error.message.replaceAll(path, 'the file')}`) };
  }
  if (!ingestion.ok) return { ...ingestion, code: 'DATA_REFUSED' };
  const { columns, rowCount } = ingestion;
  const problems = roleProblems(columns, dataset, source.format === 'csv' ? 1 : null);
  if (problems.length > 0) return { ok: false, code: 'DATA_REFUSED', problems, problemCount: problems.length };
  return { ok: true, path: outPath, digest: await digestOfFile(outPath), columns, rowCount };
};

const roleProblems = (
  columns: readonly Column[],
  { timeColumn, targetColumn }: Pick<Dataset, 'timeColumn' | 'targetColumn'>,
  line: number | null,
): Refusal['problems'] => {
  const missing = [
    ['time', timeColumn],
    ['target', targetColumn],
  ].flatMap(([role, name]) => {
    if (name == null || columns.some((column) => column.name === name)) return [];
    const message = `The column ${name} is missing: the data set says that it is the ${role} column`;
    return [{ line, column: name, value: null, message }];
  });
  const time = columns.find((column) => column.name === timeColumn);
  if (time?.type !== 'string' && time?.type !== 'boolean') return missing;
  const message = `The time column ${time.name} holds ${time.type} values: expected are timestamps or numbers`;
  return [...missing, { line, column: time.name, value: null, message }];
};

const digestOfFile = async (path: string): Promise<Digest> => {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Uint8Array);
  return `sha256:${hash.digest('hex')}`;
};

export const sizeOf = async (path: string): Promise<number> => (await stat(path)).size;

/** Profiles the table and runs the enabled checks; for the first version also those inferred from it. */
export const examine = async (
  engine: Engine,
  table: Converted,
  options: { checks: readonly Check[]; isFirst: boolean; timeColumn: string | null; format: Format },
): Promise<Examined | Refused> => {
  const profile = toColumnProfiles(await engine.tables.profile([table.path]));
  let inferred: Check[] = [];
  if (options.isFirst) {
    const categorical = profile.filter(isCategorical).map((column) => column.name);
    const values = await distinctValues(engine.tables, table.path, categorical);
    const definitions = inferChecks(profile, table.rowCount, values, options.timeColumn);
    inferred = definitions.map((definition) => toCheck(engine.ids, definition, 'inferred'));
  }
  const enabled = [...options.checks.filter((check) => check.enabled), ...inferred];
  const results = await runChecks(engine.tables, table, enabled);
  const failed = failedErrors(results);
  if (failed.length === 0) return { ok: true, profile, inferred, results };
  return {
    ok: false,
    code: 'CHECKS_FAILED',
    ...(await checkProblems(engine.tables, table, enabled, failed, options.format)),
  };
};

export const toCheck = (ids: Ids, definition: CheckDefinition, origin: Check['origin']): Check => ({
  id: ids.next('chk'),
  ...definition,
  origin,
  enabled: true,
});

type Table = Pick<Converted, 'path' | 'columns' | 'rowCount'>;

export const runChecks = async (tables: Tables, table: Table, checks: readonly Check[]): Promise<CheckResult[]> => {
  const broken = await countBroken(tables, table.path, countedChecks(checks, table.columns), table.columns);
  return judge(checks, { ...table, broken });
};

const problemLimit = 20;
const rowsPerCheck = 5;

/** Every failed check, and under it the first rows that break it. Rows of a CSV file are numbered after its header. */
const checkProblems = async (
  tables: Tables,
  table: Table,
  checks: readonly Check[],
  failed: readonly CheckResult[],
  format: Format,
): Promise<Problems> => {
  const problems: Refusal['problems'] = [];
  for (const result of failed) {
    if (problems.length >= problemLimit) break;
    problems.push({ line: null, column: result.column, value: null, message: result.message });
    const check = checks.find(({ id }) => id === result.checkId);
    const column = table.columns.find(({ name }) => name === result.column);
    if (!check || !column || !result.brokenFraction) continue;
    for (const { row, value } of await firstBroken(tables, table.path, check, column, rowsPerCheck)) {
      const shown = value !== null && value.length > 100 ? `${value.slice(0, 100)}…` : value;
      const message = shown === null ? `Row ${row} has no value` : `Row ${row} holds ${JSON.stringify(shown)}`;
      problems.push({ line: format === 'parquet' ? row : null, column: column.name, value: shown, message });
    }
  }
  return { problems: problems.slice(0, problemLimit), problemCount: failed.length };
};
