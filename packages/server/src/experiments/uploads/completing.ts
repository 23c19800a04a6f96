import type { Artifact } from '@millwright/contract';
import type { Ctx } from '#platform/auth';
import type { Platform } from '#platform/core';
import { fail } from '#platform/errors';
import { failurePoint } from '#platform/failure-points';
import { recordFile } from '../artifacts/service.ts';
import * as store from './store.ts';
import { demandAll, type UploadState } from './upload.ts';

export const artifactOf = (upload: UploadState): Artifact | null =>
  upload.completedAt === null || upload.digest === null || upload.sizeBytes === null
    ? null
    : {
        path: upload.place.path,
        digest: upload.digest,
        sizeBytes: upload.sizeBytes,
        mediaType: upload.mediaType,
        createdAt: upload.completedAt,
      };

/**
 * Makes the parts of an upload a file. Each step is written down before the next one begins and does nothing twice: killed
 * anywhere, asking again goes on from there. Who asks while it is being done waits for the same end.
 */
export const createCompleting = ({ database, blobs, changes }: Platform) => {
  const { db } = database;
  const running = new Map<string, Promise<Artifact>>();

  /** No part is taken from here on: all of them are there, and stay what they are. */
  const close = (id: string): Promise<UploadState> =>
    database.transaction(async (tx) => {
      const upload = (await store.lockUpload(tx, id)) ?? fail('NOT_FOUND', 'The upload was given up.');
      if (upload.state !== 'open') return upload;
      demandAll(upload, await store.readParts(tx, id));
      await store.updateUpload(tx, id, { state: 'sealing' });
      return { ...upload, state: 'sealing' };
    });

  const seal = async (upload: UploadState): Promise<UploadState> => {
    const { digest, sizeBytes } = await blobs.parts.seal(upload.storage, await store.readParts(db, upload.id));
    await store.updateUpload(db, upload.id, { state: 'sealed', digest, size_bytes: sizeBytes });
    failurePoint('upload.sealed');
    return { ...upload, state: 'sealed', digest, sizeBytes };
  };

  const refuse = async (upload: UploadState, announced: string): Promise<never> => {
    await blobs.parts.discard(upload.storage);
    await database.transaction((tx) => store.deleteUpload(tx, upload.id));
    return fail('DATA_REFUSED', `The bytes received have the digest ${upload.digest}, announced was ${announced}.`);
  };

  const complete = async (ctx: Ctx, id: string, announced: string | null): Promise<Artifact> => {
    let upload = await close(id);
    const done = artifactOf(upload);
    if (done !== null) return done;
    if (upload.state === 'sealing') upload = await seal(upload);
    if (announced !== null && announced !== upload.digest) await refuse(upload, announced);
    const digest = upload.digest as `sha256:${string}`;
    const sizeBytes = upload.sizeBytes ?? 0;
    await blobs.parts.adopt(upload.storage, { digest, sizeBytes }, { mediaType: upload.mediaType });
    if (!(await blobs.has(digest))) fail('NOT_FOUND', 'The parts of the upload are gone. Send them again.');
    failurePoint('upload.adopted');
    return changes.change(ctx, async (change) => {
      const locked = (await store.lockUpload(change.db, id)) ?? fail('NOT_FOUND', 'The upload was given up.');
      const already = artifactOf(locked);
      if (already !== null) return already;
      await store.updateUpload(change.db, id, { state: 'complete', completed_at: change.now });
      return recordFile(change, ctx.project, upload.place, { digest, sizeBytes, mediaType: upload.mediaType });
    });
  };

  return (ctx: Ctx, id: string, announced: string | null = null): Promise<Artifact> => {
    const under = running.get(id) ?? complete(ctx, id, announced).finally(() => running.delete(id));
    running.set(id, under);
    return under;
  };
};
