import { fail } from '#platform/errors';

/** A folder without what is in it. */
export interface FolderNode {
  id: string;
  /** Empty at the top. */
  parent: string;
  name: string;
}

/** More make a tree that nobody reads, and every look at it slow. */
export const mostFolders = 5000;
export const mostLevels = 20;

export interface Tree<Node extends FolderNode = FolderNode> {
  find(id: string): Node | undefined;
  /** By its names from the top down. */
  at(path: string): Node | undefined;
  pathOf(id: string): string;
  /** 0 for one at the top. */
  depthOf(id: string): number;
  childrenOf(id: string): readonly Node[];
  /** With the folder itself. */
  idsBelow(id: string): string[];
  /** How many levels there are in it, 1 for itself alone. */
  heightOf(id: string): number;
}

export const namesOf = (path: string): string[] => path.split('/').map((name) => name.trim());

export const treeOf = <Node extends FolderNode>(folders: readonly Node[]): Tree<Node> => {
  const byId = new Map(folders.map((folder) => [folder.id, folder]));
  const children = Map.groupBy(folders, ({ parent }) => parent);
  const line = (id: string): Node[] => {
    const above: Node[] = [];
    for (let folder = byId.get(id); folder; folder = byId.get(folder.parent)) above.unshift(folder);
    return above;
  };
  const tree: Tree<Node> = {
    find: (id) => byId.get(id),
    at(path) {
      let found: Node | undefined;
      for (const name of namesOf(path)) {
        found = (children.get(found?.id ?? '') ?? []).find((one) => one.name === name);
        if (!found) return undefined;
      }
      return found;
    },
    pathOf: (id) =>
      line(id)
        .map(({ name }) => name)
        .join('/'),
    depthOf: (id) => line(id).length - 1,
    childrenOf: (id) => children.get(id) ?? [],
    idsBelow: (id) => [id, ...tree.childrenOf(id).flatMap((child) => tree.idsBelow(child.id))],
    heightOf: (id) => 1 + Math.max(0, ...tree.childrenOf(id).map((child) => tree.heightOf(child.id))),
  };
  return tree;
};

/** Whether a folder may lie in another (empty: at the top). Errors: CONFLICT. */
export const checkPlace = (tree: Tree, folder: { id: string; height: number } | null, parent: string): void => {
  const levels = (parent === '' ? 0 : tree.depthOf(parent) + 1) + (folder?.height ?? 1);
  if (levels > mostLevels) fail('CONFLICT', `Folders nest at most ${mostLevels} deep.`);
  if (folder && tree.idsBelow(folder.id).includes(parent))
    fail('CONFLICT', `The folder '${tree.pathOf(folder.id)}' cannot be put into itself or a folder in it.`);
};

/** The one that has the name already is told of. Errors: NAME_TAKEN. */
export const checkName = (tree: Tree, parent: string, name: string, own: string | null): void => {
  if (tree.childrenOf(parent).some((one) => one.name === name && one.id !== own))
    fail(
      'NAME_TAKEN',
      `There is a folder '${name}' ${parent === '' ? 'at the top' : `in '${tree.pathOf(parent)}'`} already.`,
    );
};
