import type { Folder } from '@millwright/contract';
import type { Ctx } from '#platform/auth';
import type { Change } from '#platform/change';
import type { Platform } from '#platform/core';
import { fail } from '#platform/errors';
import { checkName, checkPlace, mostFolders, treeOf } from './folder.ts';
import * as store from './store.ts';

export interface Folders {
  /** In the order of their paths. */
  listFolders(ctx: Ctx): Promise<{ items: Folder[]; outside: number }>;
  /** Errors: NAME_TAKEN, INVALID_REFERENCE, CONFLICT. */
  createFolder(ctx: Ctx, input: { name: string; parent?: string | undefined }): Promise<Folder>;
  /** Errors: NOT_FOUND, NAME_TAKEN, INVALID_REFERENCE, CONFLICT for a folder that would lie in itself. */
  updateFolder(
    ctx: Ctx,
    id: string,
    update: { name?: string | undefined; parent?: string | null | undefined },
  ): Promise<Folder>;
  /** Errors: NOT_FOUND, CONFLICT for one that is not empty, NAME_TAKEN where something above has the name of what is in it. */
  deleteFolder(ctx: Ctx, id: string, options: { moveUp: boolean }): Promise<void>;
  /** All or none. Answers how many were elsewhere. Errors: INVALID_REFERENCE. */
  placeExperiments(ctx: Ctx, refs: readonly string[], folder: string | null): Promise<number>;
}

/** The folder that a request names by its id or its path. Errors: INVALID_REFERENCE. */
export const folderNamed = (folders: readonly store.FolderRow[], ref: string): store.FolderRow => {
  const tree = treeOf(folders);
  return tree.find(ref) ?? tree.at(ref) ?? fail('INVALID_REFERENCE', `There is no folder '${ref}'.`);
};

export const createFolders = ({ database: { db }, changes, ids }: Platform): Folders => {
  const listFolders: Folders['listFolders'] = async (ctx) => {
    const rows = await store.readFolders(db, ctx.project);
    const counts = await store.countExperiments(db, ctx.project);
    const tree = treeOf(rows);
    const items = rows
      .map((row) => ({
        id: row.id,
        name: row.name,
        path: tree.pathOf(row.id),
        parentId: row.parent === '' ? null : row.parent,
        experimentCount: counts.get(row.id) ?? 0,
        createdAt: row.created_at,
        updatedAt: row.updated_at,
      }))
      .sort((a, b) => (a.path < b.path ? -1 : 1));
    return { items, outside: counts.get(null) ?? 0 };
  };
  const getFolder = async (ctx: Ctx, id: string): Promise<Folder> =>
    (await listFolders(ctx)).items.find((folder) => folder.id === id) ?? noFolder(id);

  /** Under the lock of the tree. */
  const changeTree = <T>(ctx: Ctx, run: (change: Change, folders: store.FolderRow[]) => Promise<T>): Promise<T> =>
    changes.change(ctx, async (change) => run(change, await store.lockFolders(change.db, ctx.project)));

  return {
    listFolders,
    async createFolder(ctx, { name, parent: parentRef }) {
      const id = ids.next('fld');
      await changeTree(ctx, async (change, folders) => {
        const tree = treeOf(folders);
        const parent = parentRef === undefined ? '' : folderNamed(folders, parentRef).id;
        if (folders.length >= mostFolders) fail('CONFLICT', `A project has at most ${mostFolders} folders.`);
        checkPlace(tree, null, parent);
        checkName(tree, parent, name, null);
        const { project } = ctx;
        const { now } = change;
        await store.insertFolder(change.db, { id, project, parent, name, created_at: now, updated_at: now });
        const detail = { name, in: tree.pathOf(parent) };
        change.audit({ verb: 'folder.create', resourceType: 'folder', resourceId: id, detail });
      });
      return getFolder(ctx, id);
    },
    async updateFolder(ctx, id, update) {
      await changeTree(ctx, async (change, folders) => {
        const tree = treeOf(folders);
        const folder = tree.find(id) ?? noFolder(id);
        const name = update.name ?? folder.name;
        const parent =
          update.parent === undefined
            ? folder.parent
            : update.parent === null
              ? ''
              : folderNamed(folders, update.parent).id;
        if (parent !== folder.parent) checkPlace(tree, { id, height: tree.heightOf(id) }, parent);
        checkName(tree, parent, name, id);
        await store.updateFolder(change.db, id, { name, parent, updated_at: change.now });
        const detail = { from: tree.pathOf(id), name, in: tree.pathOf(parent) };
        change.audit({ verb: 'folder.update', resourceType: 'folder', resourceId: id, detail });
      });
      return getFolder(ctx, id);
    },
    deleteFolder: (ctx, id, { moveUp }) =>
      changeTree(ctx, async (change, folders) => {
        const tree = treeOf(folders);
        const { parent, name } = tree.find(id) ?? noFolder(id);
        const experiments = (await store.countExperiments(change.db, ctx.project)).get(id) ?? 0;
        const inside = tree.childrenOf(id);
        if (!moveUp && (experiments > 0 || inside.length > 0))
          fail(
            'CONFLICT',
            `The folder '${tree.pathOf(id)}' holds ${experiments} experiments and ${inside.length} folders. Move them elsewhere, or up with it (moveUp).`,
          );
        for (const child of inside) checkName(tree, parent, child.name, id);
        await store.deleteFolder(change.db, ctx.project, id, parent, change.now);
        const detail = { path: tree.pathOf(id), name, experiments, folders: inside.length };
        change.audit({ verb: 'folder.delete', resourceType: 'folder', resourceId: id, detail });
      }),
    placeExperiments: (ctx, refs, folderRef) =>
      changeTree(ctx, async (change, folders) => {
        const folder = folderRef === null ? null : folderNamed(folders, folderRef).id;
        const found = await store.findNumbers(change.db, ctx.project, refs);
        const named = new Map([
          ...found.map((one) => [one.name, one] as const),
          ...found.map((one) => [one.id, one] as const),
        ]);
        const chosen = refs.map(
          (ref) => named.get(ref)?.number ?? fail('INVALID_REFERENCE', `There is no experiment '${ref}'.`),
        );
        const moved = await store.placeExperiments(change.db, ctx.project, chosen, folder, change.now);
        const detail = { folder, path: folder === null ? '' : treeOf(folders).pathOf(folder) };
        for (const id of moved)
          change.audit({ verb: 'experiment.place', resourceType: 'experiment', resourceId: id, detail });
        return moved.length;
      }),
  };
};

const noFolder = (id: string): never => fail('NOT_FOUND', `There is no folder '${id}'.`);
