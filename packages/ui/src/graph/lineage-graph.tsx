import { type LineageNode, getLineage } from '@millwright/contract';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import clsx from 'clsx';
import { useMemo } from 'react';
import { queryFor } from '../api/queries.ts';
import { ObjectLink, pathOf } from '../app/links.tsx';
import { useGo, useProject, useScreenSearch } from '../app/location.ts';
import { EmptyState, ErrorState, Loading, Skeleton } from '../ui/states.tsx';
import { Select } from '../ui/field.tsx';
import { GraphView } from './graph-view.tsx';

const height = 460;
const keyOf = (node: { type: string; id: string }) => `${node.type}/${node.id}`;
const directions = [
  { value: 'both', label: 'Both ways' },
  { value: 'up', label: 'Made from' },
  { value: 'down', label: 'Went into' },
];

const Content = ({ node, here }: { node: LineageNode; here: boolean }) => (
  <div className={clsx('flex h-full flex-col justify-center px-2.5', here && 'bg-accent-soft')}>
    <span className="text-2xs text-muted">
      {node.type.replaceAll('-', ' ')}
      {here ? ', this one' : ''}
    </span>
    <ObjectLink type={node.type} id={node.id} className="truncate text-sm font-medium text-ink hover:underline">
      {node.label}
    </ObjectLink>
  </div>
);

/** What something was made from and what was made from it. `depth` and `direction` are in the address: see `lineageSearch`. */
export const LineageGraph = ({ type, id }: { type: string; id: string }) => {
  const project = useProject();
  const go = useGo();
  const [search, change] = useScreenSearch();
  const depth = Number(search['depth'] ?? 6);
  const direction = (search['direction'] ?? 'both') as 'both' | 'up' | 'down';
  const lineage = useQuery({
    ...queryFor(getLineage, { params: { project, type, id }, query: { depth, direction } }),
    placeholderData: keepPreviousData,
  });
  const { nodes, edges } = useMemo(
    () => ({
      nodes: (lineage.data?.nodes ?? []).map((node) => ({
        id: keyOf(node),
        label: `${node.type.replaceAll('-', ' ')} ${node.label}`,
        content: <Content node={node} here={node.id === id} />,
      })),
      edges: (lineage.data?.edges ?? []).map((edge) => ({
        from: `${edge.fromType}/${edge.fromId}`,
        to: `${edge.toType}/${edge.toId}`,
        label: edge.kind.replaceAll('-', ' '),
      })),
    }),
    [lineage.data, id],
  );
  const choose = (key: string) => {
    const [nodeType = '', nodeId = ''] = key.split('/', 2);
    const path = pathOf(project, nodeType, nodeId);
    if (path) go(path);
  };
  return (
    <div>
      <div className="mb-2 flex flex-wrap items-center gap-x-4 gap-y-2">
        <label className="flex min-h-8 items-center gap-2 text-sm">
          Depth
          <input
            type="range"
            min={1}
            max={20}
            value={depth}
            onChange={(event) => change({ depth: event.target.value })}
            className="w-36 accent-(--accent)"
          />
          <span className="w-5 tabular-nums">{depth}</span>
        </label>
        <Select
          label="Direction"
          hideLabel
          choices={directions}
          value={direction}
          onChange={(event) => change({ direction: event.target.value })}
        />
        {lineage.data ? (
          <span className="text-xs text-muted">
            {lineage.data.nodes.length} {lineage.data.nodes.length === 1 ? 'object' : 'objects'}
            {lineage.data.truncated ? ', there are more further away' : ''}
          </span>
        ) : null}
      </div>
      {lineage.error ? (
        <ErrorState error={lineage.error} onRetry={() => void lineage.refetch()} />
      ) : !lineage.data ? (
        <Loading>
          <Skeleton className="h-[460px] w-full" />
        </Loading>
      ) : nodes.length === 0 ? (
        <EmptyState
          title="No lineage yet"
          text="Edges appear when this is made from something or something is made from it."
        />
      ) : (
        <GraphView label="Lineage" nodes={nodes} edges={edges} height={height} onChoose={choose} />
      )}
    </div>
  );
};
