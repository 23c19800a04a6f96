import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openFolder } from '../../import/folder.ts';
import type { ForeignFile } from '../../import/source.ts';
import { checkArtifactPath } from '../artifacts/artifact-paths.ts';

/** The folder on this machine that an address of artifacts means; null: they lie elsewhere. */
export const folderOf = (uri: string, artifactsDir: string | undefined): string | null => {
  if (uri === '') return null;
  const proxied = /^mlflow-artifacts:(?:\/\/[^/]*)?\/(.*)$/.exec(uri)?.[1];
  if (proxied !== undefined) return artifactsDir === undefined ? null : join(artifactsDir, checkArtifactPath(proxied));
  if (uri.startsWith('file:')) return fileURLToPath(uri.replace(/^file:(?!\/\/)/, 'file://'));
  return /^[a-z][a-z0-9+.-]+:/i.test(uri) ? null : uri;
};

/** Files behind an address; none where they lie elsewhere. */
export async function* filesAt(uri: string, artifactsDir: string | undefined): AsyncIterable<ForeignFile> {
  const path = folderOf(uri, artifactsDir);
  // A run without files has no folder.
  const folder = path === null ? null : await openFolder(path).catch(() => null);
  if (folder) yield* folder.copiesOf('');
}
