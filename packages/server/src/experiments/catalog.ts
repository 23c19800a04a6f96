import type { Experiment, Filter, Page } from '@millwright/contract';
import { authorize, type Ctx } from '#platform/auth';
import type { Change } from '#platform/change';
import type { Platform } from '#platform/core';
import { isUniqueViolation } from '#platform/db';
import { fail, isMillwrightError } from '#platform/errors';
import { treeOf } from './folders/folder.ts';
import { ensureFolder, folderTag, readPath } from './folders/placing.ts';
import { folderNamed } from './folders/service.ts';
import { lockFolders, readFolders } from './folders/store.ts';
import { meaningsInTags } from './metrics/meanings/conventions.ts';
import { saveMeaning } from './metrics/meanings/service.ts';
import * as store from './store.ts';

export interface NewExperiment {
  name: string;
  description?: string | undefined;
  tags?: Readonly<Record<string, string>> | undefined;
  /** Where its clients keep files by themselves; default: here. */
  artifactLocation?: string | null | undefined;
  /** Id or path of the folder it lies in; default none, or what its tag says. */
  folder?: string | undefined;
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
  /** Only those in these folders; null: in none. */
  folders?: readonly string[] | null | undefined;
  /** Those with these ids; null: all. */
  only?: readonly string[] | null | undefined;
  limit: number;
  cursor?: string | undefined;
}

export interface Catalog {
  /** Errors: NAME_TAKEN, also by an experiment in the trash. */
  createExperiment(ctx: Ctx, input: NewExperiment): Promise<Experiment>;
  /** The experiment of that number, whatever it is called now, or else of that name; created when there is none. */
  ensureExperiment(ctx: Ctx, name: string, more?: Omit<NewExperiment, 'name'>): Promise<Experiment>;
  /** By id or name. */
  findExperiment(ctx: Ctx, ref: string): Promise<Experiment>;
  /** null: there is none. */
  experimentBy(ctx: Ctx, key: { number: number } | { name: string }): Promise<Experiment | null>;
  /** Without the trash, newest first. Errors: INVALID_REFERENCE for a folder that is not there. */
  listExperiments(
    ctx: Ctx,
    page: {
      limit?: number | undefined;
      cursor?: string | undefined;
      view?: ExperimentQuery['view'];
      /** Id or path; empty: in no folder. */
      folder?: string | undefined;
      /** With those in the folders in it. */
      below?: boolean | undefined;
    },
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

/** What tags say of more than the experiment they are set on: only who may change all of the project says it so. */
const conventionsIn = (ctx: Ctx, tags: Readonly<Record<string, string>>) => {
  const meanings = meaningsInTags(tags);
  const folder = tags[folderTag];
  if (folder) readPath(folder);
  if (meanings.size > 0 || folder !== undefined) authorize(ctx, 'run:write');
  return { meanings, folder };
};

export const createCatalog = ({ database: { db }, changes, ids }: Platform): Catalog => {
  const findExperiment = async (ctx: Ctx, ref: string): Promise<Experiment> =>
    (await store.findExperiment(db, ctx.project, ref)) ??
    fail('NOT_FOUND', `There is no experiment '${ref}' in project '${ctx.project}'.`);

  /** One that is not in the trash, under its lock. */
  const changeExperiment = async (
    ctx: Ctx,
    ref: string,
    run: (change: Change, experiment: Experiment) => Promise<Record<string, unknown>>,
    before: (change: Change) => Promise<void> = async () => undefined,
  ): Promise<void> => {
    const { number } = await findExperiment(ctx, ref);
    await changes.change(ctx, async (change) => {
      await before(change);
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

  /** null: in none. The tree is locked. Errors: INVALID_REFERENCE. */
  const folderFor = async (change: Change, ctx: Ctx, ref: string | undefined, path: string | undefined) => {
    if (ref !== undefined) return folderNamed(await lockFolders(change.db, ctx.project), ref).id;
    return path ? ensureFolder(change, ids, ctx.project, path) : null;
  };

  const catalog: Catalog = {
    async createExperiment(ctx, { name, description = '', tags = {}, artifactLocation = null, folder, number }) {
      const said = conventionsIn(ctx, tags);
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
            folderId: await folderFor(change, ctx, folder, said.folder),
            ...(number === undefined ? {} : { number }),
          };
          const given = await store.insertExperiment(change.db, ctx.project, experiment);
          for (const [key, value] of Object.entries(tags)) await store.putExperimentTag(change.db, given, key, value);
          for (const [key, meaning] of said.meanings) await saveMeaning(change, ctx.project, key, meaning);
          const { id: resourceId } = experiment;
          change.audit({ verb: 'experiment.create', resourceType: 'experiment', resourceId, detail: { name } });
          return { ...experiment, tags: { ...tags }, number: given };
        });
      } catch (error) {
        if (!isUniqueViolation(error)) throw error;
        return fail('NAME_TAKEN', `There is an experiment '${name}' already. Add runs to it, or choose another name.`, {
          about: { experimentTaken: name },
        });
      }
    },
    async ensureExperiment(ctx, name, more = {}) {
      const numbered = more.number === undefined ? null : await catalog.experimentBy(ctx, { number: more.number });
      const known = numbered ?? (await catalog.experimentBy(ctx, { name }));
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
    async listExperiments(ctx, { limit = 100, cursor, view, folder, below = false }) {
      const query = { filter: null, limit, cursor, view };
      if (folder === undefined) return catalog.searchExperiments(ctx, query);
      if (folder === '') return catalog.searchExperiments(ctx, { ...query, folders: null });
      const rows = await readFolders(db, ctx.project);
      const { id } = folderNamed(rows, folder);
      return catalog.searchExperiments(ctx, { ...query, folders: below ? treeOf(rows).idsBelow(id) : [id] });
    },
    searchExperiments: (ctx, { order = [], view = 'active', ...query }) =>
      store.searchExperiments(db, { project: ctx.project, order, view, ...query }),
    async updateExperiment(ctx, ref, { tags = {}, name, description }) {
      const said = conventionsIn(ctx, tags);
      const { id } = await findExperiment(ctx, ref);
      let folder: string | null = null;
      try {
        await changeExperiment(
          ctx,
          id,
          async (change, { number, name: previousName }) => {
            for (const [key, meaning] of said.meanings) await saveMeaning(change, ctx.project, key, meaning);
            for (const [key, value] of Object.entries(tags))
              await store.putExperimentTag(change.db, number, key, value);
            const set = {
              ...(name === undefined ? {} : { name }),
              ...(description === undefined ? {} : { description }),
              ...(said.folder === undefined ? {} : { folder }),
            };
            await store.updateExperiment(change.db, number, { ...set, updated_at: change.now });
            return { ...set, ...(name === undefined ? {} : { previousName }), tags: Object.keys(tags) };
          },
          async (change) => {
            folder = await folderFor(change, ctx, undefined, said.folder);
          },
        );
      } catch (error) {
        if (!isUniqueViolation(error)) throw error;
        fail('NAME_TAKEN', `There is an experiment '${name}' already. Choose another name.`, {
          about: { experimentTaken: name },
        });
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
          fail('NOT_FOUND', `The experiment '${name}' has no tag '${key}'.`, {
            about: { noTag: key, experiment: number },
          });
        await store.updateExperiment(change.db, number, { updated_at: change.now });
        return { deletedTag: key };
      }),
  };
  return catalog;
};
