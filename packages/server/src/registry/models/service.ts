import type { Model, Page } from '@millwright/contract';
import { type Ctx, demand } from '#platform/auth';
import type { Change } from '#platform/change';
import type { Platform } from '#platform/core';
import { isUniqueViolation } from '#platform/db';
import { fail, isMillwrightError } from '#platform/errors';
import { demandRole, policyOf } from '../policies/service.ts';
import { aliasesOf, removeAlias, type SearchQuery } from '../store.ts';
import { deleteVersionsOf } from '../versions/store.ts';
import * as store from './store.ts';

export interface NewModel {
  name: string;
  description?: string | undefined;
  /** Default `automatic`. */
  approval?: Model['approval'] | undefined;
  tags?: Readonly<Record<string, string>> | undefined;
}

export interface ModelUpdate {
  name?: string | undefined;
  description?: string | undefined;
  /** Asks for the permission to approve, whichever way it goes. */
  approval?: Model['approval'] | undefined;
  /** null removes the tag; without one nothing happens. */
  tags?: Readonly<Record<string, string | null>> | undefined;
}

export interface Models {
  /** Errors: NAME_TAKEN. */
  createModel(ctx: Ctx, input: NewModel): Promise<Model>;
  /** The model of that name, created when there is none; an existing one keeps its mode of approval. */
  ensureModel(ctx: Ctx, input: NewModel): Promise<Model>;
  /** By id or name; the id wins. Errors: NOT_FOUND. */
  getModel(ctx: Ctx, ref: string): Promise<Model>;
  /** By name only. null: there is none. */
  modelNamed(ctx: Ctx, name: string): Promise<Model | null>;
  listModels(ctx: Ctx, page: { limit?: number | undefined; cursor?: string | undefined }): Promise<Page<Model>>;
  /** Errors: INVALID_FILTER, INVALID_CURSOR. */
  searchModels(ctx: Ctx, query: SearchQuery): Promise<Page<Model>>;
  /** Errors: NOT_FOUND, NAME_TAKEN, PERMISSION_DENIED (approval). */
  updateModel(ctx: Ctx, ref: string, update: ModelUpdate): Promise<Model>;
  /** With its versions and aliases. The name is free again; what refers to a version can still read it. */
  deleteModel(ctx: Ctx, ref: string): Promise<void>;
}

export const createModels = ({ database: { db }, changes, ids }: Platform): Models => {
  const shown = async (project: string, models: readonly store.SavedModel[]): Promise<Model[]> => {
    const aliases = await aliasesOf(
      db,
      project,
      models.map((model) => model.id),
    );
    const byModel = Map.groupBy(aliases, (row) => row.modelId);
    return models.map((model) => ({
      ...model,
      aliases: Object.fromEntries(
        (byModel.get(model.id) ?? []).map(({ alias, versionId, number }) => [alias, { versionId, number }]),
      ),
    }));
  };
  const one = async (ctx: Ctx, model: store.SavedModel): Promise<Model> =>
    (await shown(ctx.project, [model]))[0] as Model;
  const found = async (ctx: Ctx, ref: string): Promise<store.SavedModel> =>
    (await store.findModel(db, ctx.project, ref)) ??
    fail('NOT_FOUND', `There is no model '${ref}' in project '${ctx.project}'.`);

  const takingName = async <T>(ctx: Ctx, name: string, run: (change: Change) => Promise<T>): Promise<T> => {
    try {
      return await changes.change(ctx, run);
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      return fail('NAME_TAKEN', `There is a model '${name}' in project '${ctx.project}' already.`);
    }
  };

  const models: Models = {
    createModel: (ctx, { name, description = '', approval = 'automatic', tags = {} }) =>
      takingName(ctx, name, async (change) => {
        const made: store.SavedModel = {
          id: ids.next('mdl'),
          name,
          description,
          approval,
          owner: ctx.actor.name,
          tags: { ...tags },
          createdAt: change.now,
          updatedAt: change.now,
          versionCount: 0,
        };
        await store.insertModel(change.db, ctx.project, made);
        const detail = { name, approval };
        change.audit({ verb: 'model.create', resourceType: 'model', resourceId: made.id, detail });
        change.emit('registry.model-created', made.id, { modelName: name });
        return { ...made, aliases: {} };
      }),
    async ensureModel(ctx, input) {
      const known = await store.findModelNamed(db, ctx.project, input.name);
      if (known) return one(ctx, known);
      return models.createModel(ctx, input).catch((error: unknown) => {
        if (isMillwrightError(error) && error.code === 'NAME_TAKEN') return models.getModel(ctx, input.name);
        throw error;
      });
    },
    getModel: async (ctx, ref) => one(ctx, await found(ctx, ref)),
    async modelNamed(ctx, name) {
      const model = await store.findModelNamed(db, ctx.project, name);
      return model && one(ctx, model);
    },
    async listModels(ctx, page) {
      const { items, nextCursor } = await store.listModels(db, ctx.project, page);
      return { items: await shown(ctx.project, items), nextCursor };
    },
    async searchModels(ctx, query) {
      const { items, nextCursor } = await store.searchModels(db, ctx.project, query);
      return { items: await shown(ctx.project, items), nextCursor };
    },
    async updateModel(ctx, ref, { name, description, approval, tags = {} }) {
      const { id, ...before } = await found(ctx, ref);
      if (approval !== undefined && approval !== before.approval)
        demand(ctx.actor, 'model:approve', { project: ctx.project, resource: { type: 'model', ref: id } });
      await takingName(ctx, name ?? before.name, async (change) => {
        if (!(await store.lockModel(change.db, ctx.project, id))) fail('NOT_FOUND', `There is no model '${ref}'.`);
        if (name !== undefined || description !== undefined || approval !== undefined)
          await store.updateModel(change.db, ctx.project, id, {
            ...(name === undefined ? {} : { name, taken_name: name }),
            ...(description === undefined ? {} : { description }),
            ...(approval === undefined ? {} : { approval }),
            updated_at: change.now,
          });
        for (const [key, value] of Object.entries(tags))
          if (value === null) await store.deleteModelTag(change.db, id, key);
          else await store.putModelTag(change.db, id, key, value);
        const detail = {
          ...(name === undefined ? {} : { name, previousName: before.name }),
          ...(description === undefined ? {} : { described: true }),
          ...(approval === undefined ? {} : { approval, previousApproval: before.approval }),
          ...(Object.keys(tags).length === 0 ? {} : { tags: Object.keys(tags) }),
        };
        change.audit({ verb: 'model.update', resourceType: 'model', resourceId: id, detail });
        for (const [key, value] of Object.entries(tags))
          change.emit('registry.model-tag-changed', id, { modelName: name ?? before.name, key, value });
      });
      return models.getModel(ctx, id);
    },
    async deleteModel(ctx, ref) {
      const { id } = await found(ctx, ref);
      await changes.change(ctx, async (change) => {
        const model =
          (await store.lockModel(change.db, ctx.project, id)) ?? fail('NOT_FOUND', `There is no model '${ref}'.`);
        const pointers = await aliasesOf(change.db, ctx.project, [id]);
        const policy = await policyOf(change.db, ctx.project, id);
        const of = { project: ctx.project, modelId: id, modelName: model.name };
        for (const { alias } of pointers) {
          demandRole(policy, ctx.actor, of, { kind: 'alias', name: alias, versionId: null });
          await removeAlias(change.db, ctx.project, id, alias);
        }
        const versions = await deleteVersionsOf(change.db, ctx.project, id, change.now);
        await store.updateModel(change.db, ctx.project, id, { taken_name: null, updated_at: change.now });
        const aliases = Object.fromEntries(pointers.map(({ alias, number }) => [alias, number]));
        const detail = { name: model.name, versions: versions.length, aliases };
        change.audit({ verb: 'model.delete', resourceType: 'model', resourceId: id, detail });
        for (const { alias, versionId, number } of pointers)
          change.emit('registry.alias-moved', id, {
            modelName: model.name,
            alias,
            previousVersionId: versionId,
            previousNumber: number,
            versionId: null,
            number: null,
          });
      });
    },
  };
  return models;
};
