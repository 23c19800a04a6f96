import type { Filter, Page } from '@millwright/contract';
import type { LineageService } from '#lineage';
import type { Ctx } from '#platform/auth';
import type { Change } from '#platform/change';
import type { Platform } from '#platform/core';
import { fail } from '#platform/errors';
import { conflictingParameters, refuseUnstorable } from '../runs/run.ts';
import { findRunNumber } from '../runs/store.ts';
import { findExperimentBy } from '../store.ts';
import type { DatasetChoice, LoggedModel, LoggedModelStatus } from './logged-model.ts';
import { type ModelOrder, searchModels } from './search/store.ts';
import * as store from './store.ts';
import { noLoggedModel, parametersSet } from '../refusals.ts';

export interface NewLoggedModel {
  /** Given out by its client, who may ask twice: the same id again answers the model made with it. */
  id?: string | undefined;
  /** The number of its experiment. */
  experiment: number;
  name: string;
  modelType?: string | undefined;
  /** The run that makes it, as its client names it; it may be a run of another server. */
  sourceRunId?: string | undefined;
  parameters?: Readonly<Record<string, string>> | undefined;
  tags?: Readonly<Record<string, string>> | undefined;
}

export interface LoggedModelQuery {
  /** Numbers of experiments. */
  experiments: readonly number[];
  filter: Filter | null;
  order?: readonly ModelOrder[] | undefined;
  datasets?: readonly DatasetChoice[] | undefined;
  limit: number;
  cursor?: string | undefined;
}

/** Models that training code logs, with what was measured of them. Their files lie below their ids. */
export interface LoggedModels {
  /** Errors: NOT_FOUND for the experiment, CONFLICT for one in the trash and for an id that another model has. */
  createLoggedModel(ctx: Ctx, input: NewLoggedModel): Promise<LoggedModel>;
  /** Errors: NOT_FOUND, also for one in the trash unless `evenDeleted`. */
  getLoggedModel(ctx: Ctx, id: string, options?: { evenDeleted?: boolean }): Promise<LoggedModel>;
  /** Errors: INVALID_FILTER, INVALID_CURSOR. */
  searchLoggedModels(ctx: Ctx, query: LoggedModelQuery): Promise<Page<LoggedModel>>;
  setLoggedModelStatus(ctx: Ctx, id: string, status: LoggedModelStatus): Promise<LoggedModel>;
  /** Into the trash. Nothing happens where it is there already. */
  deleteLoggedModel(ctx: Ctx, id: string): Promise<void>;
  setLoggedModelTags(ctx: Ctx, id: string, tags: Readonly<Record<string, string>>): Promise<void>;
  /** Errors: NOT_FOUND also for a tag it does not have. */
  deleteLoggedModelTag(ctx: Ctx, id: string, key: string): Promise<void>;
  /** The same value again is fine. Errors: CONFLICT for a parameter with another value. */
  addLoggedModelParameters(ctx: Ctx, id: string, parameters: Readonly<Record<string, string>>): Promise<void>;
}

export const createLoggedModels = (
  { database: { db }, changes, ids }: Platform,
  { lineage }: { lineage: LineageService },
): LoggedModels => {
  const complete = async (row: store.ModelRow): Promise<LoggedModel> =>
    (await store.completeModels(db, [row]))[0] as LoggedModel;

  /** Under its lock. One in the trash takes changes too: training code must not stop because somebody tidied up. */
  const changeModel = (
    ctx: Ctx,
    id: string,
    run: (change: Change, model: store.ModelRow) => Promise<Record<string, unknown>>,
  ): Promise<void> =>
    changes.change(ctx, async (change) => {
      const model = (await store.lockModel(change.db, ctx.project, id)) ?? noLoggedModel(id);
      const detail = await run(change, model);
      change.audit({ verb: 'logged-model.update', resourceType: 'logged-model', resourceId: id, detail });
    });

  const models: LoggedModels = {
    async createLoggedModel(
      ctx,
      { id, experiment, name, modelType = '', sourceRunId = '', parameters = {}, tags = {} },
    ) {
      refuseUnstorable({ parameters, tags });
      const { project } = ctx;
      return changes.change(ctx, async (change) => {
        const home =
          (await findExperimentBy(change.db, project, { number: experiment })) ??
          fail('NOT_FOUND', `There is no experiment ${experiment} in project '${project}'.`, {
            about: { noExperiment: experiment },
          });
        if (home.deletedAt !== null)
          fail('CONFLICT', `The experiment '${home.name}' is in the trash. Restore it before you log models to it.`, {
            about: { experimentInTrash: experiment },
          });
        const known = id === undefined ? null : await store.findModelAnywhere(change.db, id);
        if (known !== null) {
          if (known.project !== project || known.experiment !== experiment)
            fail('CONFLICT', `Another logged model has the id '${id}'.`);
          return (await store.completeModels(change.db, [known]))[0] as LoggedModel;
        }
        const model: Omit<LoggedModel, 'parameters' | 'tags' | 'metrics'> = {
          id: id ?? ids.next('lm'),
          experiment,
          name,
          status: 'pending',
          modelType,
          sourceRunId,
          owner: ctx.actor.name,
          createdAt: change.now,
          updatedAt: change.now,
          deletedAt: null,
        };
        const number = await store.insertModel(change.db, { ...model, project });
        await store.writeModelEntries(change.db, 'logged_model_parameters', number, parameters);
        await store.writeModelEntries(change.db, 'logged_model_tags', number, tags);
        if (sourceRunId !== '' && (await findRunNumber(change.db, project, sourceRunId)) !== null) {
          const [from, to] = [
            { type: 'run', id: sourceRunId },
            { type: 'logged-model', id: model.id },
          ];
          await lineage.link(change, { project, from, to, kind: 'output' });
        }
        const detail = { name, experimentId: home.id, modelType, sourceRunId };
        change.audit({ verb: 'logged-model.create', resourceType: 'logged-model', resourceId: model.id, detail });
        return { ...model, parameters: { ...parameters }, tags: { ...tags }, metrics: [] };
      });
    },
    async getLoggedModel(ctx, id, { evenDeleted = false } = {}) {
      const row = await store.findModel(db, ctx.project, id);
      return row && (evenDeleted || row.deleted_at === null) ? complete(row) : noLoggedModel(id);
    },
    searchLoggedModels: (ctx, { order = [], datasets = [], ...query }) =>
      searchModels(db, { project: ctx.project, order, datasets, ...query }),
    async setLoggedModelStatus(ctx, id, status) {
      await changeModel(ctx, id, async (change, { number, status: before }) => {
        await store.updateModel(change.db, number, { status, updated_at: change.now });
        return { status, before };
      });
      return models.getLoggedModel(ctx, id, { evenDeleted: true });
    },
    deleteLoggedModel: (ctx, id) =>
      changes.change(ctx, async (change) => {
        const {
          number,
          name,
          deleted_at: deletedAt,
        } = (await store.lockModel(change.db, ctx.project, id)) ?? noLoggedModel(id);
        if (deletedAt !== null) return;
        await store.updateModel(change.db, number, { deleted_at: change.now, updated_at: change.now });
        change.audit({ verb: 'logged-model.delete', resourceType: 'logged-model', resourceId: id, detail: { name } });
      }),
    async setLoggedModelTags(ctx, id, tags) {
      refuseUnstorable({ parameters: {}, tags });
      await changeModel(ctx, id, async (change, { number }) => {
        await store.writeModelEntries(change.db, 'logged_model_tags', number, tags);
        return { tags: Object.keys(tags) };
      });
    },
    deleteLoggedModelTag: (ctx, id, key) =>
      changeModel(ctx, id, async (change, { number }) => {
        if (!(await store.deleteModelTag(change.db, number, key)))
          fail('NOT_FOUND', `The logged model '${id}' has no tag '${key}'.`, { about: { noTag: key, model: id } });
        return { deletedTag: key };
      }),
    async addLoggedModelParameters(ctx, id, parameters) {
      refuseUnstorable({ parameters, tags: {} });
      await changeModel(ctx, id, async (change, { number }) => {
        const known = await store.readModelEntries(change.db, 'logged_model_parameters', [number]);
        const conflicts = conflictingParameters(new Map(known.get(number)), parameters);
        if (conflicts.length > 0) parametersSet({ model: id }, conflicts);
        await store.writeModelEntries(change.db, 'logged_model_parameters', number, parameters);
        return { parameters: Object.keys(parameters) };
      });
    },
  };
  return models;
};
