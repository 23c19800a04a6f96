import { lstat, mkdtemp, realpath, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fail, isMillwrightError } from '#platform/errors';
import { createTables, literal } from '#platform/tables';
import { metricValue } from '../../import/metric-value.ts';
import { runIdOf } from '../../import/run-id.ts';
import type { ForeignRun } from '../../import/source.ts';
import { createWriter, type Importer, writeSource } from '../../import/writer.ts';
import { metricColumns, runOfRow, type TableRow } from './columns.ts';

const memoryLimitBytes = 600_000_000;
/** W&B exports no more of a project at once. */
const rowsAtMost = 100_000;

/**
 * Reads the table of runs that the pages of W&B export as CSV: a run per row with its configuration and the last values of
 * its metrics. The file is an experiment, by its name.
 */
export const importWandbTable: Importer = async ({ experiments, tempDir }, ctx, options) => {
  const writer = createWriter(experiments, ctx, options);
  const path = await realpath(options.from).catch(() => fail('INVALID_INPUT', `There is no file ${options.from}.`));
  if (!(await lstat(path)).isFile())
    fail('INVALID_INPUT', `${options.from} is no file. Give the CSV that W&B exported.`);
  const rows = await readTable(path, tempDir);
  const [first] = rows;
  if (!first || !('Name' in first) || !('State' in first || 'Created' in first))
    fail('INVALID_INPUT', `${options.from} is no table of runs as W&B exports it: it needs columns Name and State.`);
  const metrics = metricColumns(rows, options.metrics);
  for (const name of options.metrics ?? [])
    if (!metrics.includes(name)) fail('INVALID_INPUT', `The table has no column '${name}'.`);
  writer.problem(
    `taken as metrics: ${metrics.join(', ') || 'none'}; every other column is a parameter. Say otherwise with --metrics`,
  );
  const name = basename(path).replace(/\.csv$/i, '');
  const runs = rows.map((row) => foreignRun(ctx.project, name, row, metrics));
  if (new Set(runs.map(({ id }) => id)).size < runs.length)
    writer.problem('runs of the same name and moment are taken as one: show the column ID before you export');
  await writeSource(experiments, writer, ctx, {
    async *experiments() {
      yield {
        origin: `wandb-table ${name}`,
        name,
        tags: {},
        async *runs() {
          yield* runs;
        },
      };
    },
  });
  return writer.result();
};

const readTable = async (path: string, tempDir: string): Promise<TableRow[]> => {
  const work = await mkdtemp(join(tempDir, 'import-'));
  const tables = createTables({ tempDir: work, directories: [dirname(path)], memoryLimitBytes, threads: 1 });
  try {
    const source = `read_csv(${literal(path)}, header = true, all_varchar = true, delim = ',', quote = '"', escape = '"')`;
    const rows = await tables.rows(`SELECT * FROM ${source} LIMIT ${rowsAtMost}`);
    return rows as TableRow[];
  } catch (error) {
    if (!isMillwrightError(error)) throw error;
    return fail('INVALID_INPUT', `${path} cannot be read as CSV: ${error.message}`);
  } finally {
    await tables.close();
    await rm(work, { recursive: true, force: true });
  }
};

const foreignRun = (project: string, table: string, row: TableRow, metrics: readonly string[]): ForeignRun => {
  const { origin, parameters, tags, metrics: values, step, ...run } = runOfRow(row, metrics);
  return {
    ...run,
    id: runIdOf(project, `wandb-table ${table} ${origin}`),
    entries: async () => ({ parameters, tags }),
    async *points() {
      const points = Object.entries(values).map(([key, value]) => ({
        key,
        value: metricValue(value),
        step,
        at: run.endedAt,
      }));
      if (points.length > 0) yield points;
    },
    async *files() {
      // A table has none.
    },
  };
};
