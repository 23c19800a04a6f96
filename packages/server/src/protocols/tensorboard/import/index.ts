import { basename } from 'node:path';
import type { Run } from '@millwright/contract';
import type { NewMetricPoint } from '#experiments';
import { fail } from '#platform/errors';
import { type Folder, openFolder } from '../../import/folder.ts';
import { metricValue } from '../../import/metric-value.ts';
import { runIdOf } from '../../import/run-id.ts';
import type { ForeignRun, ForeignSource } from '../../import/source.ts';
import { createWriter, type Importer, writeSource } from '../../import/writer.ts';
import { type Logged, readEvents } from './events.ts';

const pointsPerRequest = 10_000;

/** What the plugin of hyperparameters says about the end of a run. */
const statuses: Record<number, Run['status']> = { 1: 'finished', 2: 'failed', 3: 'running' };

/** Known after its files were read once. */
interface Overview {
  startedAt: number;
  endedAt: number;
  status: Run['status'];
  parameters: Record<string, string>;
}

/**
 * Reads event files of TensorBoard (written by TensorFlow, PyTorch, JAX, tensorboardX and others): each folder that holds
 * some is a run, all of them one experiment. Scalars become metrics, hyperparameters parameters, texts, images and sounds
 * files.
 */
export const importTensorboard: Importer = async ({ experiments }, ctx, options) => {
  const writer = createWriter(experiments, ctx, options);
  const folder = await openFolder(options.from);
  const byFolder = await eventFiles(folder);
  if (byFolder.size === 0)
    fail('INVALID_INPUT', `${options.from} holds no event files of TensorBoard (events.out.tfevents.*).`);
  await writeSource(experiments, writer, ctx, sourceOf(folder, byFolder, ctx.project, writer.problem));
  return writer.result();
};

/** In each folder in the order in which they were begun, which their names tell. */
const eventFiles = async (folder: Folder): Promise<Map<string, string[]>> => {
  const found = new Map<string, string[]>();
  for await (const { name, path } of folder.filesBelow()) {
    if (!/(^|\.)tfevents\./.test(name)) continue;
    const at = path.slice(0, path.length - name.length).replace(/\/$/, '');
    found.set(at, [...(found.get(at) ?? []), path]);
  }
  const begun = (path: string): number => Number(/tfevents\.(\d+)/.exec(path)?.[1] ?? 0);
  for (const paths of found.values()) paths.sort((a, b) => begun(a) - begun(b) || (a < b ? -1 : 1));
  return found;
};

const sourceOf = (
  folder: Folder,
  byFolder: ReadonlyMap<string, readonly string[]>,
  project: string,
  problem: (text: string) => void,
): ForeignSource => {
  const name = basename(folder.root);
  const overviews = new Map<string, Overview>();
  const runOf = async (at: string, paths: readonly string[]): Promise<ForeignRun> => {
    // Whatever cannot be read is told once, by the first reading.
    const overview = overviews.get(at) ?? (await overlook(readEvents(folder, paths, problem), at, problem));
    overviews.set(at, overview);
    const events = () => readEvents(folder, paths, () => undefined);
    return {
      // The name of a file holds the time, the host and the process: the same files are the same run wherever they lie.
      id: runIdOf(project, `tensorboard ${at} ${basename(paths[0] ?? '')}`),
      name: at === '' ? name : at,
      status: overview.status,
      startedAt: overview.startedAt,
      endedAt: overview.endedAt,
      userId: '',
      entries: async () => ({ parameters: overview.parameters, tags: { 'tensorboard.folder': at || '.' } }),
      points: () => pointsIn(events()),
      async *files() {
        // A copy: the bytes are the reader's only until it goes on.
        for await (const one of events())
          if (one.kind === 'file')
            yield { path: one.path, sizeBytes: one.content.length, open: () => Uint8Array.from(one.content) };
      },
    };
  };
  return {
    async *experiments() {
      yield {
        origin: `tensorboard ${folder.root}`,
        name,
        tags: {},
        async *runs() {
          for (const [at, paths] of byFolder) {
            const run = await runOf(at, paths);
            // Where nothing could be read there is no run; why was told.
            if (run.endedAt !== 0) yield run;
          }
        },
      };
    },
  };
};

const overlook = async (
  events: AsyncIterable<Logged>,
  at: string,
  problem: (text: string) => void,
): Promise<Overview> => {
  const overview: Overview = { startedAt: Number.POSITIVE_INFINITY, endedAt: 0, status: 'finished', parameters: {} };
  const others = new Map<string, number>();
  for await (const one of events) {
    if ('at' in one) {
      overview.startedAt = Math.min(overview.startedAt, one.at);
      overview.endedAt = Math.max(overview.endedAt, one.at);
    }
    if (one.kind === 'session') {
      Object.assign(overview.parameters, one.parameters);
      if (one.status !== null) overview.status = statuses[one.status] ?? overview.status;
    }
    if (one.kind === 'other') others.set(one.plugin, (others.get(one.plugin) ?? 0) + 1);
  }
  for (const [plugin, count] of others) problem(`${at || '.'}: ${count} values of '${plugin}' have no place here`);
  return overview;
};

async function* pointsIn(events: AsyncIterable<Logged>): AsyncIterable<readonly NewMetricPoint[]> {
  let points: NewMetricPoint[] = [];
  for await (const one of events) {
    if (one.kind !== 'point') continue;
    points.push({ key: one.key, value: metricValue(one.value), step: one.step, at: one.at });
    if (points.length < pointsPerRequest) continue;
    yield points;
    points = [];
  }
  if (points.length > 0) yield points;
}
