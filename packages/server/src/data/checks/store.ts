import type { Check, Column } from '@millwright/contract';
import { type Db, decodeJson, encodeJson } from '#platform/db';
import { identifier, type Parameter, type Tables } from '#platform/tables';
import type { DataTables } from '../tables.ts';
import { setSizeLimit } from './infer.ts';

const tables = (db: Db) => db.withTables<DataTables>();

const toCheck = (row: DataTables['dataset_checks']): Check => ({
  id: row.id,
  kind: row.kind,
  column: row.column_name,
  parameters: decodeJson(row.parameters),
  severity: row.severity,
  origin: row.origin,
  enabled: row.enabled === 1,
});

const insertRows = 500;

export const insertChecks = async (
  db: Db,
  project: string,
  datasetId: string,
  checks: readonly Check[],
): Promise<void> => {
  for (let start = 0; start < checks.length; start += insertRows) {
    const values = checks.slice(start, start + insertRows).map((check) => ({
      id: check.id,
      project,
      dataset_id: datasetId,
      kind: check.kind,
      column_name: check.column,
      parameters: encodeJson(check.parameters),
      severity: check.severity,
      origin: check.origin,
      enabled: check.enabled ? 1 : 0,
    }));
    await tables(db).insertInto('dataset_checks').values(values).execute();
  }
};

export const listChecks = async (db: Db, project: string, datasetId: string): Promise<Check[]> => {
  const rows = await tables(db)
    .selectFrom('dataset_checks')
    .selectAll()
    .where('project', '=', project)
    .where('dataset_id', '=', datasetId)
    .orderBy('id')
    .execute();
  return rows.map(toCheck);
};

export const findCheck = async (db: Db, project: string, datasetId: string, id: string): Promise<Check | null> => {
  const row = await tables(db)
    .selectFrom('dataset_checks')
    .selectAll()
    .where('project', '=', project)
    .where('dataset_id', '=', datasetId)
    .where('id', '=', id)
    .executeTakeFirst();
  return row ? toCheck(row) : null;
};

export const updateCheck = async (db: Db, project: string, check: Check): Promise<void> => {
  await tables(db)
    .updateTable('dataset_checks')
    .set({
      enabled: check.enabled ? 1 : 0,
      severity: check.severity,
      parameters: encodeJson(check.parameters),
    })
    .where('project', '=', project)
    .where('id', '=', check.id)
    .execute();
};

/** True for rows that break the check. A missing value breaks `not-missing` only. */
const brokenWhen = (check: Check, column: Column, index: number, params: Record<string, Parameter>): string => {
  const name = identifier(column.name);
  const isMeasured = column.type !== 'string' && column.type !== 'boolean';
  const number = column.type === 'timestamp' ? `epoch_us(${name}) / 1000.0` : `CAST(${name} AS DOUBLE)`;
  if (check.kind === 'not-missing') return `${name} IS NULL`;
  if (check.kind === 'in-set') {
    const values = check.parameters['values'] as (string | number | boolean)[];
    params[`values_${index}`] = isMeasured ? values.map(Number) : values.map(String);
    const value = isMeasured ? number : `CAST(${name} AS VARCHAR)`;
    return `${name} IS NOT NULL AND NOT list_contains($values_${index}, ${value})`;
  }
  if (check.kind === 'in-range') {
    const { min, max } = check.parameters as { min: number | null; max: number | null };
    params[`min_${index}`] = min ?? -Number.MAX_VALUE;
    params[`max_${index}`] = max ?? Number.MAX_VALUE;
    return `${number} NOT BETWEEN CAST($min_${index} AS DOUBLE) AND CAST($max_${index} AS DOUBLE)`;
  }
  throw new Error(`${check.kind} has no condition on single rows`);
};

const checksPerScan = 200;

/** Counts the rows that break each check, by its id, in as few scans as possible. */
export const countBroken = async (
  engine: Tables,
  path: string,
  checks: readonly Check[],
  columns: readonly Column[],
): Promise<Map<string, number>> => {
  const broken = new Map<string, number>();
  for (let start = 0; start < checks.length; start += checksPerScan) {
    const part = checks.slice(start, start + checksPerScan);
    const params: Record<string, Parameter> = {};
    const counts = part.map((check, index) => {
      const column = columns.find(({ name }) => name === check.column) as Column;
      const name = identifier(column.name);
      if (check.kind === 'unique') return `count(${name}) - count(DISTINCT ${name}) AS broken_${index}`;
      return `count(*) FILTER (${brokenWhen(check, column, index, params)}) AS broken_${index}`;
    });
    const sql = `SELECT ${counts.join(', ')} FROM version`;
    const [row = {}] = await engine.rows(sql, { relations: { version: [path] }, params });
    part.forEach((check, index) => broken.set(check.id, Number(row[`broken_${index}`])));
  }
  return broken;
};

export interface BrokenRow {
  /** From 1, in the order of the file. */
  row: number;
  value: string | null;
}

/** The first rows that break a check, so that somebody can go and look. */
export const firstBroken = async (
  engine: Tables,
  path: string,
  check: Check,
  column: Column,
  limit: number,
): Promise<BrokenRow[]> => {
  const name = identifier(column.name);
  const params: Record<string, Parameter> = {};
  const condition =
    check.kind === 'unique'
      ? `${name} IS NOT NULL AND row_number() OVER (PARTITION BY ${name} ORDER BY "row number") > 1`
      : brokenWhen(check, column, 0, params);
  const sql =
    `SELECT "row number", CAST(${name} AS VARCHAR) AS shown FROM ` +
    `(SELECT *, row_number() OVER () AS "row number" FROM version) ` +
    `${check.kind === 'unique' ? 'QUALIFY' : 'WHERE'} ${condition} ORDER BY "row number" LIMIT ${limit}`;
  const rows = await engine.rows(sql, { relations: { version: [path] }, params });
  return rows.map((row) => ({ row: Number(row['row number']), value: row['shown'] as string | null }));
};

/** All values of columns of text that have few, in the order of the text. */
export const distinctValues = async (
  engine: Tables,
  path: string,
  columns: readonly string[],
): Promise<Map<string, string[]>> => {
  const values = new Map<string, string[]>();
  for (const column of columns) {
    const name = identifier(column);
    const sql = `SELECT DISTINCT ${name} AS value FROM version WHERE ${name} IS NOT NULL ORDER BY 1 LIMIT ${setSizeLimit + 1}`;
    const rows = await engine.rows(sql, { relations: { version: [path] } });
    if (rows.length <= setSizeLimit)
      values.set(
        column,
        rows.map((row) => String(row['value'])),
      );
  }
  return values;
};
