import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ExperimentsService, mediaTypeOf } from '#experiments';
import type { Ctx } from '#platform/auth';
import { checkArtifactPath } from '../artifacts/artifact-paths.ts';

/** The folder on this machine that an address of artifacts means; null: they lie elsewhere. */
export const folderOf = (uri: string, artifactsDir: string | undefined): string | null => {
  const proxied = /^mlflow-artifacts:(?:\/\/[^/]*)?\/(.*)$/.exec(uri)?.[1];
  if (proxied !== undefined) return artifactsDir === undefined ? null : join(artifactsDir, checkArtifactPath(proxied));
  if (uri.startsWith('file:')) return fileURLToPath(uri.replace(/^file:(?!\/\/)/, 'file://'));
  return /^[a-z][a-z0-9+.-]+:/i.test(uri) ? null : uri;
};

async function* filesIn(folder: string, below = ''): AsyncGenerator<string> {
  const entries = await readdir(join(folder, below), { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
    throw error;
  });
  // A link may lead anywhere: what it points at is not taken.
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) yield* filesIn(folder, path);
    else if (entry.isFile()) yield path;
  }
}

/** Copies what is not there yet, by path and size. Answers how many files and bytes. */
export const copyFiles = async (
  experiments: ExperimentsService,
  ctx: Ctx,
  folder: string,
  root: string,
  problem: (text: string) => void,
): Promise<{ files: number; bytes: number }> => {
  const copied = { files: 0, bytes: 0 };
  for await (const path of filesIn(folder)) {
    try {
      checkArtifactPath(path);
    } catch {
      problem(`the file ${join(folder, path)} was left out: its name cannot be a path of an artifact`);
      continue;
    }
    const { size } = await stat(join(folder, path));
    if ((await experiments.findFile(ctx, { root, path }))?.sizeBytes === size) continue;
    await experiments.putFile(ctx, { root, path }, createReadStream(join(folder, path)), mediaTypeOf(path));
    copied.files += 1;
    copied.bytes += size;
  }
  return copied;
};
