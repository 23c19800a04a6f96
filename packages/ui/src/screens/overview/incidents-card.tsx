import { listIncidents } from '@millwright/contract';
import { useRead } from '../../api/queries.ts';
import { ObjectLink } from '../../app/links.tsx';
import { useProject } from '../../app/location.ts';
import { Status } from '../../ui/badge.tsx';
import { Card } from '../../ui/card.tsx';
import { ErrorState, Loading, Skeleton } from '../../ui/states.tsx';
import { RelativeTime } from '../../ui/time.tsx';

/** What somebody has to look at. */
export const IncidentsCard = () => {
  const incidents = useRead(listIncidents, { params: { project: useProject() }, query: { limit: 200 } });
  const open = incidents.data?.items.filter((one) => one.state !== 'resolved') ?? [];
  return (
    <Card title="Open incidents" flush>
      {incidents.error ? (
        <div className="p-3">
          <ErrorState error={incidents.error} onRetry={() => void incidents.refetch()} />
        </div>
      ) : !incidents.data ? (
        <Loading>
          <Skeleton className="m-3 h-12" />
        </Loading>
      ) : open.length === 0 ? (
        <p className="px-3 py-4 text-muted">Nothing is open.</p>
      ) : (
        <ul>
          {open.slice(0, 8).map((incident) => (
            <li
              key={incident.id}
              className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-3 py-2 last:border-0"
            >
              <Status state={incident.state} />
              <div className="min-w-0 flex-1 basis-60">
                <ObjectLink
                  type="incident"
                  id={incident.id}
                  className="inline-flex min-h-6 items-center font-medium hover:text-accent hover:underline"
                >
                  {incident.title}
                </ObjectLink>
                <p className="text-xs text-muted">
                  {incident.kind} at{' '}
                  <ObjectLink type="endpoint" id={incident.endpointId}>
                    {incident.endpointName}
                  </ObjectLink>
                  , {incident.windows} windows
                </p>
              </div>
              <span className="text-xs text-faint">
                <RelativeTime at={incident.openedAt} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
};
