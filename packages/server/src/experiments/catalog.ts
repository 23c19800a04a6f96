import type { Experiment, Filter, Page } from '@millwright/contract';
import type { Ctx } from '#platform/auth';
import type { Change } from '#platform/change';
import type { Platform } from '#platform/core';
import { isUniqueViolation } from '#platform/db';
import { fail, isMillwrightError } from '#platform/errors';
import * as store from './store.ts';

export interface NewExperiment {
  name: string;
  description?: string | undefined;
  tags?: Readonly<Record<string, string>> | undefined;
  /** Where its clients keep files by themselves; default: here. */
  artifactLocation?: string | null | undefined;
  /** Only for the experiment that clients expect under a certain number. */
  number?: number;
}

export interface ExperimentUpdate {
  name?: string | undefined;
  description?: string | undefined;
  /** Added to those it has. */
  tags?: Readonly<Record<string, string>> | undefined;
}

export interface ExperimentQuery {
  filter: Filter | null;
  order?: readonly { path: readonly string[]; descending: boolean }[] | undefined;
  view?: 'active' | 'deleted' | 'all' | undefined;
  limit: number;
  cursor?: string | undefined;
}

export interface Catalog {
  /** Errors: NAME_TAKEN, also by an experiment in the trash. */
  createExperiment(ctx: Ctx, input: NewExperiment): Promise<Experiment>;
  /** The experiment of that name, created when there is none. */
  ensureExperiment(ctx: Ctx, name: string, more?: Omit<NewExperiment, 'name'>): Promise<Experiment>;
  /** By id or name. */
  findExperiment(ctx: Ctx, ref: string): Promise<Experiment>;
  /** null: there is none. */
  experimentBy(ctx: Ctx, key: { number: number } | { name: string }): Promise<Experiment | null>;
  /** Without the trash, newest first. */
  listExperiments(
    ctx: Ctx,
    page: { limit?: number | undefined; cursor?: string | undefined; view?: ExperimentQuery['view'] },
  ): Promise<Page<Experiment>>;
  /** Errors: INVALID_FILTER, INVALID_CURSOR. */
  searchExperiments(ctx: Ctx, query: ExperimentQuery): Promise<Page<Experiment>>;
  /** Errors: NAME_TAKEN, CONFLICT for one in the trash. */
  updateExperiment(ctx: Ctx, ref: string, update: ExperimentUpdate): Promise<Experiment>;
  /** With all its runs into the trash, or out of it. Nothing happens where it is there already. */
  setExperimentDeleted(ctx: Ctx, ref: string, isDeleted: boolean): Promise<Experiment>;
  /** Errors: NOT_FOUND also for a tag it does not have. */
  deleteExperimentTag(ctx: Ctx, ref: string, key: string): Promise<void>;
}

export const createCatalog = ({ database: { db }, changes, ids }: Platform): Catalog => {
  const findExperiment = async (ctx: Ctx, ref: string): Promise<Experiment> =>
    (await store.findExperiment(db, ctx.project, ref)) ??
    fail('NOT_FOUND', `There is no experiment '${ref}' in project '${ctx.project}'.`);

  /** One that is not in the trash, under its lock. */
  const changeExperiment = async (
    ctx: Ctx,
    ref: string,
    run: (change: Change, experiment: Experiment) => Promise<Record<string, unknown>>,
  ): Promise<void> => {
    const { number } = await findExperiment(ctx, ref);
    await changes.change(ctx, async (change) => {
      await store.lockExperiment(change.db, number);
      const experiment =
        (await store.findExperimentBy(change.db, ctx.project, { number })) ??
        fail('NOT_FOUND', `There is no experiment '${ref}' in project '${ctx.project}'.`);
      if (experiment.deletedAt !== null)
        fail('CONFLICT', `The experiment '${experiment.name}' is in the trash. Restore it before you change it.`);
      const detail = await run(change, experiment);
      change.audit({ verb: 'experiment.update', resourceType: 'experiment', resourceId: experiment.id, detail });
    });
  };

  const catalog: Catalog = {
    async createExperiment(ctx, { name, description = '', tags = {}, artifactLocation = null, number }) {
      try {
        return await changes.change(ctx, async (change) => {
          const experiment = {
            id: ids.next('exp'),
            name,
            description,
            owner: ctx.actor.name,
            artifactLocation,
            createdAt: change.now,
            updatedAt: change.now,
            deletedAt: null,
            runCount: 0,
            lastRunAt: null,
            ...(number === undefined ? {} : { number }),
          };
          const given = await store.insertExperiment(change.db, ctx.project, experiment);
          for (const [key, value] of Object.entries(tags)) await store.putExperimentTag(change.db, given, key, value);
          const { id: resourceId } = experiment;
          change.audit({ verb: 'experiment.create', resourceType: 'experiment', resourceId, detail: { name } });
          return { ...experiment, tags: { ...tags }, number: given };
        });
      } catch (error) {
        if (!isUniqueViolation(error)) throw error;
        return fail('NAME_TAKEN', `There is an experiment '${name}' already. Add runs to it, or choose another name.`);
      }
    },
    async ensureExperiment(ctx, name, more = {}) {
      const known = await store.findExperimentBy(db, ctx.project, { name });
      if (known) return known;
      try {
        return await catalog.createExperiment(ctx, { name, ...more });
      } catch (error) {
        // Somebody else was faster.
        if (isMillwrightError(error) && error.code === 'NAME_TAKEN') return findExperiment(ctx, name);
        throw error;
      }
    },
    findExperiment,
    experimentBy: (ctx, key) => store.findExperimentBy(db, ctx.project, key),
    listExperiments: (ctx, { limit = 100, cursor, view }) =>
      catalog.searchExperiments(ctx, { filter: null, limit, cursor, view }),
    searchExperiments: (ctx, { order = [], view = 'active', ...query }) =>
      store.searchExperiments(db, { project: ctx.project, order, view, ...query }),
    async updateExperiment(ctx, ref, { tags = {}, name, description }) {
      const { id } = await findExperiment(ctx, ref);
      try {
        await changeExperiment(ctx, id, async (change, { number, name: previousName }) => {
          for (const [key, value] of Object.entries(tags)) await store.putExperimentTag(change.db, number, key, value);
          const set = {
            ...(name === undefined ? {} : { name }),
            ...(description === undefined ? {} : { description }),
          };
          await store.updateExperiment(change.db, number, { ...set, updated_at: change.now });
          return { ...set, ...(name === undefined ? {} : { previousName }), tags: Object.keys(tags) };
        });
      } catch (error) {
        if (!isUniqueViolation(error)) throw error;
        fail('NAME_TAKEN', `There is an experiment '${name}' already. Choose another name.`);
      }
      return findExperiment(ctx, id);
    },
    async setExperimentDeleted(ctx, ref, isDeleted) {
      const { number, id } = await findExperiment(ctx, ref);
      await changes.change(ctx, async (change) => {
        await store.lockExperiment(change.db, number);
        const known = await store.findExperimentBy(change.db, ctx.project, { number });
        if (!known || (known.deletedAt !== null) === isDeleted) return;
        const deletedAt = isDeleted ? change.now : null;
        await store.updateExperiment(change.db, number, { deleted_at: deletedAt, updated_at: change.now });
        await store.moveRunsToTrash(change.db, number, { from: known.deletedAt, to: deletedAt });
        const verb = isDeleted ? 'experiment.delete' : 'experiment.restore';
        change.audit({ verb, resourceType: 'experiment', resourceId: id, detail: { name: known.name } });
      });
      return findExperiment(ctx, id);
    },
    deleteExperimentTag: (ctx, ref, key) =>
      changeExperiment(ctx, ref, async (change, { number, name }) => {
        if (!(await store.deleteExperimentTag(change.db, number, key)))
          fail('NOT_FOUND', `The experiment '${name}' has no tag '${key}'.`);
        await store.updateExperiment(change.db, number, { updated_at: change.now });
        return { deletedTag: key };
      }),
  };
  return catalog;
};
