import { FolderName } from '@millwright/contract';
import Value from 'typebox/value';
import type { Change } from '#platform/change';
import { fail } from '#platform/errors';
import type { Ids } from '#platform/ids';
import { checkPlace, mostFolders, namesOf, treeOf } from './folder.ts';
import * as store from './store.ts';

/** By this tag of an experiment, Python code says in which folder it lies. */
export const folderTag = 'millwright.folder';

/** The names of a path that a client wrote. Errors: INVALID_INPUT. */
export const readPath = (path: string): string[] => {
  const names = namesOf(path);
  if (names.some((name) => !Value.Check(FolderName, name)))
    fail('INVALID_INPUT', `'${path}' is no path of folders. Write names with slashes between them: vision/resnet.`);
  return names;
};

/**
 * The folder at a path, made with those above it where it is not there yet. Locks the tree: ask before experiments are
 * locked, as a folder that is deleted comes before the experiments in it. Errors: INVALID_INPUT, CONFLICT.
 */
export const ensureFolder = async (change: Change, ids: Ids, project: string, path: string): Promise<string> => {
  const names = readPath(path);
  const folders = await store.lockFolders(change.db, project);
  let parent = '';
  for (const name of names) {
    const tree = treeOf(folders);
    const known = tree.childrenOf(parent).find((one) => one.name === name);
    if (known) {
      parent = known.id;
      continue;
    }
    checkPlace(tree, null, parent);
    if (folders.length >= mostFolders) fail('CONFLICT', `A project has at most ${mostFolders} folders.`);
    const folder = { id: ids.next('fld'), project, parent, name, created_at: change.now, updated_at: change.now };
    await store.insertFolder(change.db, folder);
    change.audit({ verb: 'folder.create', resourceType: 'folder', resourceId: folder.id, detail: { name, path } });
    folders.push(folder);
    parent = folder.id;
  }
  return parent;
};
