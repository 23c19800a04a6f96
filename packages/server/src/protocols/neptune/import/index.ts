import { fail } from '#platform/errors';
import { createTables, type Tables } from '#platform/tables';
import { type Folder, openFolder } from '../../import/folder.ts';
import { runIdOf } from '../../import/run-id.ts';
import type { ForeignRun } from '../../import/source.ts';
import { createWriter, type Importer, writeSource } from '../../import/writer.ts';
import { readAttributes, readOrigin } from './attributes.ts';
import { filesOf } from './files.ts';
import { pointsOf } from './series.ts';

const memoryLimitBytes = 600_000_000;

/**
 * Reads what Neptune's own exporter wrote: Parquet in parts per run, in a folder per project, and files beside it. A project
 * there is an experiment here.
 */
export const importNeptune: Importer = async ({ experiments, tempDir }, ctx, options) => {
  const writer = createWriter(experiments, ctx, options);
  const folder = await openFolder(options.from);
  const exported = await findRuns(folder, writer.problem);
  if (exported.length === 0)
    fail('INVALID_INPUT', `${options.from} holds no runs as neptune-exporter writes them (RUN_part_0.parquet).`);
  const tables = createTables({ tempDir, directories: [folder.root], memoryLimitBytes, threads: 2 });
  try {
    const byProject = new Map<string, ExportedRun[]>();
    for (const run of exported) {
      const { project } = await readOrigin(tables, run.paths);
      byProject.set(project, [...(byProject.get(project) ?? []), run]);
    }
    await writeSource(experiments, writer, ctx, {
      async *experiments() {
        for (const [project, runs] of byProject)
          yield {
            origin: `neptune ${project}`,
            name: project,
            tags: {},
            async *runs() {
              for (const run of runs) yield await runOf({ tables, folder, problem: writer.problem }, ctx.project, run);
            },
          };
      },
    });
    return writer.result();
  } finally {
    await tables.close();
  }
};

export interface ExportedRun {
  /** The folder of its project, from the root. */
  folder: string;
  /** Its parts as paths of this machine, in order. */
  paths: string[];
}

export interface Reading {
  tables: Tables;
  folder: Folder;
  problem(text: string): void;
}

const findRuns = async (folder: Folder, problem: (text: string) => void): Promise<ExportedRun[]> => {
  const found = new Map<string, { folder: string; parts: Map<number, string> }>();
  for await (const { name, path } of folder.filesBelow()) {
    const [, run, part] = /^(.+)_part_(\d+)\.parquet$/.exec(name) ?? [];
    if (run === undefined) continue;
    const at = path.slice(0, path.length - name.length).replace(/\/$/, '');
    const known = found.get(`${at}/${run}`) ?? { folder: at, parts: new Map<number, string>() };
    known.parts.set(Number(part), `${folder.root}/${path}`);
    found.set(`${at}/${run}`, known);
  }
  return [...found].flatMap(([name, { folder: at, parts }]) => {
    const paths = [...parts].sort(([a], [b]) => a - b).map(([, path]) => path);
    // The exporter gives the first part its name last.
    if (parts.has(0)) return [{ folder: at, paths }];
    problem(`${name} was left out: its export did not come to an end`);
    return [];
  });
};

const runOf = async (reading: Reading, project: string, exported: ExportedRun): Promise<ForeignRun> => {
  const attributes = await readAttributes(reading.tables, exported.paths);
  const { runId, steps, lost } = attributes;
  if (steps.multiplier !== 1)
    reading.problem(`${runId}: its steps are no whole numbers; they are ${steps.multiplier} times as large here`);
  for (const [type, count] of lost) reading.problem(`${runId}: ${count} values of type '${type}' have no place here`);
  return {
    id: runIdOf(project, `neptune ${attributes.project} ${runId}`),
    name: runId,
    status: attributes.isFailed ? 'failed' : 'finished',
    startedAt: attributes.startedAt,
    endedAt: Math.max(attributes.endedAt, attributes.startedAt),
    userId: attributes.owner,
    note: attributes.note,
    isDeleted: attributes.isTrashed,
    entries: async () => attributes,
    points: () => pointsOf(reading.tables, exported.paths, steps.multiplier),
    files: () => filesOf(reading, exported),
  };
};
