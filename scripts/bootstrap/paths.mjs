import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root folder. */
export const root = fileURLToPath(new URL('../../', import.meta.url)).replace(/[\\/]$/, '');

/** A path inside the repository. */
export const at = (...parts) => join(root, ...parts);

/** Build products and downloads that may be deleted at any time. */
export const cacheFolder = at('.cache');

/** The same for what machines may share between checkouts (the Python environment). */
export const sharedCacheFolder = process.env.MILLWRIGHT_CACHE_DIR
  ? resolve(process.env.MILLWRIGHT_CACHE_DIR)
  : cacheFolder;

/** SHA-256 (hex) over the names and contents of files and folders, without dependencies and build products. */
export function hashOf(paths) {
  const hash = createHash('sha256');
  for (const path of paths)
    for (const file of filesUnder(path)) hash.update(relative(root, file)).update(readFileSync(file));
  return hash.digest('hex');
}

const NOT_SOURCES = new Set(['node_modules', 'dist', 'static', 'coverage']);

function* filesUnder(path) {
  if (!existsSync(path)) return;
  let entries;
  try {
    entries = readdirSync(path, { withFileTypes: true });
  } catch (error) {
    if (error.code !== 'ENOTDIR') throw error;
    yield path;
    return;
  }
  for (const entry of entries.sort((left, right) => (left.name < right.name ? -1 : 1))) {
    if (!NOT_SOURCES.has(entry.name)) yield* filesUnder(join(path, entry.name));
  }
}

/** The first executable of one of these names in PATH (this repository's own node_modules/.bin left out), or undefined. */
export function findInPath(...names) {
  const suffixes = process.platform === 'win32' ? ['.cmd', '.exe', ''] : [''];
  for (const folder of systemPath().split(delimiter)) {
    for (const name of names) {
      for (const suffix of suffixes) {
        const candidate = join(folder, name + suffix);
        if (folder !== '' && existsSync(candidate)) return candidate;
      }
    }
  }
  return undefined;
}

/** PATH without this repository's node_modules/.bin, which `npm run` puts first and an install replaces under our feet. */
export function systemPath() {
  const isOwn = (folder) => resolve(folder).startsWith(`${at('node_modules')}`);
  return (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !isOwn(folder))
    .join(delimiter);
}
