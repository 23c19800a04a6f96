import type { Folder } from '@millwright/contract';

/** In the address: those in no folder. */
export const unfiled = 'none';

export interface FolderNode {
  folder: Folder;
  depth: number;
  children: FolderNode[];
}

/** Folders as they lie in each other, by name. */
export const treeOf = (folders: readonly Folder[]): FolderNode[] => {
  const byParent = Map.groupBy(folders, ({ parentId }) => parentId);
  const below = (parentId: string | null, depth: number): FolderNode[] =>
    (byParent.get(parentId) ?? [])
      .toSorted((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }))
      .map((folder) => ({ folder, depth, children: below(folder.id, depth + 1) }));
  return below(null, 0);
};

/** With those in the folders in it. */
export const experimentsBelow = ({ folder, children }: FolderNode): number =>
  folder.experimentCount + children.reduce((sum, child) => sum + experimentsBelow(child), 0);

/** The folders that lead to one, which is not among them. */
export const idsAbove = (folders: readonly Folder[], id: string | undefined): ReadonlySet<string> => {
  const byId = new Map(folders.map((folder) => [folder.id, folder]));
  const above = new Set<string>();
  for (let parent = byId.get(id ?? '')?.parentId ?? null; parent !== null; parent = byId.get(parent)?.parentId ?? null)
    above.add(parent);
  return above;
};

/** Where a folder may go: anywhere but into itself and what is in it. */
export const possibleParents = (folders: readonly Folder[], folder: Folder | undefined): Folder[] =>
  folders.filter(({ id }) => folder === undefined || (id !== folder.id && !idsAbove(folders, id).has(folder.id)));

const dragType = 'application/x-millwright-experiments';
export const dragExperiments = (transfer: DataTransfer, ids: readonly string[]): void => {
  transfer.setData(dragType, ids.join(','));
  transfer.effectAllowed = 'move';
};
export const draggedExperiments = (transfer: DataTransfer): string[] =>
  transfer.getData(dragType).split(',').filter(Boolean);
