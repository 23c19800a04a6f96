import { getEndpoint, listRollouts } from '@millwright/contract';
import { RotateCcw, Rocket } from 'lucide-react';
import { useState } from 'react';
import { useRead } from '../../api/queries.ts';
import { ActivityList } from '../../app/activity-list.tsx';
import { useParam, useProject } from '../../app/location.ts';
import { useMay } from '../../app/session.tsx';
import { LineageGraph } from '../../graph/lineage-graph.tsx';
import { Button } from '../../ui/button.tsx';
import { ObjectPage } from '../../ui/object-header.tsx';
import { ErrorState, Loading, Skeleton } from '../../ui/states.tsx';
import { EndpointOverview } from './endpoint-overview.tsx';
import { Predictions } from './predictions.tsx';
import { RollBackDialog } from './roll-back-dialog.tsx';
import { RolloutList } from './rollout-list.tsx';
import { StartRollout } from './start-rollout.tsx';
import { TryIt } from './try-it.tsx';

const EndpointScreen = () => {
  const project = useProject();
  const params = { project, endpoint: useParam('endpoint') };
  const read = useRead(getEndpoint, { params });
  const history = useRead(listRollouts, { params: { project }, query: { endpoint: params.endpoint, limit: 50 } });
  const mayDecide = useMay('rollout:decide');
  const mayStart = useMay('endpoint:write');
  const [open, setOpen] = useState<'roll-back' | 'start' | null>(null);
  if (read.error && !read.data)
    return (
      <>
        <h1 className="sr-only">Endpoint</h1>
        <ErrorState error={read.error} onRetry={() => void read.refetch()} />
      </>
    );
  if (!read.data)
    return (
      <Loading label="Loading the endpoint">
        <Skeleton className="mt-7 mb-4 h-7 w-64" />
        <Skeleton className="h-96 w-full" />
      </Loading>
    );
  const endpoint = read.data;
  const rollouts = history.data?.items ?? [];
  const champion = endpoint.variants.find((variant) => variant.role === 'champion');
  const close = () => setOpen(null);
  return (
    <>
      <ObjectPage
        trail={[{ label: 'Serving', path: 'serving' }]}
        kind="Endpoint"
        name={endpoint.name}
        {...(champion ? { version: `champion v${champion.number}` } : {})}
        health={endpoint.health}
        owner={endpoint.owner}
        actions={
          <>
            <Button
              tone="danger"
              disabled={!mayDecide || !champion}
              title={mayDecide ? undefined : 'Needs rollout:decide'}
              icon={<RotateCcw aria-hidden size={14} />}
              onClick={() => setOpen('roll-back')}
            >
              Roll back
            </Button>
            <Button
              tone="primary"
              disabled={!mayStart || endpoint.rolloutId !== null}
              title={
                endpoint.rolloutId !== null ? 'A rollout is under way' : mayStart ? undefined : 'Needs endpoint:write'
              }
              icon={<Rocket aria-hidden size={14} />}
              onClick={() => setOpen('start')}
            >
              Start a rollout
            </Button>
          </>
        }
        tabs={[
          {
            id: 'overview',
            label: 'Overview',
            content: () => <EndpointOverview endpoint={endpoint} rollouts={rollouts} />,
          },
          { id: 'try', label: 'Try it', content: () => <TryIt endpoint={endpoint} /> },
          { id: 'predictions', label: 'Predictions', content: () => <Predictions endpoint={endpoint} /> },
          { id: 'lineage', label: 'Lineage', content: () => <LineageGraph type="endpoint" id={endpoint.id} /> },
          { id: 'rollouts', label: 'Rollouts', content: () => <RolloutList endpoint={endpoint} /> },
          {
            id: 'activity',
            label: 'Activity',
            content: () => <ActivityList resourceType="endpoint" resourceId={endpoint.id} />,
          },
        ]}
      />
      {open === 'roll-back' ? <RollBackDialog endpoint={endpoint} rollouts={rollouts} onClose={close} /> : null}
      {open === 'start' ? <StartRollout endpoint={endpoint} onClose={close} /> : null}
    </>
  );
};
export default EndpointScreen;
