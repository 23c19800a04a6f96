import type { Artifact } from '@millwright/contract';
import type { Ctx } from '#platform/auth';
import type { Change } from '#platform/change';
import type { Platform } from '#platform/core';
import { fail } from '#platform/errors';
import { blobReply, type RangeHeaders, type StreamReply } from '#platform/http';
import { findRunNumber } from '../runs/store.ts';
import * as store from './store.ts';
import { noRun } from '../refusals.ts';

export type { FolderEntry } from './store.ts';

type Content = AsyncIterable<Uint8Array> | Uint8Array;

/** Where a file lies: the id of the run or the logged model it belongs to (empty: the project), and its path there. */
export interface FilePlace {
  root: string;
  path: string;
}

export interface Artifacts {
  /** Errors: NOT_FOUND. */
  demandRun(ctx: Ctx, runId: string): Promise<void>;
  /** A file at a path that has one already takes its place; the audit trail keeps the digest of both. */
  putArtifact(ctx: Ctx, runId: string, path: string, content: Content, mediaType: string): Promise<Artifact>;
  /** In the order of their paths. */
  listArtifacts(ctx: Ctx, runId: string): Promise<Artifact[]>;
  findArtifact(ctx: Ctx, runId: string, path: string): Promise<Artifact>;
  artifactDigest(ctx: Ctx, runId: string, path: string): Promise<string>;
  /** As an attachment. Errors: RANGE_UNSATISFIABLE. */
  readArtifact(ctx: Ctx, runId: string, path: string, headers: RangeHeaders): Promise<StreamReply>;
  /** The same for whatever files may belong to; nobody is asked whether it exists. */
  putFile(ctx: Ctx, place: FilePlace, content: Content, mediaType: string): Promise<Artifact>;
  /** null: there is none. */
  findFile(ctx: Ctx, place: FilePlace): Promise<Artifact | null>;
  /** What lies directly in a folder; empty where there is no such folder. */
  listFolder(ctx: Ctx, place: FilePlace): Promise<store.FolderEntry[]>;
  /** All files below a folder, in the order of their paths. */
  filesBelow(ctx: Ctx, place: FilePlace): Promise<Artifact[]>;
  readFile(ctx: Ctx, place: FilePlace, headers: RangeHeaders): Promise<StreamReply>;
  /** The bytes that were at a place when somebody looked, as long as there is a file at all. Errors: NOT_FOUND. */
  readBytes(
    ctx: Ctx,
    place: FilePlace,
    bytes: { digest: string; sizeBytes: number },
    headers: RangeHeaders,
  ): Promise<StreamReply>;
  /** Where a client fetches it from the storage itself; null where it cannot. */
  directAddress(file: Artifact, seconds: number): Promise<string | null>;
  /** A file, or a folder with all below it. Answers how many files are gone. */
  deleteFiles(ctx: Ctx, place: FilePlace): Promise<number>;
}

/** What an audit row is about: ids carry their kind. */
const resourceOf = (project: string, root: string): { resourceType: string; resourceId: string } => {
  if (root === '') return { resourceType: 'project', resourceId: project };
  return { resourceType: root.startsWith('run_') ? 'run' : 'logged-model', resourceId: root };
};

/** More paths than this in one audit row help nobody. */
const pathsInAudit = 100;

/** Makes a stored blob the file at a place. */
export const recordFile = async (
  change: Change,
  project: string,
  place: FilePlace,
  stored: { digest: string; sizeBytes: number; mediaType: string },
): Promise<Artifact> => {
  const { digest, sizeBytes } = stored;
  const { path } = place;
  const before = await store.findArtifact(change.db, { project, ...place });
  const artifact: Artifact = { path, ...stored, createdAt: change.now };
  await store.writeArtifact(change.db, { project, ...place }, artifact);
  const detail = { path, digest, sizeBytes, replaced: before?.digest ?? null };
  change.audit({ verb: 'artifact.put', ...resourceOf(project, place.root), detail });
  return artifact;
};

export const createArtifacts = ({ database: { db }, blobs, changes }: Platform): Artifacts => {
  const demandRun = async (ctx: Ctx, runId: string): Promise<void> => {
    if ((await findRunNumber(db, ctx.project, runId)) === null) noRun(ctx.project, runId);
  };
  const at = (ctx: Ctx, { root, path }: FilePlace): store.Place => ({ project: ctx.project, root, path });

  const findArtifact = async (ctx: Ctx, runId: string, path: string): Promise<Artifact> => {
    await demandRun(ctx, runId);
    return (
      (await store.findArtifact(db, at(ctx, { root: runId, path }))) ??
      fail('NOT_FOUND', `The run '${runId}' has no file '${path}'.`)
    );
  };

  const demandFile = async (ctx: Ctx, place: FilePlace): Promise<Artifact> =>
    (await store.findArtifact(db, at(ctx, place))) ??
    fail('NOT_FOUND', `There is no file '${place.path}' here.`, { about: { noFile: place.path } });
  const nameOf = (file: Artifact): string => file.path.split('/').at(-1) ?? file.path;
  const replyOf = (file: Artifact, headers: RangeHeaders): Promise<StreamReply> =>
    blobReply(blobs, { ...file, fileName: nameOf(file) }, headers);

  const artifacts: Artifacts = {
    demandRun,
    async putArtifact(ctx, runId, path, content, mediaType) {
      // Asked before anything is read: nobody streams gigabytes into nothing.
      await demandRun(ctx, runId);
      return artifacts.putFile(ctx, { root: runId, path }, content, mediaType);
    },
    async putFile(ctx, place, content, mediaType) {
      const stored = await blobs.put(content, { mediaType });
      return changes.change(ctx, (change) => recordFile(change, ctx.project, place, { ...stored, mediaType }));
    },
    async listArtifacts(ctx, runId) {
      await demandRun(ctx, runId);
      return artifacts.filesBelow(ctx, { root: runId, path: '' });
    },
    findArtifact,
    artifactDigest: async (ctx, runId, path) => (await findArtifact(ctx, runId, path)).digest,
    async readArtifact(ctx, runId, path, headers) {
      await demandRun(ctx, runId);
      return artifacts.readFile(ctx, { root: runId, path }, headers);
    },
    findFile: (ctx, place) => store.findArtifact(db, at(ctx, place)),
    listFolder: (ctx, place) => store.listFolder(db, at(ctx, place)),
    filesBelow: (ctx, place) => store.listArtifacts(db, at(ctx, place)),
    readFile: async (ctx, place, headers) => replyOf(await demandFile(ctx, place), headers),
    readBytes: async (ctx, place, bytes, headers) => replyOf({ ...(await demandFile(ctx, place)), ...bytes }, headers),
    directAddress: async (file, seconds) =>
      (await blobs.direct?.addressOf(file.digest, { fileName: nameOf(file), seconds })) ?? null,
    deleteFiles: (ctx, place) =>
      changes.change(ctx, async (change) => {
        const gone = await store.deleteArtifacts(change.db, at(ctx, place));
        if (gone.length === 0) return 0;
        const files = gone.slice(0, pathsInAudit).map(({ path, digest }) => ({ path, digest }));
        const detail = { path: place.path, files, count: gone.length };
        change.audit({ verb: 'artifact.delete', ...resourceOf(ctx.project, place.root), detail });
        return gone.length;
      }),
  };
  return artifacts;
};
