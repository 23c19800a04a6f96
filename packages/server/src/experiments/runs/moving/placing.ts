import type { Experiment, RunOutcomes } from '@millwright/contract';
import type { Change } from '#platform/change';
import type { Db } from '#platform/db';
import { fail, isMillwrightError } from '#platform/errors';
import { findExperimentBy, lockExperiment } from '../../store.ts';
import type { RunState } from '../run.ts';
import { lockRuns } from '../store.ts';
import * as store from './store.ts';

export type RunOutcome = RunOutcomes['outcomes'][number];

/** More runs than this are not moved or copied by one request, however many lie below those that were named. */
const mostRuns = 10_000;

/** The runs that were named and, on demand, those below them; parents before their children. */
export const withChildren = async (
  db: Db,
  project: string,
  runIds: readonly string[],
  children: boolean,
): Promise<string[]> => {
  if (!children) return [...runIds];
  const below = await store.listBelow(db, project, runIds, mostRuns + 1);
  const childrenOf = Map.groupBy(below, ({ parentRunId }) => parentRunId);
  const isBelow = new Set(below.map(({ id }) => id));
  const found = new Set<string>();
  const visit = (ids: readonly string[]): void => {
    let level = ids;
    while (level.length > 0) {
      const fresh = level.filter((id) => !found.has(id));
      for (const id of fresh) found.add(id);
      level = fresh.flatMap((id) => (childrenOf.get(id) ?? []).map((child) => child.id));
    }
  };
  visit(runIds.filter((id) => !isBelow.has(id)));
  visit(runIds);
  if (found.size > mostRuns)
    fail('CONFLICT', `More than ${mostRuns} runs lie below those. Name fewer, or leave their children out.`);
  return [...found];
};

/** Runs and the experiments they are in and go to, locked in the order in which the writer of runs locks them. */
export interface Locked {
  runs: Map<string, RunState>;
  experiments: Map<number, Experiment>;
}

export const lockPlaces = async (
  change: Change,
  project: string,
  runIds: readonly string[],
  targets: readonly number[],
): Promise<Locked> => {
  const sources = await store.experimentsOf(change.db, project, runIds);
  const experiments: Locked['experiments'] = new Map();
  for (const number of [...new Set([...sources, ...targets])].sort((a, b) => a - b)) {
    await lockExperiment(change.db, number);
    const experiment = await findExperimentBy(change.db, project, { number });
    if (experiment) experiments.set(number, experiment);
  }
  return { runs: await lockRuns(change.db, runIds), experiments };
};

/** A run outside the trash and the experiment it is in. Errors: NOT_FOUND, CONFLICT, STALE. */
export const placeOfRun = (
  { runs, experiments }: Locked,
  project: string,
  runId: string,
): { run: RunState; experiment: Experiment } => {
  const run = runs.get(runId);
  if (run?.project !== project) return fail('NOT_FOUND', `There is no run '${runId}' in project '${project}'.`);
  if (run.deletedAt !== null) fail('CONFLICT', `The run '${runId}' is in the trash. Restore it first.`);
  const experiment = experiments.get(run.experiment);
  if (!experiment) return fail('STALE', `The run '${runId}' was moved by somebody else meanwhile. Try again.`);
  return { run, experiment };
};

/** The experiment that runs go to. Files that its clients keep by themselves are found by its address: those stay. */
export const checkTarget = (from: Experiment, to: Experiment | undefined): Experiment => {
  if (!to) return fail('NOT_FOUND', 'The experiment to put runs into is gone.');
  if (to.deletedAt !== null)
    fail('CONFLICT', `The experiment '${to.name}' is in the trash. Restore it before you put runs into it.`);
  if (from.artifactLocation !== to.artifactLocation)
    fail(
      'CONFLICT',
      `The files of '${from.name}' lie at ${from.artifactLocation ?? 'this server'}, those of '${to.name}' at ${to.artifactLocation ?? 'this server'}: the run would lose its files.`,
    );
  return to;
};

/** Each by itself: what is refused is its outcome. */
export const decide = <T>(
  runIds: readonly string[],
  accept: (runId: string) => T,
): { accepted: Map<string, T>; refused: RunOutcome[] } => {
  const accepted = new Map<string, T>();
  const refused: RunOutcome[] = [];
  for (const id of runIds)
    try {
      accepted.set(id, accept(id));
    } catch (error) {
      if (!isMillwrightError(error)) throw error;
      refused.push({ run: id, code: error.code, detail: error.message });
    }
  return { accepted, refused };
};

/** In the order in which runs were named. */
export const outcomesInOrder = (runIds: readonly string[], outcomes: readonly RunOutcome[]): RunOutcomes => {
  const of = new Map(outcomes.map((outcome) => [outcome.run, outcome]));
  const ordered = runIds.map((run) => of.get(run) ?? { run, code: null, detail: null });
  const done = ordered.filter(({ code }) => code === null).length;
  return { done, failed: ordered.length - done, outcomes: ordered };
};
