import type { Change } from '#platform/change';
import { failurePoint } from '#platform/failure-points';
import type { JobContext } from '#platform/jobs';
import { deleteTags, writeTags } from '../entries/store.ts';
import { lockRuns } from '../store.ts';
import * as store from './store.ts';

export const copyingJob = 'experiments.copy-runs';
export const copyingTag = 'millwright.copying';

/** Bounds the time that others wait for SQLite's one writer: some 20 ms. */
const rowsPerPiece = 5000;

/** The next points or files of a copy. Answers whether more are left. */
export const copyPiece = async (change: Change, copy: store.RunCopy, limit: number): Promise<boolean> => {
  const { db } = change;
  // Nobody logs to either of them while points are counted.
  const runs = await lockRuns(db, [copy.source_id, copy.id]);
  const made = runs.get(copy.id);
  if (!made) {
    await store.endCopy(db, copy.run);
    return false;
  }
  if (runs.has(copy.source_id)) {
    if ((await store.copyPoints(db, copy.run, limit)) > 0) return true;
    if (copy.files_after !== null && (await store.copyFiles(db, copy, limit)) === limit) return true;
    await deleteTags(db, copy.run, [copyingTag]);
  } else {
    const value = 'incomplete: the run it was copied from is gone';
    const { experiment, startedAt } = made;
    await writeTags(db, [{ run: copy.run, experiment, startedAt, key: copyingTag, value }]);
  }
  await store.endCopy(db, copy.run);
  change.emit('experiments.run-copied', copy.id, { copiedFrom: copy.source_id });
  return false;
};

/** Copies that are too long for one transaction: piece by piece, each in its own. Killed anywhere, it goes on there. */
export const copyWaiting = async (job: JobContext): Promise<void> => {
  for (let more = true; more && !job.signal.aborted; ) {
    more = await job.change(async (change) => {
      const copy = await store.nextCopy(change.db);
      if (!copy) return false;
      await copyPiece(change.as({ ...job.context, project: copy.project }), copy, rowsPerPiece);
      return true;
    });
    failurePoint('copy.after-piece');
    await new Promise(setImmediate);
  }
  job.signal.throwIfAborted();
};
