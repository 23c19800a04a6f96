import type { ModelStage, ModelVersion, Page } from '@millwright/contract';
import type { Ctx } from '#platform/auth';
import type { Change } from '#platform/change';
import type { Platform } from '#platform/core';
import { fail } from '#platform/errors';
import { blobReply, type RangeHeaders, type StreamReply } from '#platform/http';
import { moveAlias } from '../aliases.ts';
import { type Decision, decideApproval, servedAliases, voidedApproval } from '../approval.ts';
import { beginRun, demandTests } from '../contracts/gate.ts';
import { latestRuns, testsShown } from '../contracts/store.ts';
import { findModel, lockModel, type SavedModel, updateModel } from '../models/store.ts';
import { asOnnx, type OnnxVersion, refuseOther } from '../onnx.ts';
import { asksForMore, protectionsOf } from '../policies/policy.ts';
import { policyOf } from '../policies/service.ts';
import { closeOpen, isOfVersion } from '../requests/closing.ts';
import { openRequests } from '../requests/store.ts';
import { aliasesOf, type SearchQuery } from '../store.ts';
import { putApproval, tellDecided } from './deciding.ts';
import { readManifest } from './files.ts';
import {
  type RegisterRequest,
  registerSource,
  registerTrained,
  type SourceRequest,
  type Sources,
} from './registering.ts';
import { setStage } from './stages.ts';
import * as store from './store.ts';

export interface VersionUpdate {
  note?: string | undefined;
  stage?: ModelStage | undefined;
  /** With `stage`: the other versions in that stage go to `Archived`. */
  archiveOthers?: boolean | undefined;
  /** null removes the tag; without one nothing happens. */
  tags?: Readonly<Record<string, string | null>> | undefined;
}

/** Where clients find the files of a version. */
export interface VersionPlace {
  version: ModelVersion;
  uri: string | null;
  /** Where they lie here; null: elsewhere. */
  files: { root: string; path: string } | null;
}

export interface Versions {
  /** Errors: NOT_FOUND (model), INVALID_REFERENCE (run, evaluation), MODEL_REFUSED (the run has no usable model). */
  registerVersion(ctx: Ctx, modelRef: string, request: RegisterRequest): Promise<ModelVersion>;
  /** Errors: NOT_FOUND (model). */
  registerSource(ctx: Ctx, modelRef: string, request: SourceRequest): Promise<ModelVersion>;
  /** Also a deleted one: `deletedAt` says so. Errors: NOT_FOUND. */
  findVersion(ctx: Ctx, versionId: string): Promise<ModelVersion>;
  /** null: there is none, or it is deleted. */
  versionNumbered(ctx: Ctx, modelId: string, number: number): Promise<ModelVersion | null>;
  /** Errors: NOT_FOUND, MODEL_REFUSED (no ONNX file). */
  onnxVersion(ctx: Ctx, versionId: string): Promise<OnnxVersion>;
  /** The newest first. */
  listVersions(
    ctx: Ctx,
    modelRef: string,
    page: { limit?: number | undefined; cursor?: string | undefined },
  ): Promise<Page<ModelVersion>>;
  /** Errors: INVALID_FILTER, INVALID_CURSOR. */
  searchVersions(ctx: Ctx, query: SearchQuery): Promise<Page<ModelVersion>>;
  /** The newest in each stage that has any, in the order of their numbers. */
  latestVersions(ctx: Ctx, modelIds: readonly string[]): Promise<ModelVersion[]>;
  updateVersion(ctx: Ctx, versionId: string, update: VersionUpdate): Promise<ModelVersion>;
  /** With the aliases that point at it; its number is not given out again. */
  deleteVersion(ctx: Ctx, versionId: string): Promise<void>;
  /** Errors: NOT_FOUND, SELF_APPROVAL, STALE (another digest), CONFLICT (decided already, deleted), TESTS_RED. */
  decideApproval(ctx: Ctx, versionId: string, input: Decision): Promise<ModelVersion>;
  /** The same after a look whether the files are still those that were registered. Also a deleted one. Errors: NOT_FOUND. */
  rechecked(ctx: Ctx, versionId: string): Promise<store.SavedVersion>;
  /** Looks first whether the files are still those that were registered; where not, the approval is void from then on. */
  versionPlace(ctx: Ctx, versionId: string): Promise<VersionPlace>;
  /** Path of a local copy whose bytes were verified against the digest. Read only. Errors: NOT_FOUND, MODEL_REFUSED, BLOB_CORRUPT. */
  modelFile(versionId: string): Promise<string>;
  /** The model file, verified also where a part of it is asked for. Errors: NOT_FOUND, MODEL_REFUSED, RANGE_UNSATISFIABLE, BLOB_CORRUPT. */
  download(ctx: Ctx, versionId: string, headers: RangeHeaders): Promise<StreamReply>;
}

export const createVersions = (platform: Platform, sources: Sources): Versions => {
  const { changes, blobs } = platform;
  const { db } = platform.database;

  const shown = async (project: string, versions: readonly store.SavedVersion[]): Promise<ModelVersion[]> => {
    const rows = await aliasesOf(db, project, [...new Set(versions.map((version) => version.modelId))]);
    const byVersion = Map.groupBy(rows, (row) => row.versionId);
    const runs = await latestRuns(
      db,
      versions.map(({ id }) => id),
    );
    return versions.map(
      ({ project: _project, createdById: _createdById, files: _files, downloadUri: _downloadUri, ...version }) => ({
        ...version,
        aliases: (byVersion.get(version.id) ?? []).map((row) => row.alias),
        tests: testsShown(runs.get(version.id)),
      }),
    );
  };
  const one = async (ctx: Ctx, version: store.SavedVersion): Promise<ModelVersion> =>
    (await shown(ctx.project, [version]))[0] as ModelVersion;
  const model = async (ctx: Ctx, ref: string): Promise<SavedModel> =>
    (await findModel(db, ctx.project, ref)) ??
    fail('NOT_FOUND', `There is no model '${ref}' in project '${ctx.project}'.`);
  const found = async (ctx: Ctx, id: string): Promise<store.SavedVersion> =>
    (await store.findVersion(db, ctx.project, id)) ??
    fail('NOT_FOUND', `There is no model version '${id}' in project '${ctx.project}'.`);

  /** Under the lock of its model, and still there. */
  const changeVersion = async (
    ctx: Ctx,
    id: string,
    run: (change: Change, version: store.SavedVersion, model: SavedModel) => Promise<void>,
  ): Promise<void> => {
    const { modelId } = await found(ctx, id);
    await changes.change(ctx, async (change) => {
      const locked = await lockModel(change.db, ctx.project, modelId);
      const current = await store.findVersion(change.db, ctx.project, id);
      if (!locked || !current || current.deletedAt !== null)
        return fail('NOT_FOUND', `There is no model version '${id}' in project '${ctx.project}'.`);
      return run(change, current, locked);
    });
  };

  /** An approval is about certain files: once they are others, it holds no longer. */
  const recheck = async (ctx: Ctx, version: store.SavedVersion): Promise<store.SavedVersion> => {
    if (version.files === null || version.deletedAt !== null) return version;
    const now = await readManifest(sources.experiments, ctx, version.files);
    if (now.digest === version.digest) return version;
    await changeVersion(ctx, version.id, async (change, current, locked) => {
      if (current.digest === now.digest) return;
      const approval = voidedApproval(current.digest);
      await store.updateVersion(change.db, ctx.project, current.id, {
        digest: now.digest,
        size_bytes: now.sizeBytes,
        updated_at: change.now,
      });
      await store.updateApproval(change.db, ctx.project, current.id, approval);
      const detail = { previousDigest: current.digest, digest: now.digest, previousState: current.approval.state };
      change.audit({ verb: 'model-version.void', resourceType: 'model-version', resourceId: current.id, detail });
      tellDecided(change, current, approval);
      await closeOpen(change, current, { state: 'void', by: ctx.actor.name, reason: approval.reason });
      await beginRun(
        change,
        platform.ids,
        { ...current, digest: now.digest },
        { trigger: 'files-changed', startedBy: ctx.actor.name },
      );
      const policy = await policyOf(change.db, ctx.project, locked.id);
      // Where nobody is asked for an approval, nobody is robbed of what an alias names either.
      const isLost = (alias: string): boolean =>
        (locked.approval !== 'none' && servedAliases.includes(alias)) ||
        protectionsOf(policy, 'alias', alias).some(({ approvedOnly }) => approvedOnly);
      for (const { alias, versionId } of await aliasesOf(change.db, ctx.project, [locked.id]))
        if (versionId === current.id && isLost(alias))
          await moveAlias(change, { project: ctx.project, modelId: locked.id, alias, versionId: null, by: null });
    });
    return found(ctx, version.id);
  };

  const versions: Versions = {
    async registerVersion(ctx, modelRef, request) {
      const made = await registerTrained(platform, sources, ctx, await model(ctx, modelRef), request);
      return versions.findVersion(ctx, made.id);
    },
    async registerSource(ctx, modelRef, request) {
      const made = await registerSource(platform, sources, ctx, await model(ctx, modelRef), request);
      return versions.findVersion(ctx, made.id);
    },
    findVersion: async (ctx, versionId) => one(ctx, await found(ctx, versionId)),
    async versionNumbered(ctx, modelId, number) {
      const version = await store.findNumber(db, ctx.project, modelId, number);
      return version && one(ctx, version);
    },
    onnxVersion: async (ctx, versionId) => asOnnx(await versions.findVersion(ctx, versionId)),
    async listVersions(ctx, modelRef, page) {
      const { id } = await model(ctx, modelRef);
      const { items, nextCursor } = await store.listVersions(db, ctx.project, id, page);
      return { items: await shown(ctx.project, items), nextCursor };
    },
    async searchVersions(ctx, query) {
      const { items, nextCursor } = await store.searchVersions(db, ctx.project, query);
      return { items: await shown(ctx.project, items), nextCursor };
    },
    latestVersions: async (ctx, modelIds) => shown(ctx.project, await store.latestVersions(db, ctx.project, modelIds)),
    async updateVersion(ctx, versionId, { note, stage, archiveOthers = false, tags = {} }) {
      await changeVersion(ctx, versionId, async (change, current) => {
        const { id, modelId } = current;
        if (note !== undefined) await store.updateVersion(change.db, ctx.project, id, { note, updated_at: change.now });
        const archived =
          stage === undefined ? [] : await setStage(change, current, { stage, archiveOthers, by: ctx.actor });
        for (const [key, value] of Object.entries(tags))
          if (value === null) await store.deleteVersionTag(change.db, id, key);
          else await store.putVersionTag(change.db, id, key, value);
        const detail = {
          ...(note === undefined ? {} : { note }),
          ...(stage === undefined ? {} : { stage, previousStage: current.stage, archived }),
          ...(Object.keys(tags).length === 0 ? {} : { tags: Object.keys(tags) }),
        };
        change.audit({ verb: 'model-version.update', resourceType: 'model-version', resourceId: id, detail });
        const { modelName, number } = current;
        for (const [key, value] of Object.entries(tags))
          change.emit('registry.version-tag-changed', id, { modelId, modelName, number, key, value });
      });
      return versions.findVersion(ctx, versionId);
    },
    deleteVersion: (ctx, versionId) =>
      changeVersion(ctx, versionId, async (change, current, locked) => {
        const { id, number } = current;
        const aliases = await aliasesOf(change.db, ctx.project, [locked.id]);
        for (const { alias } of aliases.filter((row) => row.versionId === id))
          await moveAlias(change, {
            project: ctx.project,
            modelId: locked.id,
            alias,
            versionId: null,
            by: ctx.actor,
          });
        await closeOpen(change, current, { state: 'void', by: ctx.actor.name, reason: 'The version was deleted.' });
        await store.updateVersion(change.db, ctx.project, id, { deleted_at: change.now, updated_at: change.now });
        await updateModel(change.db, ctx.project, locked.id, { updated_at: change.now });
        const detail = { modelId: locked.id, modelName: locked.name, number };
        change.audit({ verb: 'model-version.delete', resourceType: 'model-version', resourceId: id, detail });
      }),
    async decideApproval(ctx, versionId, input) {
      await versions.rechecked(ctx, versionId);
      await changeVersion(ctx, versionId, async (change, current, locked) => {
        const approval = decideApproval(current, locked.approval, ctx.actor, input, change.now);
        const title = `version ${current.number} of '${current.modelName}'`;
        if (approval.state === 'approved') {
          const open = await openRequests(change.db, ctx.project, versionId);
          if (open.some((request) => isOfVersion(request) && request.requestedById === ctx.actor.id))
            fail(
              'SELF_APPROVAL',
              `'${ctx.actor.name}' asked for the approval of ${title}. Somebody else must give it.`,
            );
          if (asksForMore(await policyOf(change.db, ctx.project, locked.id)))
            fail(
              'CONFLICT',
              `More than one approval is needed for ${title}, on a request for it: millwright model-versions request-approval ${versionId} --reason TEXT.`,
            );
          await demandTests(change.db, current);
        }
        await putApproval(change, current, approval);
        const { state, reason } = approval;
        if (state !== 'pending')
          await closeOpen(
            change,
            current,
            { state, by: ctx.actor.name, reason },
            (request) => state === 'rejected' || isOfVersion(request),
          );
      });
      return versions.findVersion(ctx, versionId);
    },
    rechecked: async (ctx, versionId) => recheck(ctx, await found(ctx, versionId)),
    async versionPlace(ctx, versionId) {
      const version = await versions.rechecked(ctx, versionId);
      const { files, downloadUri, source } = version;
      return { version: await one(ctx, version), uri: downloadUri ?? source, files };
    },
    async modelFile(versionId) {
      const file =
        (await store.fileOfVersion(db, versionId)) ?? fail('NOT_FOUND', `There is no model version '${versionId}'.`);
      return file.format === 'onnx' && file.digest !== null ? blobs.localPath(file.digest) : refuseOther(file);
    },
    async download(ctx, versionId, headers) {
      const { digest, sizeBytes, modelName, number } = await versions.onnxVersion(ctx, versionId);
      // A part alone cannot be checked against the digest: the whole is, before the part is sent.
      if (headers.range !== undefined) await blobs.localPath(digest);
      return blobReply(
        blobs,
        { digest, sizeBytes, fileName: `${modelName}-v${number}.onnx`, mediaType: 'application/octet-stream' },
        headers,
      );
    },
  };
  return versions;
};
