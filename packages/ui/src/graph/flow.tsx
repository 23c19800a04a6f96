import '@xyflow/react/dist/style.css';
import './flow.css';
import {
  Background,
  Controls,
  Handle,
  MarkerType,
  type Node,
  type NodeProps,
  Position,
  ReactFlow,
} from '@xyflow/react';
import { type ReactNode, useMemo } from 'react';
import { useThemeTurns } from '../charts/draw/theme-colours.ts';
import { layOutGraph } from './layout.ts';

export interface FlowNode {
  id: string;
  /** Read by screen readers; the drawing is `content`. */
  label: string;
  content: ReactNode;
}
export interface FlowEdge {
  from: string;
  to: string;
  label?: string;
  /** Something moves along it now. */
  active?: boolean;
}
export interface FlowProps {
  label: string;
  nodes: readonly FlowNode[];
  edges: readonly FlowEdge[];
  height: number;
  nodeWidth?: number;
  nodeHeight?: number;
  onChoose?: (id: string) => void;
}
type BoxNode = Node<{ content: ReactNode }, 'box'>;

const Box = ({ data, width, height }: NodeProps<BoxNode>) => (
  <div style={{ width, height }} className="overflow-hidden rounded-md border border-line bg-raised">
    <Handle
      type="target"
      position={Position.Left}
      isConnectable={false}
      className="!size-1 !border-0 !bg-transparent"
    />
    {data.content}
    <Handle
      type="source"
      position={Position.Right}
      isConnectable={false}
      className="!size-1 !border-0 !bg-transparent"
    />
  </div>
);
const nodeTypes = { box: Box };

/** A graph from left to right. It is read, moved and zoomed, never rearranged. */
const Flow = ({ label, nodes, edges, height, nodeWidth = 190, nodeHeight = 56, onChoose }: FlowProps) => {
  useThemeTurns();
  const places = useMemo(
    () =>
      layOutGraph(
        nodes.map(({ id }) => ({ id, width: nodeWidth, height: nodeHeight })),
        edges,
      ),
    [nodes, edges, nodeWidth, nodeHeight],
  );
  const boxes = nodes.map(
    (node): BoxNode => ({
      id: node.id,
      type: 'box',
      position: places.get(node.id) ?? { x: 0, y: 0 },
      width: nodeWidth,
      height: nodeHeight,
      data: { content: node.content },
      ariaLabel: node.label,
    }),
  );
  const lines = edges.map((edge, index) => ({
    id: String(index),
    source: edge.from,
    target: edge.to,
    animated: edge.active ?? false,
    ...(edge.label ? { label: edge.label } : {}),
    focusable: false,
    markerEnd: { type: MarkerType.ArrowClosed, color: 'var(--line-strong)' },
    style: { stroke: 'var(--line-strong)', strokeWidth: 1.5 },
  }));
  return (
    <div
      role="region"
      aria-label={label}
      style={{ height }}
      className="overflow-hidden rounded-lg border border-line bg-canvas"
    >
      <ReactFlow<BoxNode>
        nodes={boxes}
        edges={lines}
        nodeTypes={nodeTypes}
        fitView
        fitViewOptions={{ maxZoom: 1, padding: 0.08 }}
        minZoom={0.2}
        maxZoom={1.6}
        nodesDraggable={false}
        nodesConnectable={false}
        edgesFocusable={false}
        zoomOnScroll={false}
        preventScrolling={false}
        proOptions={{ hideAttribution: true }}
        onNodeClick={(_event, node) => onChoose?.(node.id)}
      >
        <Background gap={20} size={1} color="var(--line)" />
        <Controls showInteractive={false} />
      </ReactFlow>
    </div>
  );
};
export default Flow;
