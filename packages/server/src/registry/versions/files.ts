import type { Artifact, VersionFile } from '@millwright/contract';
import type { ExperimentsService, FilePlace } from '#experiments';
import type { Ctx } from '#platform/auth';
import { digestOf } from '#platform/blobs';

export type VersionFiles = Pick<ExperimentsService, 'filesBelow' | 'findFile'>;

export interface Manifest {
  /** SHA-256 over the list of paths (below the source), digests and sizes; null where there are no files. */
  digest: string | null;
  sizeBytes: number | null;
}

type Listed = Pick<Artifact, 'path' | 'digest' | 'sizeBytes'>;

/** The same files below the same source always have the same digest, wherever the source lies. */
export const manifestOf = (files: readonly Listed[]): Manifest => {
  if (files.length === 0) return { digest: null, sizeBytes: null };
  const lines = files
    .map(({ path, digest, sizeBytes }) => `${JSON.stringify([path, digest, sizeBytes])}\n`)
    .sort((a, b) => (a < b ? -1 : 1));
  return {
    digest: digestOf(Buffer.from(lines.join(''))),
    sizeBytes: files.reduce((sum, file) => sum + file.sizeBytes, 0),
  };
};

/** What lies at a place now: the files below it by their paths from there, or the one file it is, without a path. */
export const filesOf = async (files: VersionFiles, ctx: Ctx, place: FilePlace): Promise<VersionFile[]> => {
  const shown = ({ path, digest, sizeBytes }: Listed): VersionFile => ({ path, digest, sizeBytes });
  const below = await files.filesBelow(ctx, place);
  const cut = place.path === '' ? 0 : place.path.length + 1;
  if (below.length > 0) return below.map((file) => shown({ ...file, path: file.path.slice(cut) }));
  const file = place.path === '' ? null : await files.findFile(ctx, place);
  return file ? [shown({ ...file, path: '' })] : [];
};

export const readManifest = async (files: VersionFiles, ctx: Ctx, place: FilePlace): Promise<Manifest> =>
  manifestOf(await filesOf(files, ctx, place));
