import { Graph, layout } from '@dagrejs/dagre';

export interface Box {
  id: string;
  width: number;
  height: number;
}
/** Upper left corners of boxes laid out from left to right along the edges. */
export const layOutGraph = (
  boxes: readonly Box[],
  edges: readonly { from: string; to: string }[],
): Map<string, { x: number; y: number }> => {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'LR', nodesep: 18, ranksep: 56, marginx: 12, marginy: 12 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id, width, height } of boxes) graph.setNode(id, { width, height });
  edges.forEach(({ from, to }, index) => {
    if (graph.hasNode(from) && graph.hasNode(to)) graph.setEdge(from, to, {}, String(index));
  });
  layout(graph);
  return new Map(
    boxes.map(({ id, width, height }) => {
      const { x, y } = graph.node(id) as { x: number; y: number };
      return [id, { x: x - width / 2, y: y - height / 2 }];
    }),
  );
};
