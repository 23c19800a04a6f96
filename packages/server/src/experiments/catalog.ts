import type { Experiment, Page } from '@millwright/contract';
import type { Ctx } from '#platform/auth';
import type { Platform } from '#platform/core';
import { isUniqueViolation } from '#platform/db';
import { fail, isMillwrightError } from '#platform/errors';
import * as store from './store.ts';

export interface Catalog {
  /** Errors: NAME_TAKEN. */
  createExperiment(ctx: Ctx, input: { name: string; description?: string | undefined }): Promise<Experiment>;
  /** The experiment of that name, created when there is none. */
  ensureExperiment(ctx: Ctx, name: string): Promise<Experiment>;
  /** By id or name. */
  findExperiment(ctx: Ctx, ref: string): Promise<Experiment>;
  listExperiments(
    ctx: Ctx,
    page: { limit?: number | undefined; cursor?: string | undefined },
  ): Promise<Page<Experiment>>;
}

export const createCatalog = ({ database: { db }, changes, ids }: Platform): Catalog => {
  const findExperiment = async (ctx: Ctx, ref: string): Promise<Experiment> =>
    (await store.findExperiment(db, ctx.project, ref)) ??
    fail('NOT_FOUND', `There is no experiment '${ref}' in project '${ctx.project}'.`);

  const catalog: Catalog = {
    async createExperiment(ctx, { name, description = '' }) {
      try {
        return await changes.change(ctx, async (change) => {
          const experiment: Experiment = {
            id: ids.next('exp'),
            name,
            description,
            owner: ctx.actor.name,
            createdAt: change.now,
            runCount: 0,
            lastRunAt: null,
          };
          await store.insertExperiment(change.db, ctx.project, experiment);
          const { id: resourceId } = experiment;
          change.audit({ verb: 'experiment.create', resourceType: 'experiment', resourceId, detail: { name } });
          return experiment;
        });
      } catch (error) {
        if (!isUniqueViolation(error)) throw error;
        return fail('NAME_TAKEN', `There is an experiment '${name}' already. Add runs to it, or choose another name.`);
      }
    },
    async ensureExperiment(ctx, name) {
      const known = await store.findExperiment(db, ctx.project, name);
      if (known) return known;
      try {
        return await catalog.createExperiment(ctx, { name });
      } catch (error) {
        // Somebody else was faster.
        if (isMillwrightError(error) && error.code === 'NAME_TAKEN') return findExperiment(ctx, name);
        throw error;
      }
    },
    findExperiment,
    listExperiments: (ctx, page) => store.listExperiments(db, ctx.project, page),
  };
  return catalog;
};
