import type { Run } from '@millwright/contract';
import type { LineageService } from '#lineage';
import type { Change } from '#platform/change';
import { writeFingerprints } from '../tried/store.ts';
import * as store from './store.ts';

export interface RunStart {
  id: string;
  project: string;
  owner: string;
  /** The number and the id of its experiment. */
  experiment: number;
  experimentId: string;
  /** Default `run-<number in the experiment>`. */
  name?: string | undefined;
  status: Run['status'];
  parentRunId: string | null;
  datasetVersionId: string | null;
  /** Epoch ms; default now. */
  startedAt?: number | undefined;
  userId: string;
  parameters: Readonly<Record<string, string>>;
  tags: Readonly<Record<string, string>>;
  originKey: string | null;
}

/** What was decided for a run when it began. */
export interface Started {
  name: string;
  startedAt: number;
}

export const entriesOf = (run: { number: number; experiment: number }, values: Readonly<Record<string, string>> = {}) =>
  Object.entries(values).map(([key, value]) => ({ run: run.number, experiment: run.experiment, key, value }));

const nameAll = async (change: Change, starts: readonly RunStart[]): Promise<string[]> => {
  const perExperiment = new Map<number, number>();
  for (const { experiment } of starts) perExperiment.set(experiment, (perExperiment.get(experiment) ?? 0) + 1);
  const next = new Map<number, number>();
  for (const [experiment, count] of await store.countRuns(change.db, perExperiment, change.now))
    next.set(experiment, count - (perExperiment.get(experiment) ?? 0) + 1);
  return starts.map(({ experiment, name }) => {
    const number = next.get(experiment) ?? 1;
    next.set(experiment, number + 1);
    return name ?? `run-${number}`;
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

/** Several at once, in one transaction. `changeOf`: the change on behalf of who starts the run. */
export const startRuns = async (
  change: Change,
  lineage: LineageService,
  starts: readonly RunStart[],
  changeOf: (start: RunStart) => Change,
): Promise<Started[]> => {
  const names = await nameAll(change, starts);
  const rows = starts.map((start, index) => ({
    ...start,
    name: names[index] as string,
    startedAt: start.startedAt ?? change.now,
    endedAt: null,
    note: '',
  }));
  const numbers = await store.insertRuns(change.db, rows);
  const of = (start: RunStart) => ({ number: numbers.get(start.id) as number, experiment: start.experiment });
  await store.writeEntries(
    change.db,
    'run_parameters',
    starts.flatMap((start) => entriesOf(of(start), start.parameters)),
  );
  await store.writeEntries(
    change.db,
    'run_tags',
    starts.flatMap((start) => entriesOf(of(start), start.tags)),
  );
  // Trainings here know from the start what they try, and are few.
  await writeFingerprints(
    change.db,
    starts
      .filter(({ datasetVersionId }) => datasetVersionId !== null)
      .map(({ id, project, experiment }) => ({ number: numbers.get(id) as number, project, experiment })),
  );
  for (const start of starts) await link(change, lineage, start);
  for (const { id, name, experimentId } of rows) {
    const own = changeOf(starts.find((start) => start.id === id) as RunStart);
    own.audit({ verb: 'run.create', resourceType: 'run', resourceId: id, detail: { name, experimentId } });
    own.emit('experiments.run-started', id, { experimentId, name });
  }
  return rows.map(({ name, startedAt }) => ({ name, startedAt }));
};
