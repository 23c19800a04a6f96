import type { Change } from '#platform/change';
import { isMillwrightError, type MillwrightError } from '#platform/errors';
import type { NewModelPoint } from '../logged-models/logged-model.ts';
import { addModelPoints } from '../logged-models/metrics/adding.ts';
import { numbersOfModels } from '../logged-models/store.ts';
import { addPoints, type KnownMetrics } from '../metrics/adding.ts';
import type { NewMetricPoint } from '../metrics/metric.ts';
import { writeFingerprints } from '../tried/store.ts';
import { conflictingParameters, type RunState, wellFormed } from './run.ts';
import { deleteTags, type Entry, insertParameters, readEntries, writeTags } from './entries/store.ts';
import type { Known } from './known.ts';
import { entriesOf } from './starting.ts';
import * as store from './store.ts';
import { noLoggedModel, noRun, parametersSet, runInTrash } from '../refusals.ts';

export interface RunLog {
  project: string;
  runId: string;
  metrics?: readonly NewMetricPoint[];
  /** Points that logged models get, besides those of the run. */
  modelMetrics?: readonly NewModelPoint[];
  parameters?: Readonly<Record<string, string>>;
  tags?: Readonly<Record<string, string>>;
  /** Keys of tags that go; one that the run does not have is no mistake. */
  removedTags?: readonly string[];
  /** Changes the run itself; may refuse by throwing a MillwrightError. */
  update?: (run: RunState, now: number) => RunState;
  /** A run in the trash takes it too. */
  evenDeleted?: boolean;
}

/** What this process wrote lately, so that it need not be read. */
export interface KnownOfRuns {
  metrics: KnownMetrics;
  /** All parameters of a run. */
  parameters: Known<string>;
}

/** What a request changes, decided before anything of it is written. */
export interface AcceptedLog {
  log: RunLog;
  before: RunState;
  run: RunState;
  locked: store.LockedRun;
  /** Those of its parameters that are not there yet. */
  newParameters: Readonly<Record<string, string>>;
}

/** Enough to know what an event is about. */
const keysInEvent = 20;

const keysOf = (values: Readonly<Record<string, string>> = {}): string[] => Object.keys(values);

const modelsIn = (logs: readonly RunLog[]): string[] => [
  ...new Set(logs.flatMap(({ modelMetrics = [] }) => modelMetrics.map(({ modelId }) => modelId))),
];

/** Of parameters that are named, those that runs have, by run: from memory, or read. */
const parametersNamed = async (
  change: Change,
  logs: readonly RunLog[],
  locked: ReadonlyMap<string, store.LockedRun>,
  known: Known<string>,
): Promise<Map<number, Map<string, string>>> => {
  const found = new Map<number, Map<string, string>>();
  const unknown = new Map<number, string[]>();
  for (const { runId, parameters } of logs) {
    const keys = keysOf(wellFormed(parameters));
    const run = locked.get(runId);
    if (keys.length === 0 || run === undefined) continue;
    const all = known.at(run.number, run.revision - 1);
    if (all === null) unknown.set(run.number, [...(unknown.get(run.number) ?? []), ...keys]);
    const own = found.get(run.number) ?? new Map<string, string>();
    found.set(run.number, own);
    for (const key of keys) {
      const value = all?.get(key);
      if (value !== undefined) own.set(key, value);
    }
  }
  const keys = [...new Set([...unknown.values()].flat())];
  for (const [run, entries] of await readEntries(change.db, 'run_parameters', [...unknown.keys()], keys))
    found.set(run, new Map(entries));
  return found;
};

/** Locks the runs and decides for each request. Errors: NOT_FOUND, CONFLICT. */
export const acceptLogs = async (
  change: Change,
  logs: readonly RunLog[],
  known: KnownOfRuns,
): Promise<(AcceptedLog | MillwrightError)[]> => {
  const locked = await store.lockRuns(change.db, [...new Set(logs.map(({ runId }) => runId))]);
  change.afterCommit(() => {
    for (const { number, revision } of locked.values())
      for (const kind of [known.metrics, known.parameters]) kind.moved(number, revision);
  });
  const runs = new Map<string, RunState>(locked);
  const named = await parametersNamed(change, logs, locked, known.parameters);
  const models = await numbersOfModels(change.db, modelsIn(logs));
  const accept = (log: RunLog): AcceptedLog => {
    const before = runs.get(log.runId);
    if (before?.project !== log.project) return noRun(log.project, log.runId);
    if (before.deletedAt !== null && log.evenDeleted !== true) runInTrash(log.runId);
    for (const { modelId } of log.modelMetrics ?? [])
      if (models.get(modelId)?.project !== log.project) noLoggedModel(modelId);
    const parameters = named.get(before.number) ?? new Map<string, string>();
    const wanted = wellFormed(log.parameters);
    const conflicts = conflictingParameters(parameters, wanted);
    if (conflicts.length > 0) parametersSet({ run: log.runId }, conflicts);
    const run = log.update ? log.update(before, change.now) : before;
    // Those that come after in the same transaction see what this one leaves.
    runs.set(log.runId, run);
    const added = Object.entries(wanted).filter(([key]) => !parameters.has(key));
    for (const [key, value] of added) parameters.set(key, value);
    named.set(run.number, parameters);
    const own = locked.get(log.runId) as store.LockedRun;
    return { log, before, run, locked: own, newParameters: Object.fromEntries(added) };
  };
  return logs.map((log) => {
    try {
      return accept(log);
    } catch (error) {
      if (isMillwrightError(error)) return error;
      throw error;
    }
  });
};

/** No statement may name a key twice: the last one wins. */
const lastOf = (entries: readonly Entry[]): Entry[] => [
  ...new Map(entries.map((entry) => [`${entry.run} ${entry.key.toWellFormed()}`, entry])).values(),
];

export const writeLogs = async (
  change: Change,
  accepted: readonly AcceptedLog[],
  changeOf: (log: RunLog) => Change,
  known: KnownOfRuns,
): Promise<void> => {
  const changed = new Map(accepted.filter(({ log }) => log.update).map(({ run }) => [run.number, run]));
  for (const run of changed.values()) await store.updateRun(change.db, run);
  for (const { run, log } of accepted)
    if (log.removedTags?.length) await deleteTags(change.db, run.number, log.removedTags);
  await insertParameters(
    change.db,
    accepted.flatMap(({ run, newParameters }) => entriesOf(run, newParameters)),
  );
  change.afterCommit(() => {
    for (const { locked, newParameters } of accepted)
      if (known.parameters.at(locked.number, locked.revision) !== null)
        known.parameters.keep(locked.number, locked.revision, new Map(Object.entries(newParameters)));
  });
  await writeTags(change.db, lastOf(accepted.flatMap(({ run, log }) => entriesOf(run, log.tags))));
  await addPoints(
    change,
    accepted.map(({ locked, log }) => ({ run: locked, points: log.metrics ?? [] })),
    known.metrics,
  );
  await addModelPoints(
    change.db,
    accepted.map(({ run, log }) => ({ run: run.number, points: log.modelMetrics ?? [] })),
    await numbersOfModels(change.db, modelsIn(accepted.map(({ log }) => log))),
    change.now,
  );
  await noteWhatWasTried(change, accepted);
  for (const one of accepted) auditOne(changeOf(one.log), one);
  tellOfPoints(accepted, changeOf);
};

/** A run is noted when it ends, and once more when it is told parameters after that. */
const noteWhatWasTried = async (change: Change, accepted: readonly AcceptedLog[]): Promise<void> => {
  const ended = accepted.filter(
    ({ before, run, log }) =>
      run.endedAt !== null &&
      (before.endedAt === null || keysOf(log.parameters).length > 0 || run.status !== before.status),
  );
  await writeFingerprints(change.db, [...new Map(ended.map(({ run }) => [run.number, run])).values()]);
};

/** Points leave no row in the audit: their rate is that of a training loop. */
const auditOne = (change: Change, { log, before, run }: AcceptedLog): void => {
  const parameters = keysOf(log.parameters);
  const tags = keysOf(log.tags);
  const { removedTags = [] } = log;
  if (!log.update && parameters.length === 0 && tags.length === 0 && removedTags.length === 0) return;
  const { status, name, note, endedAt, deletedAt } = run;
  const state = log.update ? { status, name, note, endedAt, deletedAt } : {};
  change.audit({
    verb: 'run.update',
    resourceType: 'run',
    resourceId: run.id,
    detail: { ...state, parameters, tags, ...(removedTags.length > 0 ? { removedTags } : {}) },
  });
  if (run.status !== before.status && run.endedAt !== null)
    change.emit('experiments.run-ended', run.id, { status: run.status });
};

/** One event for all points that a run got in a transaction. */
const tellOfPoints = (accepted: readonly AcceptedLog[], changeOf: (log: RunLog) => Change): void => {
  const perRun = Map.groupBy(
    accepted.filter(({ log }) => log.metrics?.length),
    ({ run }) => run.id,
  );
  for (const [id, entries] of perRun) {
    const metrics = entries.flatMap(({ log }) => log.metrics ?? []);
    const keys = [...new Set(metrics.map(({ key }) => key))].slice(0, keysInEvent);
    changeOf((entries[0] as AcceptedLog).log).emit('experiments.metrics-logged', id, { points: metrics.length, keys });
  }
};
