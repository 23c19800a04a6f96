import type { Run } from '@millwright/contract';
import { createReadStream } from 'node:fs';
import { readParquet, type Row, type Tables } from '#platform/tables';
import { type Folder, openFolder } from '../../import/folder.ts';
import { metricValue } from '../../import/metric-value.ts';
import { runIdOf } from '../../import/run-id.ts';
import type { ForeignRun, ForeignSource } from '../../import/source.ts';
import { createWriter, type Importer, unfinishedTag, type Writer, writeSource } from '../../import/writer.ts';
import { createDefaultExperiment } from '../../mlflow/experiments/experiments.ts';
import { type Manifest, readManifest } from './manifest.ts';
import { openSorting, type SortedTable, type Sorting } from './sorted.ts';

const runsPerPage = 500;
const pointsPerRequest = 10_000;
const entriesPerPage = 10_000;

/**
 * Reads what `millwright export` wrote. Runs keep their ids, unless they are exported from another project of this very server,
 * where the ids are in use. Data sets and registered models do not come along.
 */
export const importParquet: Importer = async ({ experiments, tempDir }, ctx, options) => {
  const createDefault = createDefaultExperiment(experiments);
  const writer = createWriter(experiments, ctx, { ...options, createDefault });
  const folder = await openFolder(options.from);
  const manifest = await readManifest(folder);
  const sorting = await openSorting(folder.root, tempDir);
  try {
    const { project } = manifest;
    const there = { ...ctx, project };
    const idHere = async (id: string) =>
      project !== ctx.project && (await experiments.runExists(there, id)) ? runIdOf(ctx.project, id) : id;
    const source = await sourceOf({ folder, manifest, sorting, writer, idHere });
    await writeSource(experiments, writer, ctx, source);
    for (const [table, what] of Object.entries({ logged_models: 'logged models', models: 'registered models' })) {
      const count = manifest.rows.get(table) ?? 0;
      if (count > 0) writer.problem(`${count} ${what} were left out: an export holds only what is known of them`);
    }
    return writer.result();
  } finally {
    await sorting.close();
  }
};

interface Reading {
  folder: Folder;
  manifest: Manifest;
  sorting: Sorting;
  writer: Writer;
  /** How a run is called here. */
  idHere(id: string): Promise<string>;
}

interface OfRuns {
  parameters: SortedTable;
  tags: SortedTable;
  points: SortedTable;
  files: SortedTable;
  inputs: SortedTable;
}

const sortAll = async ({ manifest: { tables }, sorting }: Reading): Promise<OfRuns> => {
  const of = (name: string) => tables.get(name) ?? [];
  const texts = (...names: string[]) => Object.fromEntries(names.map((name) => [name, name]));
  const entries = (name: string) =>
    sorting.sorted(name, {
      paths: of(name),
      owner: 'run_id',
      columns: texts('key', 'value'),
      thenBy: ['key'],
      rowsPerPage: entriesPerPage,
    });
  return {
    parameters: await entries('parameters'),
    tags: await entries('tags'),
    points: await sorting.sorted('metric_points', {
      paths: of('metric_points'),
      owner: 'run_id',
      columns: { ...texts('key', 'step', 'value'), at: 'epoch_ms(logged_at)' },
      thenBy: ['key', 'step', 'at'],
      rowsPerPage: pointsPerRequest,
    }),
    files: await sorting.sorted('artifacts', {
      paths: of('artifacts'),
      owner: 'owner_id',
      columns: texts('path', 'digest', 'size_bytes'),
      thenBy: ['path'],
      rowsPerPage: entriesPerPage,
    }),
    inputs: await sorting.sorted('inputs', {
      paths: of('inputs'),
      owner: 'run_id',
      columns: texts('dataset', 'digest', 'context', 'source_type', 'source'),
      thenBy: ['dataset', 'digest'],
      rowsPerPage: entriesPerPage,
    }),
  };
};

const sourceOf = async (reading: Reading): Promise<ForeignSource> => {
  const { manifest, sorting } = reading;
  const { tables } = sorting;
  const ofRuns = await sortAll(reading);
  const experimentPaths = manifest.tables.get('experiments') ?? [];
  return {
    async *experiments() {
      if (experimentPaths.length === 0) return;
      const found = await tables.rows(
        `SELECT experiment_id, number, name, description, deleted_at IS NOT NULL AS gone FROM ${readParquet(experimentPaths)} ORDER BY number`,
      );
      for (const row of found) {
        const id = String(row['experiment_id']);
        yield {
          origin: `millwright ${id}`,
          name: String(row['name']),
          description: String(row['description'] ?? ''),
          isDefault: row['name'] === 'Default',
          isDeleted: row['gone'] === true,
          tags: {},
          async *runs() {
            for await (const run of runsOf(tables, manifest.tables.get('runs') ?? [], id))
              yield foreignRun(reading, ofRuns, run, await reading.idHere(String(run['run_id'])));
          },
        };
      }
    },
  };
};

async function* runsOf(tables: Tables, paths: readonly string[], experiment: string): AsyncIterable<Row> {
  if (paths.length === 0) return;
  for (let after = ''; ; ) {
    const page = await tables.rows(
      `SELECT run_id, name, status, parent_run_id, epoch_ms(started_at) AS started_at, epoch_ms(ended_at) AS ended_at,
         deleted_at IS NOT NULL AS gone, user_id, note
       FROM ${readParquet(paths)} WHERE experiment_id = $experiment AND run_id > $after ORDER BY run_id LIMIT ${runsPerPage}`,
      { params: { experiment, after } },
    );
    yield* page;
    if (page.length < runsPerPage) return;
    after = String(page.at(-1)?.['run_id']);
  }
}

const textOrNull = (value: Row[string] | undefined): string | null =>
  value === null || value === undefined ? null : String(value);

const pairs = async (table: SortedTable, owner: string): Promise<Record<string, string>> => {
  const found: [string, string][] = [];
  for await (const page of table.rowsOf(owner))
    for (const row of page) found.push([String(row['key']), String(row['value'] ?? '')]);
  return Object.fromEntries(found);
};

const foreignRun = ({ folder, writer, idHere }: Reading, ofRuns: OfRuns, row: Row, newId: string): ForeignRun => {
  const id = String(row['run_id']);
  const parent = textOrNull(row['parent_run_id']);
  return {
    id: newId,
    name: String(row['name'] ?? ''),
    status: String(row['status']) as Run['status'],
    startedAt: Number(row['started_at']),
    endedAt: row['ended_at'] === null ? null : Number(row['ended_at']),
    userId: String(row['user_id'] ?? ''),
    note: String(row['note'] ?? ''),
    isDeleted: row['gone'] === true,
    async entries() {
      const { [unfinishedTag]: _unfinished, ...tags } = await pairs(ofRuns.tags, id);
      return { parameters: await pairs(ofRuns.parameters, id), tags };
    },
    async *points() {
      for await (const page of ofRuns.points.rowsOf(id))
        yield page.map((point) => ({
          key: String(point['key']),
          value: metricValue(Number(point['value'])),
          step: Number(point['step']),
          at: Number(point['at']),
        }));
    },
    async *files() {
      for await (const page of ofRuns.files.rowsOf(id))
        for (const file of page) {
          const content = `files/${String(file['digest']).replace('sha256:', '')}`;
          if ((await folder.kindOf(content)) !== 'file') {
            writer.problem('files of runs were left out where the export does not hold them: export with --files');
            continue;
          }
          yield {
            path: String(file['path']),
            sizeBytes: Number(file['size_bytes']),
            open: () => createReadStream(`${folder.root}/${content}`),
          };
        }
    },
    parent: async () => (parent === null ? null : idHere(parent)),
    async links() {
      const datasets = [];
      for await (const page of ofRuns.inputs.rowsOf(id))
        for (const input of page)
          datasets.push({
            dataset: {
              name: String(input['dataset']),
              digest: String(input['digest']),
              sourceType: String(input['source_type'] ?? ''),
              source: String(input['source'] ?? ''),
              schema: null,
              profile: null,
            },
            context: textOrNull(input['context']),
            tags: {},
          });
      return { datasets, inputs: [], outputs: [] };
    },
  };
};
