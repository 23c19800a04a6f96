import { createReadStream } from 'node:fs';
import { type FileHandle, lstat, open, readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fail } from '#platform/errors';
import type { ForeignFile } from './source.ts';

export interface FolderEntry {
  name: string;
  /** From the root, with slashes. */
  path: string;
  kind: 'file' | 'folder';
}

/** A folder of this machine that is only read. Links are not followed, so nothing outside of it is ever taken. */
export interface Folder {
  root: string;
  /** What lies directly in it, by name; nothing where there is no such folder. */
  list(path?: string): Promise<FolderEntry[]>;
  /** Every file below, by path. */
  filesBelow(path?: string): AsyncIterable<FolderEntry>;
  /** Whether it is there, and what. */
  kindOf(path: string): Promise<FolderEntry['kind'] | null>;
  sizeOf(path: string): Promise<number>;
  /** The whole text. Errors: INVALID_INPUT for one that is longer. */
  readText(path: string, maxBytes?: number): Promise<string>;
  lines(path: string): AsyncIterable<string>;
  openFile(path: string): Promise<FileHandle>;
  /** To be copied: those below `path`, named from there, or under `prefix`. */
  copiesOf(path: string, prefix?: string): AsyncIterable<ForeignFile>;
}

const textBytes = 8_000_000;
/** Deeper than anybody nests keys, and shallow enough for the stack. */
const deepest = 100;

/** Errors: INVALID_INPUT where there is none. */
export const openFolder = async (given: string): Promise<Folder> => {
  const root = await realpath(given).catch(() => fail('INVALID_INPUT', `There is no folder ${given}.`));
  if (!(await lstat(root)).isDirectory()) fail('INVALID_INPUT', `${given} is no folder.`);

  /** Every part is looked at: names may come from files of the source. */
  const checked = async (path: string): Promise<{ full: string; kind: FolderEntry['kind'] } | null> => {
    let full = root;
    let kind: FolderEntry['kind'] = 'folder';
    for (const part of path.split('/').filter((one) => one !== '')) {
      if (part === '.' || part === '..' || part.includes('\u0000') || kind === 'file') return null;
      full = join(full, part);
      const stat = await lstat(full).catch(() => null);
      if (stat?.isDirectory()) kind = 'folder';
      else if (stat?.isFile()) kind = 'file';
      else return null;
    }
    return { full, kind };
  };
  const file = async (path: string): Promise<string> => {
    const found = await checked(path);
    return found?.kind === 'file' ? found.full : fail('INVALID_INPUT', `There is no file ${join(root, path)}.`);
  };

  const folder: Folder = {
    root,
    async list(path = '') {
      const found = await checked(path);
      if (found?.kind !== 'folder') return [];
      const entries = await readdir(found.full, { withFileTypes: true });
      return entries
        .filter((entry) => entry.isFile() || entry.isDirectory())
        .map((entry) => ({
          name: entry.name,
          path: path === '' ? entry.name : `${path}/${entry.name}`,
          kind: entry.isDirectory() ? ('folder' as const) : ('file' as const),
        }))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    async *filesBelow(path = '') {
      const visit = async function* (at: string, depth: number): AsyncIterable<FolderEntry> {
        if (depth > deepest) return;
        for (const entry of await folder.list(at))
          if (entry.kind === 'file') yield entry;
          else yield* visit(entry.path, depth + 1);
      };
      yield* visit(path, 0);
    },
    kindOf: async (path) => (await checked(path))?.kind ?? null,
    sizeOf: async (path) => (await lstat(await file(path))).size,
    async readText(path, maxBytes = textBytes) {
      const handle = await open(await file(path));
      try {
        const { size } = await handle.stat();
        if (size > maxBytes)
          fail('INVALID_INPUT', `${join(root, path)} has ${size} bytes, which is too long for what it is.`);
        return await handle.readFile('utf8');
      } finally {
        await handle.close();
      }
    },
    async *lines(path) {
      yield* createInterface({
        input: createReadStream(await file(path), 'utf8'),
        crlfDelay: Number.POSITIVE_INFINITY,
      });
    },
    openFile: async (path) => open(await file(path)),
    async *copiesOf(path, prefix = '') {
      for await (const entry of folder.filesBelow(path)) {
        const full = await file(entry.path);
        const below = path === '' ? entry.path : entry.path.slice(path.length + 1);
        yield {
          path: prefix === '' ? below : `${prefix}/${below}`,
          sizeBytes: (await lstat(full)).size,
          open: () => createReadStream(full),
        };
      }
    },
  };
  return folder;
};
