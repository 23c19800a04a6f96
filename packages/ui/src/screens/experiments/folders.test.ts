import type { Folder } from '@millwright/contract';
import { describe, expect, it } from 'vitest';
import { experimentsBelow, idsAbove, possibleParents, treeOf } from './folders.ts';

const aFolder = (id: string, parentId: string | null, experimentCount = 1): Folder => ({
  id,
  name: id,
  path: id,
  parentId,
  experimentCount,
  createdAt: 0,
  updatedAt: 0,
});
const folders = [aFolder('b10', null), aFolder('b9', null), aFolder('in', 'b9', 2), aFolder('deep', 'in', 4)];

describe('folders of experiments', () => {
  it('lie in each other, in the order of their names', () => {
    const tree = treeOf(folders);
    expect(tree.map(({ folder, depth }) => [folder.id, depth])).toEqual([
      ['b9', 0],
      ['b10', 0],
    ]);
    expect(tree[0]?.children[0]?.children[0]).toMatchObject({ folder: { id: 'deep' }, depth: 2 });
    expect(tree.map(experimentsBelow)).toEqual([7, 1]);
  });
  it('never go into themselves', () => {
    expect([...idsAbove(folders, 'deep')]).toEqual(['in', 'b9']);
    expect(possibleParents(folders, folders[1]).map(({ id }) => id)).toEqual(['b10']);
    expect(possibleParents(folders, undefined)).toHaveLength(4);
  });
});
