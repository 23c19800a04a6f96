import type { Model, ModelVersion, Page } from '@millwright/contract';
import type { EvaluationService } from '#evaluation';
import type { LineageService } from '#lineage';
import type { PipelinesService } from '#pipelines';
import type { Ctx } from '#platform/auth';
import type { Change } from '#platform/change';
import type { Platform } from '#platform/core';
import { isUniqueViolation } from '#platform/db';
import { fail, isMillwrightError } from '#platform/errors';
import { type RangeHeaders, type StreamReply, blobReply } from '#platform/http';
import type { TrainingService } from '#training';
import { type AliasMove, moveAlias } from './aliases.ts';
import { type Decision, decideApproval } from './approval.ts';
import { registerVersion } from './registering.ts';
import { registerStep } from './register-step.ts';
import * as store from './store.ts';

export interface PageFilter {
  limit?: number | undefined;
  cursor?: string | undefined;
}

export interface RegisterRequest {
  runId: string;
  evaluationId?: string;
  note?: string;
  /** A second call with the same key answers the version that the first one made. */
  originKey?: string;
}

export interface RegistryService {
  /** Errors: NAME_TAKEN. */
  createModel(ctx: Ctx, input: { name: string; description?: string; approval?: Model['approval'] }): Promise<Model>;
  /** The model of that name, created when there is none; an existing one keeps its mode of approval. */
  ensureModel(ctx: Ctx, input: { name: string; approval?: Model['approval'] }): Promise<Model>;
  getModel(ctx: Ctx, ref: string): Promise<Model>;
  listModels(ctx: Ctx, filter: PageFilter): Promise<Page<Model>>;
  /** Errors: NOT_FOUND (model), INVALID_REFERENCE (run, evaluation), MODEL_REFUSED (the run has no usable model). */
  registerVersion(ctx: Ctx, modelRef: string, request: RegisterRequest): Promise<ModelVersion>;
  /** Errors: NOT_FOUND. */
  findVersion(ctx: Ctx, versionId: string): Promise<ModelVersion>;
  listVersions(ctx: Ctx, modelRef: string, filter: PageFilter): Promise<Page<ModelVersion>>;
  /** Errors: NOT_FOUND, SELF_APPROVAL, STALE (another digest), CONFLICT (decided already). */
  decideApproval(ctx: Ctx, versionId: string, input: Decision): Promise<ModelVersion>;
  setAlias(ctx: Ctx, modelRef: string, alias: string, versionId: string): Promise<Model>;
  deleteAlias(ctx: Ctx, modelRef: string, alias: string): Promise<Model>;
  /** Within a change of another stage. `versionId` null removes the alias. Errors: INVALID_REFERENCE, CONFLICT. */
  moveAlias(change: Change, move: AliasMove): Promise<void>;
  /** null where the model or the alias does not exist. */
  aliasTarget(ctx: Ctx, modelRef: string, alias: string): Promise<ModelVersion | null>;
  /** Path of a local copy whose bytes were verified against the digest. Read only. Errors: NOT_FOUND, BLOB_CORRUPT. */
  modelFile(versionId: string): Promise<string>;
  /** The model file, verified also where a part of it is asked for. Errors: NOT_FOUND, RANGE_UNSATISFIABLE, BLOB_CORRUPT. */
  download(ctx: Ctx, versionId: string, headers: RangeHeaders): Promise<StreamReply>;
}

export interface RegistryDeps {
  lineage: LineageService;
  pipelines: Pick<PipelinesService, 'registerStepKind'>;
  training: Pick<TrainingService, 'trainResultOf'>;
  evaluation: Pick<EvaluationService, 'getEvaluation' | 'registerChampionResolver'>;
}

export const createRegistry = (platform: Platform, deps: RegistryDeps): RegistryService => {
  const { changes, ids } = platform;
  const { db } = platform.database;

  const shownModels = async (project: string, models: readonly store.SavedModel[]): Promise<Model[]> => {
    const byModel = Map.groupBy(
      await store.aliasesOf(
        db,
        project,
        models.map((model) => model.id),
      ),
      (row) => row.modelId,
    );
    return models.map((model) => ({
      ...model,
      aliases: Object.fromEntries(
        (byModel.get(model.id) ?? []).map(({ alias, versionId, number }) => [alias, { versionId, number }]),
      ),
    }));
  };
  const shownVersions = async (project: string, versions: readonly store.SavedVersion[]): Promise<ModelVersion[]> => {
    const rows = await store.aliasesOf(db, project, [...new Set(versions.map((version) => version.modelId))]);
    return versions.map(({ project: _project, createdById: _createdById, ...version }) => ({
      ...version,
      aliases: rows.filter((row) => row.versionId === version.id).map((row) => row.alias),
    }));
  };
  const model = async (ctx: Ctx, ref: string): Promise<store.SavedModel> =>
    (await store.findModel(db, ctx.project, ref)) ??
    fail('NOT_FOUND', `There is no model '${ref}' in project '${ctx.project}'.`);
  const version = async (ctx: Ctx, id: string): Promise<store.SavedVersion> =>
    (await store.findVersion(db, ctx.project, id)) ??
    fail('NOT_FOUND', `There is no model version '${id}' in project '${ctx.project}'.`);

  const service: RegistryService = {
    async createModel(ctx, input) {
      try {
        return await changes.change(ctx, async (change) => {
          const { name, description = '', approval = 'automatic' } = input;
          const made: store.SavedModel = {
            id: ids.next('mdl'),
            name,
            description,
            approval,
            owner: ctx.actor.name,
            createdAt: change.now,
            updatedAt: change.now,
            versionCount: 0,
          };
          await store.insertModel(change.db, ctx.project, made);
          change.audit({
            verb: 'model.create',
            resourceType: 'model',
            resourceId: made.id,
            detail: { name, approval },
          });
          return { ...made, aliases: {} };
        });
      } catch (error) {
        if (isUniqueViolation(error))
          return fail('NAME_TAKEN', `There is a model '${input.name}' in project '${ctx.project}' already.`);
        throw error;
      }
    },
    async ensureModel(ctx, input) {
      const known = await store.findModel(db, ctx.project, input.name);
      if (known) return service.getModel(ctx, known.id);
      return service.createModel(ctx, input).catch((error: unknown) => {
        if (isMillwrightError(error) && error.code === 'NAME_TAKEN') return service.getModel(ctx, input.name);
        throw error;
      });
    },
    getModel: async (ctx, ref) => (await shownModels(ctx.project, [await model(ctx, ref)]))[0] as Model,
    async listModels(ctx, filter) {
      const page = await store.listModels(db, ctx.project, filter);
      return { ...page, items: await shownModels(ctx.project, page.items) };
    },
    async registerVersion(ctx, modelRef, request) {
      const made = await registerVersion(platform, deps, ctx, await model(ctx, modelRef), request);
      return service.findVersion(ctx, made.id);
    },
    findVersion: async (ctx, versionId) =>
      (await shownVersions(ctx.project, [await version(ctx, versionId)]))[0] as ModelVersion,
    async listVersions(ctx, modelRef, filter) {
      const page = await store.listVersions(db, ctx.project, (await model(ctx, modelRef)).id, filter);
      return { ...page, items: await shownVersions(ctx.project, page.items) };
    },
    async decideApproval(ctx, versionId, input) {
      const { modelId } = await version(ctx, versionId);
      await changes.change(ctx, async (change) => {
        const locked =
          (await store.lockModel(change.db, ctx.project, modelId, change.now)) ??
          fail('NOT_FOUND', `There is no model '${modelId}'.`);
        const current =
          (await store.findVersion(change.db, ctx.project, versionId)) ??
          fail('NOT_FOUND', `There is no model version '${versionId}'.`);
        const approval = decideApproval(current, locked.approval, ctx.actor, input, change.now);
        await store.updateApproval(change.db, ctx.project, versionId, approval);
        change.audit({
          verb: 'model-version.decide',
          resourceType: 'model-version',
          resourceId: versionId,
          detail: { ...approval },
        });
        change.emit('registry.version-decided', versionId, {
          modelId,
          modelName: locked.name,
          number: current.number,
          state: approval.state,
          by: approval.by,
          reason: approval.reason,
        });
      });
      return service.findVersion(ctx, versionId);
    },
    async setAlias(ctx, modelRef, alias, versionId) {
      const { id } = await model(ctx, modelRef);
      await changes.change(ctx, (change) => moveAlias(change, { project: ctx.project, modelId: id, alias, versionId }));
      return service.getModel(ctx, id);
    },
    async deleteAlias(ctx, modelRef, alias) {
      const found = await service.getModel(ctx, modelRef);
      if (!Object.hasOwn(found.aliases, alias)) fail('NOT_FOUND', `The model '${found.name}' has no alias '${alias}'.`);
      await changes.change(ctx, (change) =>
        moveAlias(change, { project: ctx.project, modelId: found.id, alias, versionId: null }),
      );
      return service.getModel(ctx, found.id);
    },
    moveAlias,
    async aliasTarget(ctx, modelRef, alias) {
      const found = await store.findModel(db, ctx.project, modelRef);
      const target = found && (await store.aliasesOf(db, ctx.project, [found.id])).find((row) => row.alias === alias);
      return target ? service.findVersion(ctx, target.versionId) : null;
    },
    async modelFile(versionId) {
      const digest =
        (await store.digestOfVersion(db, versionId)) ?? fail('NOT_FOUND', `There is no model version '${versionId}'.`);
      return platform.blobs.localPath(digest);
    },
    async download(ctx, versionId, headers) {
      const { digest, sizeBytes, modelName, number } = await version(ctx, versionId);
      // A part alone cannot be checked against the digest: the whole is, before the part is sent.
      if (headers.range !== undefined) await platform.blobs.localPath(digest);
      return blobReply(
        platform.blobs,
        { digest, sizeBytes, fileName: `${modelName}-v${number}.onnx`, mediaType: 'application/octet-stream' },
        headers,
      );
    },
  };

  deps.lineage.registerLabels('model', (project, modelIds) => store.modelNames(db, project, modelIds));
  deps.lineage.registerLabels('model-version', (project, versionIds) => store.versionLabels(db, project, versionIds));
  deps.pipelines.registerStepKind(registerStep(service));
  deps.evaluation.registerChampionResolver(async (ctx, modelRef) => {
    const champion = await service.aliasTarget(ctx, modelRef, 'champion');
    return champion && { modelVersionId: champion.id, modelDigest: champion.digest, signature: champion.signature };
  });
  return service;
};
