import type { DuckDBConnection } from '@duckdb/node-api';
import type { Column } from './column.ts';
import { columnTypeOf } from './plain-values.ts';
import { identifier } from './quoting.ts';
import { queryRows, type Row } from './query.ts';
import { readParquet } from './relations.ts';

export interface ColumnProfile extends Column {
  /** Values that are there. */
  count: number;
  missing: number;
  distinct: number;
  /** Numbers, integers and timestamps (epoch ms). */
  min?: number;
  max?: number;
  /** In the order of `profileQuantiles`. */
  quantiles?: number[];
  /** Bin i covers edges[i] up to, not including, edges[i + 1]; the last bin includes its end. 20 bins, 1 if all are equal. */
  histogram?: { edges: number[]; counts: number[] };
  /** Numbers and integers; `stddev` is the sample standard deviation, absent below two values. */
  mean?: number;
  stddev?: number;
  /** Strings and booleans: the 20 most frequent values, ties in order of the value. */
  top?: { value: string; count: number }[];
}

export interface Profile {
  rowCount: number;
  /** Above a million rows distinct counts and quantiles are estimates (HyperLogLog, within about a fifth; t-digest). */
  estimated: boolean;
  columns: ColumnProfile[];
}

export const profileQuantiles = [0.05, 0.25, 0.5, 0.75, 0.95];
const binCount = 20;
const topCount = 20;
const exactRowLimit = 1_000_000;

/** One scan over everything for counts and quantiles, then one over each single column for its distribution. */
export async function profileParquet(connection: DuckDBConnection, paths: readonly string[]): Promise<Profile> {
  await connection.run(`CREATE TEMP VIEW profiled AS SELECT * FROM ${readParquet(paths)}`);
  const columns = await describeColumns(connection, 'profiled');
  const [counted = {}] = await queryRows(connection, 'SELECT count(*) AS row_count FROM profiled', {});
  const rowCount = Number(counted['row_count']);
  const estimated = rowCount > exactRowLimit;
  const select = columns.flatMap((column, index) => summary(column, index, estimated)).join(', ');
  const [summaries = {}] = await queryRows(connection, `SELECT ${select} FROM profiled`, {});
  const profiles: ColumnProfile[] = [];
  for (const [index, column] of columns.entries()) {
    const count = Number(summaries[`count_${index}`]);
    const profile: ColumnProfile = {
      ...column,
      count,
      missing: rowCount - count,
      distinct: Number(summaries[`distinct_${index}`]),
    };
    if (count === 0) profiles.push(profile);
    else if (isMeasured(column))
      profiles.push({ ...profile, ...(await measured(connection, column, summaries, index)) });
    else profiles.push({ ...profile, top: await topValues(connection, column) });
  }
  return { rowCount, estimated, columns: profiles };
}

export async function describeColumns(connection: DuckDBConnection, relation: string): Promise<Column[]> {
  const rows = await queryRows(connection, `DESCRIBE SELECT * FROM ${relation}`, {});
  return rows.map((row) => {
    const type = columnTypeOf(String(row['column_type']));
    if (!type)
      throw new TypeError(`Column ${row['column_name']} has the type ${row['column_type']}, which is none of ours`);
    return { name: String(row['column_name']), type };
  });
}

const isMeasured = ({ type }: Column) => type === 'number' || type === 'integer' || type === 'timestamp';

/** Every measured column as a double, timestamps in epoch milliseconds. */
const asDouble = ({ name, type }: Column) =>
  type === 'timestamp' ? `epoch_us(${identifier(name)}) / 1000.0` : `CAST(${identifier(name)} AS DOUBLE)`;

function summary(column: Column, index: number, estimated: boolean): string[] {
  const name = identifier(column.name);
  const distinct = estimated ? `approx_count_distinct(${name})` : `count(DISTINCT ${name})`;
  const all = [`count(${name}) AS count_${index}`, `${distinct} AS distinct_${index}`];
  if (!isMeasured(column)) return all;
  const value = asDouble(column);
  const quantiles = `${estimated ? 'approx_quantile' : 'quantile_cont'}(${value}, [${profileQuantiles.join(', ')}])`;
  return [
    ...all,
    `min(${value}) AS min_${index}`,
    `max(${value}) AS max_${index}`,
    `${quantiles} AS quantiles_${index}`,
  ];
}

async function measured(connection: DuckDBConnection, column: Column, summaries: Row, index: number) {
  const min = Number(summaries[`min_${index}`]);
  const max = Number(summaries[`max_${index}`]);
  const bins = min === max ? 1 : binCount;
  // Halves keep the range finite where min and max are near the ends of what a double can hold.
  const bin = `least(${bins - 1}, CAST(floor((x / 2 - $min::DOUBLE / 2) / ($max::DOUBLE / 2 - $min::DOUBLE / 2) * ${bins}) AS INTEGER))`;
  const rows = await queryRows(
    connection,
    `SELECT ${bins === 1 ? '0' : bin} AS bin, count(*) AS bin_count
     FROM (SELECT ${asDouble(column)} AS x FROM profiled) WHERE x IS NOT NULL GROUP BY 1`,
    bins === 1 ? {} : { params: { min: min, max: max } },
  );
  const counts = new Array<number>(bins).fill(0);
  for (const row of rows) counts[Number(row['bin'])] = Number(row['bin_count']);
  const edges = Array.from({ length: bins + 1 }, (_, edge) => min * (1 - edge / bins) + max * (edge / bins));
  const shared = { min, max, quantiles: summaries[`quantiles_${index}`] as number[], histogram: { edges, counts } };
  return column.type === 'timestamp' ? shared : { ...shared, ...(await moments(connection, column, min, max)) };
}

async function moments(connection: DuckDBConnection, column: Column, min: number, max: number) {
  // In units of the largest magnitude, since sums of squares of huge values would overflow.
  const scale = Math.max(Math.abs(min), Math.abs(max)) || 1;
  const sql = `SELECT avg(x / $scale::DOUBLE) AS mean, stddev_samp(x / $scale::DOUBLE) AS stddev FROM (SELECT ${asDouble(column)} AS x FROM profiled)`;
  const [row = {}] = await queryRows(connection, sql, { params: { scale: scale } });
  const mean = Number(row['mean']) * scale;
  return row['stddev'] === null ? { mean } : { mean, stddev: Number(row['stddev']) * scale };
}

async function topValues(connection: DuckDBConnection, column: Column): Promise<{ value: string; count: number }[]> {
  const name = identifier(column.name);
  const sql =
    `SELECT CAST(${name} AS VARCHAR) AS value, count(*) AS value_count FROM profiled WHERE ${name} IS NOT NULL ` +
    `GROUP BY 1 ORDER BY value_count DESC, value LIMIT ${topCount}`;
  const rows = await queryRows(connection, sql, {});
  return rows.map((row) => ({ value: String(row['value']), count: Number(row['value_count']) }));
}
