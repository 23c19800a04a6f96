import { dirname } from 'node:path';
import { fail } from '#platform/errors';
import { type Folder, openFolder } from '../../import/folder.ts';
import { runIdOf } from '../../import/run-id.ts';
import type { ForeignFile, ForeignRun, ForeignSource } from '../../import/source.ts';
import { createWriter, type Importer, writeSource } from '../../import/writer.ts';
import type { LogRecord } from './record.ts';
import { headOf, lineOf, type Overview, overlook, pointsOf, type Problem, readLog } from './run-logs.ts';

const output = 'output.log';

/**
 * Reads what W&B keeps on the machine that trains (a folder `wandb` with `run-...` or `offline-run-...`): configuration,
 * history, summary, measurements of the machine, output and files. A project there is an experiment here.
 */
export const importWandb: Importer = async ({ experiments }, ctx, options) => {
  const writer = createWriter(experiments, ctx, options);
  const folder = await openFolder(options.from);
  const logged = await findRuns(folder, writer.problem);
  if (logged.length === 0)
    fail('INVALID_INPUT', `${options.from} holds no logs of W&B (run-*.wandb in folders run-* or offline-run-*).`);
  await writeSource(experiments, writer, ctx, sourceOf(folder, logged, ctx.project, writer.problem));
  return writer.result();
};

/** A run that was resumed has a log per part. */
interface LoggedRun {
  entity: string;
  project: string;
  runId: string;
  paths: string[];
}

const findRuns = async (folder: Folder, problem: Problem): Promise<LoggedRun[]> => {
  const found = new Map<string, LoggedRun>();
  // By path, which holds the time when it began.
  for await (const { name, path } of folder.filesBelow()) {
    if (!/^run-.+\.wandb$/.test(name)) continue;
    const head = await headOf(folder, path, problem);
    if (!head) {
      problem(`${path} was left out: it does not say which run it is of`);
      continue;
    }
    const { entity, project, runId } = head;
    const key = JSON.stringify([entity, project, runId]);
    const known = found.get(key);
    if (known) known.paths.push(path);
    else found.set(key, { entity, project: project || 'uncategorized', runId, paths: [path] });
  }
  return [...found.values()];
};

const sourceOf = (folder: Folder, logged: readonly LoggedRun[], project: string, problem: Problem): ForeignSource => {
  const overviews = new Map<LoggedRun, Overview>();
  const runOf = async (run: LoggedRun): Promise<ForeignRun> => {
    const overview = overviews.get(run) ?? (await overlook(logsOf(folder, run, problem), problem));
    overviews.set(run, overview);
    // Whatever cannot be read was told by the first reading.
    const again = () => logsOf(folder, run, () => undefined);
    return {
      ...overview,
      id: runIdOf(project, `wandb ${run.entity} ${run.project} ${run.runId}`),
      userId: overview.userId || run.entity,
      endedAt: overview.endedAt ?? overview.startedAt,
      entries: async () => overview,
      points: () => pointsOf(again(), overview),
      files: () => filesOf(folder, run, overview, again),
    };
  };
  return {
    async *experiments() {
      for (const [key, runs] of Map.groupBy(logged, (run) => JSON.stringify([run.entity, run.project])))
        yield {
          origin: `wandb ${key}`,
          name: runs[0]?.project ?? '',
          tags: {},
          async *runs() {
            for (const run of runs) yield await runOf(run);
          },
        };
    },
  };
};

async function* logsOf(folder: Folder, run: LoggedRun, problem: Problem): AsyncIterable<LogRecord> {
  for (const path of run.paths) yield* readLog(folder, path, problem);
}

/** What lies beside the logs, a later part of the run before an earlier one; the output also where only the log has it. */
async function* filesOf(
  folder: Folder,
  run: LoggedRun,
  overview: Overview,
  again: () => AsyncIterable<LogRecord>,
): AsyncIterable<ForeignFile> {
  const seen = new Set<string>();
  for (const path of run.paths.toReversed())
    for await (const file of folder.copiesOf(`${dirname(path)}/files`)) {
      if (seen.has(file.path)) continue;
      seen.add(file.path);
      yield file;
    }
  if (!seen.has(output) && overview.outputBytes > 0)
    yield { path: output, sizeBytes: overview.outputBytes, open: () => printed(again()) };
}

async function* printed(logs: AsyncIterable<LogRecord>): AsyncIterable<Uint8Array> {
  for await (const record of logs) {
    const line = lineOf(record);
    if (line !== '') yield Buffer.from(line);
  }
}
