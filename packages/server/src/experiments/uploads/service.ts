import type { Artifact, Upload } from '@millwright/contract';
import type { Ctx } from '#platform/auth';
import type { StoredPart } from '#platform/blobs';
import type { Platform } from '#platform/core';
import { fail } from '#platform/errors';
import { failurePoint } from '#platform/failure-points';
import type { FilePlace } from '../artifacts/service.ts';
import { mediaTypeOf } from '../artifacts/media-type.ts';
import { artifactOf, createCompleting } from './completing.ts';
import { EndOfStream, Pieces } from './pieces.ts';
import * as store from './store.ts';
import { createTurns, stoppable } from './turns.ts';
import { cutting, directSeconds, expiryOf, partCountLimit, receivedBytes, type UploadState } from './upload.ts';

type Source = AsyncIterable<Uint8Array>;

interface BegunParts {
  id: string;
  /** Of the storage itself, where clients reach it: one for each part, in their order. */
  addresses: string[] | null;
}

/** Files that arrive in several requests, to any place that files may lie at; nobody is asked whether it exists. */
export interface Uploads {
  /** One behind the other. Answers one that the caller began with the same place and size, if there is one. */
  beginUpload(ctx: Ctx, place: FilePlace, file: { sizeBytes: number; partBytes?: number | undefined }): Promise<Upload>;
  getUpload(ctx: Ctx, root: string, id: string): Promise<Upload>;
  appendUpload(ctx: Ctx, root: string, id: string, piece: { offset: number; source: Source }): Promise<Upload>;
  /** Errors: DATA_REFUSED where the bytes have another digest than the one given; then nothing of them is kept. */
  completeUpload(ctx: Ctx, root: string, id: string, digest: string | null): Promise<Artifact>;
  deleteUpload(ctx: Ctx, root: string, id: string): Promise<void>;
  /** Numbered parts in any order, all but the last of one size. */
  beginParts(ctx: Ctx, place: FilePlace, partCount: number): Promise<BegunParts>;
  /** `project`: that of the upload, as the address says that was signed for the part. */
  putPart(
    of: { project: string; upload: string },
    part: { number: number; sizeBytes: number },
    source: Source,
  ): Promise<StoredPart>;
  /** Errors: CONFLICT where a part is missing or is not the one that was stored last. */
  completeParts(
    ctx: Ctx,
    place: FilePlace,
    id: string,
    parts: readonly { number: number; etag: string | null }[],
  ): Promise<Artifact>;
  deleteParts(ctx: Ctx, place: FilePlace, id: string): Promise<void>;
  /** Gives up what nothing more came for. Answers how many. */
  removeExpiredUploads(): Promise<number>;
}

const removedAtOnce = 100;

export const createUploads = (platform: Platform): Uploads => {
  const { database, blobs, clock, ids, config } = platform;
  const { db } = database;
  const complete = createCompleting(platform);
  const inTurn = createTurns();
  platform.contents.declare({ table: 'uploads', column: 'digest' });

  const over = (id: string) => fail('NOT_FOUND', `There is no upload '${id}' here any more. Begin another one.`);
  const find = async (project: string, id: string, kind: UploadState['kind']): Promise<UploadState> => {
    const upload = await store.findUpload(db, id);
    const isHere = upload !== null && upload.project === project && upload.kind === kind;
    return isHere && (upload.expiresAt > clock.now() || upload.state === 'complete') ? upload : over(id);
  };
  const findBelow = async (ctx: Ctx, root: string, id: string): Promise<UploadState> => {
    const upload = await find(ctx.project, id, 'pieces');
    return upload.place.root === root ? upload : over(id);
  };
  const findAt = async (ctx: Ctx, place: FilePlace, id: string): Promise<UploadState> => {
    const upload = await find(ctx.project, id, 'parts');
    return upload.place.root === place.root && upload.place.path === place.path ? upload : over(id);
  };

  const begin = async (
    ctx: Ctx,
    place: FilePlace,
    file: Pick<UploadState, 'kind' | 'partCount' | 'partBytes' | 'sizeBytes'>,
  ): Promise<UploadState> => {
    const now = clock.now();
    const id = ids.next('upl');
    const upload: UploadState = {
      ...file,
      id,
      project: ctx.project,
      place,
      mediaType: mediaTypeOf(place.path),
      state: 'open',
      owner: ctx.actor.id,
      digest: null,
      storage: await blobs.parts.begin(id),
      createdAt: now,
      expiresAt: expiryOf(file.kind, now, now),
      completedAt: null,
    };
    await store.insertUpload(db, upload);
    return upload;
  };

  /** Before a byte is written: what is known of the part is not so any more. */
  const expect = (id: string, number: number): Promise<UploadState> =>
    database.transaction(async (tx) => {
      const upload = (await store.lockUpload(tx, id)) ?? over(id);
      if (upload.state !== 'open') fail('CONFLICT', 'The upload is being completed and takes no more.');
      await store.deletePart(tx, id, number);
      return upload;
    });

  const stored = async (id: string, part: StoredPart): Promise<void> => {
    failurePoint('upload.part-stored');
    await database.transaction(async (tx) => {
      const upload = (await store.lockUpload(tx, id)) ?? over(id);
      if (upload.state !== 'open') fail('CONFLICT', 'The upload is being completed and takes no more.');
      await store.insertPart(tx, id, part);
      await store.updateUpload(tx, id, { expires_at: expiryOf(upload.kind, upload.createdAt, clock.now()) });
    });
  };

  const shown = async (upload: UploadState): Promise<Upload> => ({
    id: upload.id,
    path: upload.place.path,
    sizeBytes: upload.sizeBytes ?? 0,
    partBytes: upload.partBytes ?? 0,
    receivedBytes: receivedBytes(await store.readParts(db, upload.id)),
    state: upload.state === 'complete' ? 'complete' : 'open',
    createdAt: upload.createdAt,
    expiresAt: upload.expiresAt,
    artifact: artifactOf(upload),
  });

  const checkSize = (sizeBytes: number): void => {
    if (sizeBytes > config.maxUploadBytes)
      fail('BODY_TOO_LARGE', `The file is larger than ${config.maxUploadBytes} bytes. Raise --max-upload-bytes.`);
  };

  /** All parts that the source has whole. */
  const appendParts = async (upload: UploadState, received: number, pieces: Pieces): Promise<void> => {
    const { sizeBytes, partBytes } = upload as { sizeBytes: number; partBytes: number };
    let at = received;
    for (; at < sizeBytes && !(await pieces.isEmpty()); ) {
      const wanted = Math.min(partBytes, sizeBytes - at);
      const number = Math.floor(at / partBytes) + 1;
      await expect(upload.id, number);
      try {
        const part = await blobs.parts.put(upload.storage, { number, start: at }, pieces.take(wanted));
        await stored(upload.id, part);
      } catch (error) {
        if (!(error instanceof EndOfStream)) throw error;
        if (at > received) return;
        fail('INVALID_INPUT', `Send at least one whole part of ${partBytes} bytes, or all that is left.`);
      }
      at += wanted;
    }
    if (!(await pieces.isEmpty()))
      fail('INVALID_INPUT', `The file was said to have ${sizeBytes} bytes; there are more.`);
  };

  /** Those that went straight to the storage are known to it alone until now. */
  const arrivedParts = async (upload: UploadState): Promise<StoredPart[]> => {
    if (blobs.direct === undefined) return store.readParts(db, upload.id);
    const parts = await blobs.direct.listParts(upload.storage);
    await database.transaction(async (tx) => {
      if ((await store.lockUpload(tx, upload.id))?.state === 'open') await store.replaceParts(tx, upload.id, parts);
    });
    return parts;
  };

  /** Where a part lies; the last one says nothing of the size of the others, and lies wherever they end. */
  const placed = async (upload: UploadState, number: number, sizeBytes: number): Promise<number | null> => {
    if (number === 1 && upload.partCount === 1) return 0;
    if (number === upload.partCount) return null;
    const partBytes = await database.transaction(async (tx) => {
      const known = (await store.lockUpload(tx, upload.id))?.partBytes ?? null;
      if (known === null) await store.updateUpload(tx, upload.id, { part_bytes: sizeBytes });
      return known ?? sizeBytes;
    });
    if (partBytes !== sizeBytes)
      fail(
        'INVALID_INPUT',
        `All parts but the last have one size: ${partBytes} bytes. Part ${number} has ${sizeBytes}.`,
      );
    return (number - 1) * partBytes;
  };

  return {
    async beginUpload(ctx, place, { sizeBytes, partBytes }) {
      checkSize(sizeBytes);
      const wanted = { project: ctx.project, place, owner: ctx.actor.id, sizeBytes, now: clock.now() };
      const begun = await store.findBegun(db, wanted);
      const file = { kind: 'pieces' as const, ...cutting(sizeBytes, partBytes), sizeBytes };
      return shown(begun ?? (await begin(ctx, place, file)));
    },
    getUpload: async (ctx, root, id) => shown(await findBelow(ctx, root, id)),
    async appendUpload(ctx, root, id, { offset, source }) {
      await findBelow(ctx, root, id);
      await inTurn(id, async (signal) => {
        const received = receivedBytes(await store.readParts(db, id));
        if (offset !== received)
          fail('CONFLICT', `${received} bytes have arrived: go on there, not at ${offset}.`, {
            receivedBytes: received,
          });
        await appendParts(await findBelow(ctx, root, id), received, new Pieces(stoppable(source, signal)));
      });
      return shown(await findBelow(ctx, root, id));
    },
    async completeUpload(ctx, root, id, digest) {
      await findBelow(ctx, root, id);
      return complete(ctx, id, digest);
    },
    async deleteUpload(ctx, root, id) {
      await remove(await findBelow(ctx, root, id));
    },
    async beginParts(ctx, place, partCount) {
      if (!Number.isInteger(partCount) || partCount < 1 || partCount > partCountLimit)
        fail('INVALID_INPUT', `A file comes in 1 to ${partCountLimit} parts, not ${partCount}. Choose larger ones.`);
      const file = { kind: 'parts' as const, partCount, partBytes: null, sizeBytes: null };
      const { id, storage, createdAt } = await begin(ctx, place, file);
      if (blobs.direct === undefined) return { id, addresses: null };
      await store.updateUpload(db, id, { expires_at: createdAt + directSeconds * 1000 });
      return { id, addresses: await blobs.direct.addressesOfParts(storage, partCount, directSeconds) };
    },
    async putPart({ project, upload: id }, { number, sizeBytes }, source) {
      const upload = await find(project, id, 'parts');
      if (number < 1 || number > upload.partCount) fail('INVALID_INPUT', `There is no part ${number}.`);
      return inTurn(`${id}/${number}`, async (signal) => {
        const start = await placed(await expect(id, number), number, sizeBytes);
        const part = await blobs.parts.put(upload.storage, { number, start }, stoppable(source, signal));
        if (part.sizeBytes !== sizeBytes) fail('BODY_UNREADABLE', `Part ${number} ended before all of it was there.`);
        await stored(id, part);
        return part;
      });
    },
    async completeParts(ctx, place, id, listed) {
      const upload = await findAt(ctx, place, id);
      if (upload.state === 'open') {
        const parts = await arrivedParts(upload);
        checkSize(parts.reduce((sum, part) => sum + part.sizeBytes, 0));
        const named = new Map(listed.map(({ number, etag }) => [number, etag]));
        for (const { number, etag } of parts)
          if (!named.has(number) || (named.get(number) ?? etag) !== etag)
            fail('CONFLICT', `Part ${number} is not the one that was stored last. Send it again.`);
        if (named.size > parts.length || listed.length !== named.size)
          fail('CONFLICT', `${parts.length} of ${upload.partCount} parts have arrived. Send the others first.`);
      }
      return complete(ctx, id);
    },
    async deleteParts(ctx, place, id) {
      await remove(await findAt(ctx, place, id));
    },
    async removeExpiredUploads() {
      let count = 0;
      for (let more = true; more; ) {
        const expired = await store.expiredUploads(db, clock.now(), removedAtOnce);
        for (const upload of expired) await remove(upload);
        count += expired.length;
        more = expired.length === removedAtOnce;
      }
      return count;
    },
  };

  /** What lies in the storage first: killed in between, its row is found again. A file that was made of it stays. */
  async function remove(upload: UploadState): Promise<void> {
    await blobs.parts.discard(upload.storage);
    await database.transaction((tx) => store.deleteUpload(tx, upload.id));
  }
};
