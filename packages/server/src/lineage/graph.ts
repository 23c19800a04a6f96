import type { LineageEdge } from '@millwright/contract';

export type Direction = 'up' | 'down' | 'both';

interface Node {
  type: string;
  id: string;
}
/** Reads the edges that touch the given nodes on one side, at most `limit` of them. */
export type ReadEdges = (nodes: readonly Node[], limit: number) => Promise<LineageEdge[]>;

const keyOf = (node: Node): string => `${node.type}/${node.id}`;

/**
 * Breadth first from the root, so that what is left out at the limit is what lies farthest away. Nodes reached upwards
 * have negative depths, downwards positive ones; a node reached both ways keeps the first.
 */
export const explore = async (
  root: Node,
  options: { direction: Direction; depth: number; nodeLimit: number },
  read: Record<'up' | 'down', ReadEdges>,
): Promise<{ nodes: (Node & { depth: number })[]; edges: LineageEdge[]; truncated: boolean }> => {
  const nodes = new Map([[keyOf(root), { ...root, depth: 0 }]]);
  const edges = new Map<string, LineageEdge>();
  let truncated = false;

  /** Answers the nodes that were not known before. */
  const takeLevel = async (way: 'up' | 'down', frontier: readonly Node[], depth: number): Promise<Node[]> => {
    const limit = options.nodeLimit * 4;
    const found = await read[way](frontier, limit + 1);
    if (found.length > limit) truncated = true;
    const next: Node[] = [];
    for (const edge of found.slice(0, limit)) {
      const other = way === 'up' ? { type: edge.fromType, id: edge.fromId } : { type: edge.toType, id: edge.toId };
      if (!nodes.has(keyOf(other))) {
        if (nodes.size >= options.nodeLimit) {
          truncated = true;
          continue;
        }
        nodes.set(keyOf(other), { ...other, depth: way === 'up' ? -depth : depth });
        next.push(other);
      }
      edges.set(`${edge.fromType}/${edge.fromId} ${edge.kind} ${edge.toType}/${edge.toId}`, edge);
    }
    return next;
  };

  const frontiers: Record<'up' | 'down', Node[]> = {
    up: options.direction === 'down' ? [] : [root],
    down: options.direction === 'up' ? [] : [root],
  };
  for (let depth = 1; depth <= options.depth && !truncated; depth++)
    for (const way of ['up', 'down'] as const)
      if (frontiers[way].length > 0) frontiers[way] = await takeLevel(way, frontiers[way], depth);
  // Looking one step further tells whether the depth cut something off.
  for (const way of ['up', 'down'] as const)
    if (!truncated && frontiers[way].length > 0) truncated = (await read[way](frontiers[way], 1)).length > 0;
  return { nodes: [...nodes.values()], edges: [...edges.values()], truncated };
};
