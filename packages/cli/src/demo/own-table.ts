import type { App } from '@millwright/server';
import { UsageError } from '../arguments.ts';
import type { Source, SourceColumn, Value } from './source.ts';

const mostClasses = 20;
const fewestRows = 1000;
const historyShare = 0.25;

/** Reads a table of the user's own: the earlier part trains the first model, the later part is replayed as traffic. */
export const ownTable = async (
  app: App,
  file: { path: string; target: string; timeColumn: string | null },
): Promise<Source> => {
  const { tables, blobs } = app.platform;
  // The table engine reads inside the data folder only; a copy is put there like any upload.
  const { createReadStream } = await import('node:fs');
  const source = await blobs.put(createReadStream(file.path));
  await using parquet = await blobs.openTemp('.parquet');
  const isParquet = file.path.toLowerCase().endsWith('.parquet');
  const path = await blobs.localPath(source.digest);
  const read = await (isParquet
    ? tables.ingestParquet({ path, outPath: parquet.path })
    : tables.ingestCsv({ path, outPath: parquet.path }));
  if (!read.ok) {
    const first = read.problems[0];
    throw new UsageError(
      `${file.path} cannot be read${first ? `: line ${first.line ?? '?'}, column ${first.column ?? '?'}: ${first.message}` : ''}`,
    );
  }
  const column = (name: string) => read.columns.find((one) => one.name === name);
  const target = column(file.target);
  if (!target)
    throw new UsageError(
      `there is no column '${file.target}'. The columns are: ${read.columns.map((one) => one.name).join(', ')}`,
    );
  if (file.timeColumn !== null && !column(file.timeColumn))
    throw new UsageError(
      `there is no column '${file.timeColumn}'. The columns are: ${read.columns.map((one) => one.name).join(', ')}`,
    );
  const features: SourceColumn[] = read.columns
    .filter((one) => one.name !== file.target && one.name !== file.timeColumn && one.type !== 'timestamp')
    .map((one) => ({ name: one.name, kind: one.type === 'string' ? 'category' : 'number' }));
  if (features.length === 0) throw new UsageError('there is no column left to learn from');
  const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;
  const order = file.timeColumn === null ? '' : ` order by ${quoted(file.timeColumn)}`;
  const rows = await tables.rows(`select * from source where ${quoted(file.target)} is not null${order}`, {
    relations: { source: [parquet.path] },
  });
  if (rows.length < fewestRows)
    throw new UsageError(
      `${file.path} has ${rows.length} rows with a target; the demo needs at least ${fewestRows} to tell a change from chance`,
    );
  const plain = (value: unknown): Value =>
    value === null || value === undefined
      ? null
      : typeof value === 'boolean'
        ? value
          ? 1
          : 0
        : typeof value === 'number' || typeof value === 'string'
          ? value
          : String(value);
  const outcomes = rows.map((row) => row[file.target]);
  const classes = new Set(outcomes.map(String));
  const task =
    target.type === 'number' && classes.size > mostClasses
      ? 'regression'
      : classes.size <= mostClasses || target.type === 'string'
        ? 'classification'
        : 'regression';
  if (classes.size < 2)
    throw new UsageError(`the column '${file.target}' has one value only: there is nothing to learn`);
  const name =
    (file.path.split('/').at(-1) ?? 'table')
      .replace(/\.[^.]*$/, '')
      .replace(/[^A-Za-z0-9-]+/g, '-')
      .replace(/^-+/, '') || 'table';
  return {
    name,
    unit: 'rows',
    target: file.target,
    task,
    timeColumn: file.timeColumn,
    features,
    historyRows: Math.floor(rows.length * historyShare),
    rows: rows.map((row) => features.map((feature) => plain(row[feature.name]))),
    labels: outcomes.map((value) => (task === 'regression' ? Number(value) : String(value))),
    times:
      file.timeColumn === null
        ? null
        : rows.map((row) => new Date(row[file.timeColumn as string] as string | number).getTime()),
    changes: [],
    oracle: null,
  };
};
