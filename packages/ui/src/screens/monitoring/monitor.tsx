import { getEndpoint, getMonitor } from '@millwright/contract';
import { Suspense, lazy } from 'react';
import { useRead } from '../../api/queries.ts';
import { ActivityList } from '../../app/activity-list.tsx';
import { ScreenLink } from '../../app/links.tsx';
import { useParam, useProject } from '../../app/location.ts';
import { LineageGraph } from '../../graph/lineage-graph.tsx';
import { Badge } from '../../ui/badge.tsx';
import { buttonClass } from '../../ui/button.tsx';
import { ObjectPage } from '../../ui/object-header.tsx';
import { ErrorState, Loading, Skeleton } from '../../ui/states.tsx';
import { MonitorOverview } from './monitor-overview.tsx';
import { SettingsForm } from './settings-form.tsx';

// Charts come first; the tables are loaded with their tabs.
const IncidentList = lazy(() => import('./incident-list.tsx').then((file) => ({ default: file.IncidentList })));
const WindowTable = lazy(() => import('./window-table.tsx').then((file) => ({ default: file.WindowTable })));
const tableComing = (
  <Loading>
    <Skeleton className="h-96 w-full" />
  </Loading>
);

const MonitorScreen = () => {
  const project = useProject();
  const params = { project, endpoint: useParam('endpoint') };
  const endpoint = useRead(getEndpoint, { params });
  const monitor = useRead(getMonitor, { params });
  const error = endpoint.error ?? monitor.error;
  if (error && !(endpoint.data && monitor.data))
    return (
      <>
        <h1 className="sr-only">Watched endpoint</h1>{' '}
        <ErrorState
          error={error}
          onRetry={() => {
            void endpoint.refetch();
            void monitor.refetch();
          }}
        />
      </>
    );
  if (!endpoint.data || !monitor.data)
    return (
      <Loading label="Loading what is watched">
        <Skeleton className="mt-7 mb-4 h-7 w-64" />
        <Skeleton className="h-96 w-full" />
      </Loading>
    );
  const served = endpoint.data;
  const watched = monitor.data;
  return (
    <ObjectPage
      trail={[{ label: 'Monitoring', path: 'monitoring' }]}
      kind="Watched endpoint"
      name={served.name}
      health={watched.enabled ? watched.health : null}
      owner={served.owner}
      facts={watched.enabled ? null : <Badge>not watched</Badge>}
      actions={
        <ScreenLink to={`/p/${project}/serving/${served.id}`} className={buttonClass()}>
          Endpoint
        </ScreenLink>
      }
      tabs={[
        {
          id: 'overview',
          label: 'Overview',
          content: () => <MonitorOverview endpoint={served} monitor={watched} />,
        },
        {
          id: 'windows',
          label: 'Windows',
          count: watched.windows,
          content: () => (
            <Suspense fallback={tableComing}>
              <WindowTable endpoint={served} />
            </Suspense>
          ),
        },
        {
          id: 'incidents',
          label: 'Incidents',
          content: () => (
            <Suspense fallback={tableComing}>
              <IncidentList endpointId={served.id} />
            </Suspense>
          ),
        },
        {
          id: 'settings',
          label: 'Settings',
          content: () => (
            <SettingsForm
              key={JSON.stringify([watched.enabled, watched.settings])}
              endpoint={served}
              monitor={watched}
            />
          ),
        },
        { id: 'lineage', label: 'Lineage', content: () => <LineageGraph type="endpoint" id={served.id} /> },
        { id: 'activity', label: 'Activity', content: () => <ActivityList resourceId={served.id} /> },
      ]}
    />
  );
};
export default MonitorScreen;
