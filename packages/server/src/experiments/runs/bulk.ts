import type { RunOutcomes } from '@millwright/contract';
import type { Ctx } from '#platform/auth';
import { fail, isMillwrightError } from '#platform/errors';
import type { Trash } from '../trash/service.ts';
import { refuseUnstorable } from './run.ts';
import type { Runs } from './service.ts';
import type { RunWriter } from './writer.ts';

export interface RunsEdit {
  action: 'delete' | 'restore' | 'tag';
  tags?: Readonly<Record<string, string>> | undefined;
  removedTags?: readonly string[] | undefined;
}

/** Many runs at once. Each stands for itself: one that cannot be changed keeps no other from it. */
export interface Bulk {
  /** Errors: INVALID_INPUT where tags and action do not fit. */
  changeRuns(ctx: Ctx, runIds: readonly string[], edit: RunsEdit): Promise<RunOutcomes>;
  purgeRuns(ctx: Ctx, runIds: readonly string[]): Promise<RunOutcomes>;
}

const outcomesOf = async (runIds: readonly string[], run: (runId: string) => Promise<void>): Promise<RunOutcomes> => {
  // All at once: what is asked for together shares a transaction.
  const outcomes = await Promise.all(
    runIds.map(async (id) => {
      try {
        await run(id);
        return { run: id, code: null, detail: null };
      } catch (error) {
        if (!isMillwrightError(error) || error.status >= 500) throw error;
        return { run: id, code: error.code, detail: error.message };
      }
    }),
  );
  const done = outcomes.filter(({ code }) => code === null).length;
  return { done, failed: outcomes.length - done, outcomes };
};

export const createBulk = ({
  write,
  runs,
  trash,
}: {
  write: RunWriter;
  runs: Pick<Runs, 'setRunDeleted'>;
  trash: Pick<Trash, 'purgeRun'>;
}): Bulk => ({
  async changeRuns(ctx, runIds, { action, tags = {}, removedTags = [] }) {
    const hasTags = Object.keys(tags).length > 0 || removedTags.length > 0;
    if (hasTags !== (action === 'tag'))
      fail('INVALID_INPUT', hasTags ? `To ${action} takes no tags.` : 'Name the tags to set or to remove.');
    refuseUnstorable({ parameters: {}, tags });
    return outcomesOf(runIds, (runId) =>
      action === 'tag'
        ? write.log(ctx, { runId, tags, removedTags })
        : runs.setRunDeleted(ctx, runId, action === 'delete'),
    );
  },
  purgeRuns: (ctx, runIds) => outcomesOf(runIds, (runId) => trash.purgeRun(ctx, runId)),
});
