import type { Artifact } from '@millwright/contract';
import type { Ctx } from '#platform/auth';
import type { Platform } from '#platform/core';
import { fail } from '#platform/errors';
import { blobReply, type RangeHeaders, type StreamReply } from '#platform/http';
import { findRunNumber, lockRun } from '../runs/store.ts';
import * as store from './store.ts';

export interface Artifacts {
  /** A file at a path that has one already takes its place; the audit trail keeps the digest of both. */
  putArtifact(
    ctx: Ctx,
    runId: string,
    path: string,
    content: AsyncIterable<Uint8Array> | Uint8Array,
    mediaType: string,
  ): Promise<Artifact>;
  /** In the order of their paths. */
  listArtifacts(ctx: Ctx, runId: string): Promise<Artifact[]>;
  findArtifact(ctx: Ctx, runId: string, path: string): Promise<Artifact>;
  artifactDigest(ctx: Ctx, runId: string, path: string): Promise<string>;
  /** As an attachment. Errors: RANGE_UNSATISFIABLE. */
  readArtifact(ctx: Ctx, runId: string, path: string, headers: RangeHeaders): Promise<StreamReply>;
}

export const createArtifacts = ({ database: { db }, blobs, changes }: Platform): Artifacts => {
  const noRun = (ctx: Ctx, runId: string): never =>
    fail('NOT_FOUND', `There is no run '${runId}' in project '${ctx.project}'.`);

  const runExists = async (ctx: Ctx, runId: string): Promise<boolean> =>
    (await findRunNumber(db, ctx.project, runId)) !== null;

  const findArtifact = async (ctx: Ctx, runId: string, path: string): Promise<Artifact> => {
    if (!(await runExists(ctx, runId))) noRun(ctx, runId);
    return (
      (await store.findArtifact(db, ctx.project, runId, path)) ??
      fail('NOT_FOUND', `The run '${runId}' has no file '${path}'.`)
    );
  };

  return {
    async putArtifact(ctx, runId, path, content, mediaType) {
      // Asked before anything is read: nobody streams gigabytes into nothing.
      if (!(await runExists(ctx, runId))) noRun(ctx, runId);
      const { digest, sizeBytes } = await blobs.put(content, { mediaType });
      return changes.change(ctx, async (change) => {
        if ((await lockRun(change.db, ctx.project, runId)) === null) noRun(ctx, runId);
        const before = await store.findArtifact(change.db, ctx.project, runId, path);
        const artifact: Artifact = { path, digest, sizeBytes, mediaType, createdAt: change.now };
        await store.writeArtifact(change.db, ctx.project, runId, artifact);
        const detail = { path, digest, sizeBytes, replaced: before?.digest ?? null };
        change.audit({ verb: 'artifact.put', resourceType: 'run', resourceId: runId, detail });
        return artifact;
      });
    },
    async listArtifacts(ctx, runId) {
      if (!(await runExists(ctx, runId))) noRun(ctx, runId);
      return store.listArtifacts(db, ctx.project, runId);
    },
    findArtifact,
    artifactDigest: async (ctx, runId, path) => (await findArtifact(ctx, runId, path)).digest,
    async readArtifact(ctx, runId, path, headers) {
      const artifact = await findArtifact(ctx, runId, path);
      const fileName = path.split('/').at(-1) ?? path;
      return blobReply(blobs, { ...artifact, fileName }, headers);
    },
  };
};
