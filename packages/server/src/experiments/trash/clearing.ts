import type { LineageService } from '#lineage';
import type { Change } from '#platform/change';
import type { JobContext } from '#platform/jobs';
import { failurePoint } from '#platform/failure-points';
import { deleteFingerprints } from '../tried/store.ts';
import * as store from './store.ts';
import type { Purge } from './store.ts';

/** Bounds the time that others wait for SQLite's one writer: some 10 ms. */
const rowsPerPiece = 5000;
const membersPerPiece = 500;

const clearRun = (change: Change, { number }: Purge, limit: number): (() => Promise<number>)[] => {
  const owner = { column: 'run', number } as const;
  return [
    () => store.deleteSeries(change.db, 'run_metrics', owner, limit),
    () => store.deleteSeries(change.db, 'logged_model_metrics', owner, limit),
    () => store.deleteKeyed(change.db, 'run_parameters', owner, limit),
    () => store.deleteKeyed(change.db, 'run_tags', owner, limit),
    () => store.deleteLinks(change.db, number, limit),
    () => deleteFingerprints(change.db, number),
  ];
};

const clearModel = (change: Change, { number }: Purge, limit: number): (() => Promise<number>)[] => {
  const owner = { column: 'model', number } as const;
  return [
    () => store.deleteSeries(change.db, 'logged_model_metrics', owner, limit),
    () => store.deleteKeyed(change.db, 'logged_model_parameters', owner, limit),
    () => store.deleteKeyed(change.db, 'logged_model_tags', owner, limit),
  ];
};

const lineageTypes = { run: 'run', model: 'logged-model' } as const;

const clearExperiment = (change: Change, lineage: LineageService, purge: Purge): (() => Promise<number>)[] => [
  () => store.purgeMembers(change.db, 'run', purge, { limit: membersPerPiece, now: change.now }),
  () => store.purgeMembers(change.db, 'model', purge, { limit: membersPerPiece, now: change.now }),
  async () => {
    const ids = await store.deleteDatasets(change.db, purge.number, membersPerPiece);
    await lineage.forget(change, purge.project, 'input-dataset', ids);
    return ids.length;
  },
];

/** Removes the next rows of what was deleted for good, of several when they are small. Answers whether more are left. */
const clearPiece = async (change: Change, lineage: LineageService): Promise<boolean> => {
  for (let left = rowsPerPiece; left > 0; ) {
    const purge = await store.nextPurge(change.db);
    if (!purge) return false;
    let gone = 0;
    if (purge.kind === 'experiment')
      for (const clear of clearExperiment(change, lineage, purge)) gone = gone > 0 ? gone : await clear();
    else {
      const steps = [
        ...(purge.kind === 'run' ? clearRun : clearModel)(change, purge, left),
        () => store.deleteFilesOf(change.db, purge, left),
      ];
      for (const clear of steps) gone = gone > 0 ? gone : await clear();
    }
    if (gone === 0) {
      if (purge.kind !== 'experiment')
        await lineage.forget(change, purge.project, lineageTypes[purge.kind], [purge.id]);
      await store.endPurge(change.db, purge);
    }
    left -= gone + 10;
  }
  return true;
};

/** The background job: piece by piece, each in a transaction of its own, so that other requests get through. */
export const clearPurged =
  (lineage: LineageService) =>
  async (job: JobContext): Promise<void> => {
    for (let more = true; more && !job.signal.aborted; ) {
      more = await job.change((change) => clearPiece(change, lineage));
      failurePoint('purge.after-piece');
      await new Promise(setImmediate);
    }
    job.signal.throwIfAborted();
  };
