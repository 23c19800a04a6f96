import type { RunOutcomes } from '@millwright/contract';
import type { LineageService } from '#lineage';
import type { Ctx } from '#platform/auth';
import type { Platform } from '#platform/core';
import { fail, referred } from '#platform/errors';
import { failurePoint } from '#platform/failure-points';
import type { Catalog } from '../../catalog.ts';
import { takeDatasetsAlong } from './datasets.ts';
import {
  checkTarget,
  decide,
  lockPlaces,
  outcomesInOrder,
  placeOfRun,
  type RunOutcome,
  withChildren,
} from './placing.ts';
import * as store from './store.ts';

export interface Placing {
  /** Id or name of the experiment that the runs go to. */
  experiment?: string | undefined;
  /** The runs below them, too. */
  children?: boolean | undefined;
}

export interface Moving {
  /**
   * Puts runs into another experiment. Each keeps its id, points, files, links and tags, and is wholly in one experiment
   * or in the other at any time. Errors: INVALID_REFERENCE, CONFLICT for too many children.
   */
  moveRuns(ctx: Ctx, runIds: readonly string[], to: Placing & { experiment: string }): Promise<RunOutcomes>;
}

/** Bounds the time for which others wait: a run may have thousands of metrics, each a row. */
const runsPerTransaction = 50;

export const createMoving = (
  { database: { db }, changes, ids }: Platform,
  { lineage, catalog }: { lineage: LineageService; catalog: Catalog },
): Moving => {
  const moveSome = (ctx: Ctx, runIds: readonly string[], target: number): Promise<RunOutcome[]> =>
    changes.change(ctx, async (change) => {
      const { project } = ctx;
      const locked = await lockPlaces(change, project, runIds, [target]);
      const { accepted, refused } = decide(runIds, (id) => {
        const { run, experiment } = placeOfRun(locked, project, id);
        return { run, from: experiment, to: checkTarget(experiment, locked.experiments.get(target)) };
      });
      const moved = [...accepted.values()].filter(({ from, to }) => from.number !== to.number);
      if (moved.length > 0) {
        const runs = moved.map(({ run }) => run);
        await store.setExperiment(change.db, project, runs, target);
        await store.countMoved(change.db, runs, target);
        await takeDatasetsAlong(change, { lineage, ids }, { project, experiment: target, runs });
        for (const { run, from, to } of moved) {
          const detail = { fromExperiment: from.id, toExperiment: to.id, from: from.name, to: to.name };
          change.audit({ verb: 'run.move', resourceType: 'run', resourceId: run.id, detail });
          change.emit('experiments.run-moved', run.id, detail);
        }
      }
      failurePoint('move.before-commit');
      return refused;
    });

  return {
    async moveRuns(ctx, runIds, { experiment, children = false }) {
      const target = await referred(catalog.findExperiment(ctx, experiment));
      if (target.deletedAt !== null)
        fail('CONFLICT', `The experiment '${target.name}' is in the trash. Restore it before you put runs into it.`);
      const all = await withChildren(db, ctx.project, runIds, children);
      const outcomes: RunOutcome[] = [];
      for (let start = 0; start < all.length; start += runsPerTransaction)
        outcomes.push(...(await moveSome(ctx, all.slice(start, start + runsPerTransaction), target.number)));
      return outcomesInOrder(all, outcomes);
    },
  };
};
