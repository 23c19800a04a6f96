import type { NewMetricPoint } from '#experiments';
import { literal, type Row, type Tables } from '#platform/tables';
import { metricValue } from '../../import/metric-value.ts';

const rowsPerPage = 50_000;
const pointsPerRequest = 10_000;

/** Rows of some type of attribute in the order of the files, a stretch of them at a time. */
export async function* pagesOf(
  tables: Tables,
  paths: readonly string[],
  columns: string,
  condition: string,
): AsyncIterable<Row[]> {
  for (const path of paths) {
    const total = await tables.rowCount([path]);
    for (let from = 0; from < total; from += rowsPerPage)
      yield await tables.rows(
        `SELECT ${columns} FROM read_parquet(${literal(path)}, file_row_number = true)
         WHERE file_row_number >= ${from} AND file_row_number < ${from + rowsPerPage} AND ${condition}
         ORDER BY file_row_number`,
      );
  }
}

export async function* pointsOf(
  tables: Tables,
  paths: readonly string[],
  multiplier: number,
): AsyncIterable<readonly NewMetricPoint[]> {
  const columns = 'attribute_path, step, timestamp, float_value';
  for await (const page of pagesOf(
    tables,
    paths,
    columns,
    "attribute_type = 'float_series' AND float_value IS NOT NULL",
  ))
    for (let from = 0; from < page.length; from += pointsPerRequest)
      yield page.slice(from, from + pointsPerRequest).map((row) => ({
        key: String(row['attribute_path']),
        value: metricValue(Number(row['float_value'])),
        step: Math.round(Number(row['step'] ?? 0) * multiplier),
        at: Number(row['timestamp'] ?? 0),
      }));
}
