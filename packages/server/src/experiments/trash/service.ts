import type { Experiment } from '@millwright/contract';
import type { Ctx } from '#platform/auth';
import { type Change, type ChangeContext, groupChanges } from '#platform/change';
import type { Platform } from '#platform/core';
import type { Db } from '#platform/db';
import { fail, isMillwrightError, type MillwrightError } from '#platform/errors';
import type { Catalog } from '../catalog.ts';
import { lockRun } from '../runs/store.ts';
import { findExperimentBy, lockExperiment } from '../store.ts';
import * as store from './store.ts';
import { noRun } from '../refusals.ts';

/** Why runs and logged models must stay, by id; those that may go are missing. */
export type Keeper = (db: Db, ids: readonly string[]) => Promise<ReadonlyMap<string, string>>;

export interface Trash {
  /**
   * Deletes a run in the trash for good: gone from all reads at once, its rows soon after. Errors: NOT_FOUND; CONFLICT
   * where it is not in the trash, or something that stays needs its files.
   */
  purgeRun(ctx: Ctx, runId: string): Promise<void>;
  /**
   * Deletes an experiment in the trash for good, with its runs and logged models. Its name is free at once. Errors:
   * NOT_FOUND; CONFLICT as for a run, and while runs of it are outside the trash.
   */
  purgeExperiment(ctx: Ctx, ref: string): Promise<void>;
  /** What has been in the trash since before an instant, in all projects. Answers how many of each are gone. */
  emptyTrash(context: ChangeContext, before: number): Promise<{ experiments: number; runs: number; models: number }>;
  /** Later stages say what must stay because they refer to it. */
  registerKeeper(keeper: Keeper): void;
}

export const clearingJob = 'experiments.clear-purged';
const membersPerLook = 1000;
const runsPerTransaction = 100;

const mustBeTrashed = (deletedAt: number | null, what: string): void => {
  if (deletedAt === null) fail('CONFLICT', `${what} is not in the trash. Delete it first, then delete it for good.`);
};

export const createTrash = ({ database: { db }, changes }: Platform, { catalog }: { catalog: Catalog }): Trash => {
  const keepers: Keeper[] = [];
  const refuseKept = async (tx: Db, ids: readonly string[]): Promise<void> => {
    for (const keeper of keepers)
      for (const reason of (await keeper(tx, ids)).values())
        fail('CONFLICT', `It cannot be deleted for good: ${reason}`);
  };

  const purge = async (change: Change, what: store.Purge, detail: Record<string, unknown>): Promise<void> => {
    await store.beginPurge(change.db, what, change.now);
    const resourceType = what.kind === 'model' ? 'logged-model' : what.kind;
    change.audit({ verb: `${resourceType}.purge`, resourceType, resourceId: what.id, detail });
  };

  const purgeLocked = async (change: Change, project: string, runId: string): Promise<void> => {
    const run = (await lockRun(change.db, project, runId)) ?? noRun(project, runId);
    mustBeTrashed(run.deletedAt, `The run '${runId}'`);
    await refuseKept(change.db, [runId]);
    const { number, name, status, startedAt } = run;
    const gone = await store.measureRun(change.db, run);
    await purge(change, { kind: 'run', number, id: runId, project }, { name, status, startedAt, ...gone });
  };
  /** Those that are asked for together share a transaction. */
  const submit = groupChanges<{ project: string; runId: string }, null>(changes, {
    keyOf: ({ runId }) => runId,
    weightOf: () => 1,
    maxWeight: runsPerTransaction,
    async run(change, items) {
      const results: (null | MillwrightError)[] = [];
      for (const { context, input } of items)
        results.push(
          await purgeLocked(change.as(context), input.project, input.runId).then(
            () => null,
            (error: unknown) => {
              // Refused before anything of it was written.
              if (isMillwrightError(error)) return error;
              throw error;
            },
          ),
        );
      if (results.includes(null)) change.enqueue(clearingJob, {});
      return results;
    },
  });
  const purgeRun = async (context: ChangeContext & { project: string }, runId: string): Promise<void> => {
    await submit(context, { project: context.project, runId });
  };

  const purgeModel = (context: ChangeContext, model: store.Trashed): Promise<void> =>
    changes.change(context, async (change) => {
      await refuseKept(change.db, [model.id]);
      const { number, id, project, name } = model;
      await purge(change, { kind: 'model', number, id, project }, { name });
      change.enqueue(clearingJob, {});
    });

  /** All that has files must be free to go; asked in parts, as there may be very many. */
  const refuseKeptMembers = async (experiment: number): Promise<void> => {
    for (const kind of ['run', 'model'] as const)
      for (let after = 0, more = true; more; ) {
        const members = await store.listMembers(db, kind, experiment, { after, limit: membersPerLook });
        await refuseKept(
          db,
          members.map(({ id }) => id),
        );
        after = members.at(-1)?.number ?? after;
        more = members.length === membersPerLook;
      }
  };

  const purgeExperiment = async (context: ChangeContext & { project: string }, found: Experiment): Promise<void> => {
    const { number, id, name } = found;
    // Clients expect it under this number, and a second one of that number could not be told from the first.
    if (number === 0)
      fail(
        'CONFLICT',
        `The experiment '${name}' is the one that MLflow's clients start with: it cannot be deleted for good.`,
      );
    mustBeTrashed(found.deletedAt, `The experiment '${name}'`);
    await refuseKeptMembers(number);
    await changes.change(context, async (change) => {
      await lockExperiment(change.db, number);
      const experiment = await findExperimentBy(change.db, context.project, { number });
      if (!experiment) return;
      mustBeTrashed(experiment.deletedAt, `The experiment '${name}'`);
      const { total, outside } = await store.countRunsOf(change.db, number);
      if (outside > 0)
        fail('CONFLICT', `${outside} runs of the experiment '${name}' are not in the trash. Delete them first.`);
      await purge(change, { kind: 'experiment', number, id, project: context.project }, { name, runs: total });
      change.enqueue(clearingJob, {});
    });
  };

  /** What must stay, stays in the trash; what somebody was faster with is gone already. */
  const tryPurge = async (run: () => Promise<void>): Promise<number> => {
    try {
      await run();
      return 1;
    } catch (error) {
      if (isMillwrightError(error) && (error.code === 'CONFLICT' || error.code === 'NOT_FOUND')) return 0;
      throw error;
    }
  };

  const each = async (
    kind: store.Purge['kind'],
    before: number,
    run: (found: store.Trashed) => Promise<void>,
  ): Promise<number> => {
    let count = 0;
    for (let after: store.Trashed | null = null, more = true; more; ) {
      const page: store.Trashed[] = await store.listTrash(db, kind, { before, after, limit: 100 });
      for (const gone of await Promise.all(page.map((found) => tryPurge(() => run(found))))) count += gone;
      after = page.at(-1) ?? after;
      more = page.length === 100;
    }
    return count;
  };

  return {
    purgeRun,
    purgeExperiment: async (ctx, ref) => purgeExperiment(ctx, await catalog.findExperiment(ctx, ref)),
    async emptyTrash(context, before) {
      const within = ({ project }: store.Trashed) => ({ ...context, project });
      const experiments = await each('experiment', before, async (found) => {
        const experiment = await findExperimentBy(db, found.project, { number: found.number });
        if (experiment) await purgeExperiment(within(found), experiment);
      });
      const runs = await each('run', before, (found) => purgeRun(within(found), found.id));
      const models = await each('model', before, (found) => purgeModel(within(found), found));
      return { experiments, runs, models };
    },
    registerKeeper: (keeper) => {
      keepers.push(keeper);
    },
  };
};
