import type { Run } from '@millwright/contract';
import type { LineageService } from '#lineage';
import type { Change } from '#platform/change';
import { isMillwrightError, MillwrightError } from '#platform/errors';
import { writeFingerprints } from '../tried/store.ts';
import { insertParameters, writeTags } from './entries/store.ts';
import type { Known } from './known.ts';
import { wellFormed } from './run.ts';
import * as store from './store.ts';

export interface RunStart {
  id: string;
  project: string;
  owner: string;
  /** The number of its experiment. */
  experiment: number;
  /** Default `run-<number in the experiment>`. */
  name?: string | undefined;
  status: Run['status'];
  parentRunId: string | null;
  datasetVersionId: string | null;
  /** Epoch ms; default now. */
  startedAt?: number | undefined;
  userId: string;
  note: string;
  parameters: Readonly<Record<string, string>>;
  tags: Readonly<Record<string, string>>;
  originKey: string | null;
}

/** What was decided for a run when it began. */
export interface Started {
  name: string;
  startedAt: number;
  experiment: store.OpenExperiment;
}

export const entriesOf = (
  { number: run, experiment, startedAt }: { number: number; experiment: number; startedAt: number },
  values: Readonly<Record<string, string>> = {},
) => Object.entries(values).map(([key, value]) => ({ run, experiment, startedAt, key, value }));

/** Errors: INVALID_REFERENCE, CONFLICT. */
const decideAll = async (change: Change, starts: readonly RunStart[]): Promise<(Started | MillwrightError)[]> => {
  const perExperiment = new Map<number, number>();
  for (const { experiment } of starts) perExperiment.set(experiment, (perExperiment.get(experiment) ?? 0) + 1);
  const open = await store.countStarted(change.db, perExperiment, change.now);
  const next = new Map<number, number>();
  for (const [experiment, { runCount }] of open)
    next.set(experiment, runCount - (perExperiment.get(experiment) ?? 0) + 1);
  return starts.map(({ experiment, project, name, startedAt = change.now }) => {
    const number = next.get(experiment) ?? 1;
    next.set(experiment, number + 1);
    const own = open.get(experiment);
    if (own?.project === project) return { name: name ?? `run-${number}`, startedAt, experiment: own };
    return new MillwrightError(
      'CONFLICT',
      `There is no experiment with number ${experiment} in project '${project}', or it is in the trash. Restore it before you start runs in it.`,
    );
  });
};

const link = async (change: Change, lineage: LineageService, start: RunStart): Promise<void> => {
  const { project, datasetVersionId, parentRunId } = start;
  const to = { type: 'run', id: start.id };
  if (datasetVersionId !== null)
    await lineage.link(change, { project, from: { type: 'dataset-version', id: datasetVersionId }, to, kind: 'input' });
  if (parentRunId !== null)
    await lineage.link(change, { project, from: { type: 'run', id: parentRunId }, to, kind: 'parent' });
};

/**
 * Several at once, in one transaction. `changeOf`: the change on behalf of who starts the run. `known`: where what they
 * begin with is remembered.
 */
export const startRuns = async (
  change: Change,
  lineage: LineageService,
  starts: readonly RunStart[],
  changeOf: (start: RunStart) => Change,
  known: Known<string> | null,
): Promise<(Started | MillwrightError)[]> => {
  const decided = await decideAll(change, starts);
  const accepted = starts.flatMap((start, index) => {
    const started = decided[index] as Started | MillwrightError;
    return isMillwrightError(started) ? [] : [{ start, started }];
  });
  if (accepted.length > 0) await insertAll(change, lineage, accepted, { changeOf, known });
  return decided;
};

const insertAll = async (
  change: Change,
  lineage: LineageService,
  accepted: readonly { start: RunStart; started: Started }[],
  { changeOf, known }: { changeOf(start: RunStart): Change; known: Known<string> | null },
): Promise<void> => {
  const starts = accepted.map(({ start }) => start);
  const numbers = await store.insertRuns(
    change.db,
    accepted.map(({ start, started: { name, startedAt } }) => ({ ...start, name, startedAt, endedAt: null })),
  );
  const of = ({ start, started: { startedAt } }: (typeof accepted)[number]) => ({
    number: numbers.get(start.id) as number,
    experiment: start.experiment,
    startedAt,
  });
  await insertParameters(
    change.db,
    accepted.flatMap((one) => entriesOf(of(one), one.start.parameters)),
  );
  change.afterCommit(() => {
    for (const one of accepted)
      known?.keep(of(one).number, 0, new Map(Object.entries(wellFormed(one.start.parameters))));
  });
  await writeTags(
    change.db,
    accepted.flatMap((one) => entriesOf(of(one), one.start.tags)),
  );
  // Trainings here know from the start what they try, and are few.
  await writeFingerprints(
    change.db,
    starts
      .filter(({ datasetVersionId }) => datasetVersionId !== null)
      .map(({ id, project, experiment }) => ({ number: numbers.get(id) as number, project, experiment })),
  );
  for (const start of starts) await link(change, lineage, start);
  for (const { start, started } of accepted) {
    const own = changeOf(start);
    const detail = { name: started.name, experimentId: started.experiment.id };
    own.audit({ verb: 'run.create', resourceType: 'run', resourceId: start.id, detail });
    own.emit('experiments.run-started', start.id, detail);
  }
};
