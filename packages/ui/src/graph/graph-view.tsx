import { Suspense, lazy } from 'react';
import { Loading, Skeleton } from '../ui/states.tsx';
import type { FlowProps } from './flow.tsx';

const Flow = lazy(() => import('./flow.tsx'));

/** The graph, whose drawing code is loaded when first needed. */
export const GraphView = (props: FlowProps) => (
  <Suspense
    fallback={
      <div style={{ height: props.height }}>
        <Loading label="Loading the graph">
          <Skeleton className="h-full min-h-40 w-full" />
        </Loading>
      </div>
    }
  >
    <Flow {...props} />
  </Suspense>
);
