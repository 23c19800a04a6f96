import { getEndpoint, getMonitor } from '@millwright/contract';
import { useRead } from '../../api/queries.ts';
import { ActivityList } from '../../app/activity-list.tsx';
import { ScreenLink } from '../../app/links.tsx';
import { useParam, useProject } from '../../app/location.ts';
import { LineageGraph } from '../../graph/lineage-graph.tsx';
import { Badge } from '../../ui/badge.tsx';
import { buttonClass } from '../../ui/button.tsx';
import { ObjectPage } from '../../ui/object-header.tsx';
import { ErrorState, Loading, Skeleton } from '../../ui/states.tsx';
import { IncidentList } from './incident-list.tsx';
import { MonitorOverview } from './monitor-overview.tsx';
import { SettingsForm } from './settings-form.tsx';
import { WindowTable } from './window-table.tsx';

const MonitorScreen = () => {
  const project = useProject();
  const params = { project, endpoint: useParam('endpoint') };
  const endpoint = useRead(getEndpoint, { params });
  const monitor = useRead(getMonitor, { params });
  const error = endpoint.error ?? monitor.error;
  if (error)
    return (
      <ErrorState
        error={error}
        onRetry={() => {
          void endpoint.refetch();
          void monitor.refetch();
        }}
      />
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
        { id: 'windows', label: 'Windows', count: watched.windows, content: () => <WindowTable endpoint={served} /> },
        { id: 'incidents', label: 'Incidents', content: () => <IncidentList endpointId={served.id} /> },
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
