import type { Run } from '@millwright/contract';
import type { NewMetricPoint } from '#experiments';
import type { Folder } from '../../import/folder.ts';
import { metricValue } from '../../import/metric-value.ts';
import { recordsOf } from './log-file.ts';
import { decodeRecord, type Item, type LogRecord, millisecondsOf } from './record.ts';
import { leavesOf, pathOf, plainLeaves, textOf, type Value, valueOf } from './values.ts';

const pointsPerRequest = 10_000;
/** A summary that is no number becomes a tag, unless it is a document. */
const longestTag = 5000;

export type Problem = (text: string) => void;

export async function* readLog(folder: Folder, path: string, problem: Problem): AsyncIterable<LogRecord> {
  const file = await folder.openFile(path);
  try {
    for await (const bytes of recordsOf(file, (text) => problem(`${path}: ${text}`))) {
      const record = decodeRecord(bytes);
      if (record) yield record;
      else problem(`${path}: a record that cannot be read was left out`);
    }
  } finally {
    await file.close();
  }
}

/** Which run a log is of: its first records say so. */
export const headOf = async (folder: Folder, path: string, problem: Problem): Promise<LogRecord['run'] | null> => {
  for await (const { run } of readLog(folder, path, problem)) if (run) return run;
  return null;
};

/** All of a run but its points, known after its logs were read once. */
export interface Overview {
  name: string;
  status: Run['status'];
  startedAt: number;
  endedAt: number | null;
  userId: string;
  note: string;
  parameters: Record<string, string>;
  tags: Record<string, string>;
  /** Numbers of the summary that no step logged. */
  summary: Map<string, number>;
  /** Bytes of what it printed. */
  outputBytes: number;
}

export const overlook = async (logs: AsyncIterable<LogRecord>, problem: Problem): Promise<Overview> => {
  const overview: Overview = {
    name: '',
    status: 'killed',
    startedAt: 0,
    endedAt: null,
    userId: '',
    note: '',
    parameters: {},
    tags: {},
    summary: new Map(),
    outputBytes: 0,
  };
  const config = new Map<string, Value>();
  const summary = new Map<string, Item>();
  const logged = new Set<string>();
  const lost = new Map<string, number>();
  const takeConfig = (items: NonNullable<LogRecord['config']>): void => {
    for (const item of items.update) {
      const value = valueOf(item);
      if (value !== undefined) config.set(pathOf(item).join('.'), value);
    }
    for (const item of items.remove) config.delete(pathOf(item).join('.'));
  };
  for await (const record of logs) {
    const { run, environment, history, exit } = record;
    if (run) {
      overview.name = run.displayName || run.runId;
      overview.note = run.notes;
      if (run.startTime && overview.startedAt === 0) overview.startedAt = millisecondsOf(run.startTime);
      Object.assign(overview.tags, tagsOf(run));
      if (run.config) takeConfig(run.config);
    }
    if (environment) Object.assign(overview.tags, environmentTags(environment));
    if (environment?.username) overview.userId = environment.username;
    if (record.config) takeConfig(record.config);
    for (const item of record.summary?.update ?? []) summary.set(pathOf(item).join('\u0000'), item);
    for (const item of record.summary?.remove ?? []) summary.delete(pathOf(item).join('\u0000'));
    if (history) {
      const { leaves, media } = plainLeaves(history.item);
      for (const [path, value] of leaves) {
        logged.add(path.join('.'));
        if (typeof value !== 'number' && typeof value !== 'boolean')
          lost.set(path.join('.'), (lost.get(path.join('.')) ?? 0) + 1);
      }
      for (const key of media) logged.add(key);
    }
    overview.endedAt = Math.max(overview.endedAt ?? 0, momentOf(record) ?? 0) || null;
    if (exit) overview.status = exit.exitCode === 0 ? 'finished' : 'failed';
    overview.outputBytes += Buffer.byteLength(lineOf(record));
    if (record.artifact)
      problem(
        `the artifact '${record.artifact.name}' (${record.artifact.type}) is not part of the log: its contents are elsewhere`,
      );
  }
  for (const [key, value] of config)
    if (!key.startsWith('_wandb'))
      for (const [path, leaf] of leavesOf([key], value)) overview.parameters[path.join('.')] = textOf(leaf);
  for (const [path, value] of plainLeaves([...summary.values()]).leaves) {
    const key = path.join('.');
    if (logged.has(key)) continue;
    if (typeof value === 'number' || typeof value === 'boolean') overview.summary.set(key, Number(value));
    else if (textOf(value).length <= longestTag) overview.tags[`summary.${key}`] = textOf(value);
  }
  for (const [key, count] of lost)
    problem(`${overview.name}: ${count} values of '${key}' are no numbers and were left out`);
  return overview;
};

const tagsOf = (run: NonNullable<LogRecord['run']>): Record<string, string> => {
  const named = {
    'wandb.group': run.group,
    'wandb.jobType': run.jobType,
    'wandb.sweep': run.sweepId,
    'wandb.host': run.host,
  };
  const git = {
    'mlflow.source.git.commit': run.git?.commit ?? '',
    'mlflow.source.git.repoURL': run.git?.remoteUrl ?? '',
  };
  const given = Object.entries({ ...named, ...git, 'wandb.runId': run.runId }).filter(([, value]) => value !== '');
  return Object.fromEntries([...run.tags.map((tag): [string, string] => [tag, 'true']), ...given]);
};

const environmentTags = ({ program, git, host }: NonNullable<LogRecord['environment']>): Record<string, string> => {
  const known = {
    'mlflow.source.name': program,
    'mlflow.source.git.commit': git?.commit ?? '',
    'mlflow.source.git.repoURL': git?.remoteUrl ?? '',
    'wandb.host': host,
  };
  return Object.fromEntries(Object.entries(known).filter(([, value]) => value !== ''));
};

export const lineOf = ({ output, outputRaw }: LogRecord): string => output?.line ?? outputRaw?.line ?? '';

/** One of W&B's own values in a step. */
const ownValue = (items: readonly Item[], name: string): number | null => {
  const item = items.find((one) => pathOf(one).length === 1 && pathOf(one)[0] === name);
  const value = item && valueOf(item);
  return typeof value === 'number' ? value : null;
};

/** When it was logged, epoch ms. */
const momentOf = ({ history, stats }: LogRecord): number | null => {
  const seconds = history ? ownValue(history.item, '_timestamp') : null;
  if (seconds !== null) return Math.round(seconds * 1000);
  return stats?.timestamp ? millisecondsOf(stats.timestamp) : null;
};

/** What was logged at steps, what the machine was measured at, and at the end what only the summary says. */
export async function* pointsOf(
  logs: AsyncIterable<LogRecord>,
  overview: Overview,
): AsyncIterable<readonly NewMetricPoint[]> {
  let points: NewMetricPoint[] = [];
  let samples = 0;
  let lastStep = 0;
  for await (const record of logs) {
    const { history, stats } = record;
    const at = momentOf(record) ?? overview.startedAt;
    if (history) {
      const step = ownValue(history.item, '_step') ?? Number(history.step?.num ?? lastStep + 1);
      lastStep = Math.max(lastStep, step);
      for (const [path, value] of plainLeaves(history.item).leaves)
        if (typeof value === 'number' || typeof value === 'boolean')
          points.push({ key: path.join('.'), value: metricValue(Number(value)), step, at });
    }
    if (stats) {
      for (const [path, value] of plainLeaves(stats.item).leaves)
        if (typeof value === 'number')
          points.push({ key: `system/${path.join('.')}`, value: metricValue(value), step: samples, at });
      samples += 1;
    }
    if (points.length < pointsPerRequest) continue;
    yield points;
    points = [];
  }
  for (const [key, value] of overview.summary)
    points.push({ key, value: metricValue(value), step: lastStep, at: overview.endedAt ?? overview.startedAt });
  if (points.length > 0) yield points;
}
