import { type Incident, listEvents, listIncidents, listPipelineRuns } from '@millwright/contract';
import { useQuery } from '@tanstack/react-query';
import { Check, Eye } from 'lucide-react';
import { useState } from 'react';
import { queryFor, useRead } from '../../api/queries.ts';
import { ActivityList } from '../../app/activity-list.tsx';
import { ObjectLink, ScreenLink } from '../../app/links.tsx';
import { useParam, useProject } from '../../app/location.ts';
import { useMay } from '../../app/session.tsx';
import { Badge, Status } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card, KeyValue } from '../../ui/card.tsx';
import { ObjectPage } from '../../ui/object-header.tsx';
import { EmptyState, ErrorState, Loading, Skeleton } from '../../ui/states.tsx';
import { Duration, RelativeTime } from '../../ui/time.tsx';
import { Timeline } from '../../ui/timeline.tsx';
import { kindWords } from './incident-columns.tsx';
import { eventTypeOf, runsStartedBy } from './incident-runs.ts';
import { type NextState, UpdateIncident } from './update-incident.tsx';

/** What the loop made of it. */
const StartedRuns = ({ incident }: { incident: Incident }) => {
  const project = useProject();
  const type = eventTypeOf(incident.kind);
  const events = useQuery({
    ...queryFor(listEvents, { params: { project }, query: { type: type ?? '', limit: 1000 } }),
    enabled: type !== null,
  });
  const runs = useRead(listPipelineRuns, { params: { project }, query: { limit: 200 } });
  const error = events.error ?? runs.error;
  const started = runsStartedBy(incident, events.data?.items ?? [], runs.data?.items ?? []);
  return (
    <Card title="Pipeline runs it started" flush>
      {error ? (
        <div className="p-3">
          <ErrorState
            error={error}
            onRetry={() => {
              void events.refetch();
              void runs.refetch();
            }}
          />
        </div>
      ) : events.isLoading || runs.isLoading ? (
        <Loading>
          <Skeleton className="m-3 h-8" />
        </Loading>
      ) : started.length === 0 ? (
        <p className="px-3 py-4 text-muted">
          None. Pipelines start by a trigger on {type ? <code className="font-mono text-xs">{type}</code> : 'an event'}.
        </p>
      ) : (
        <ul>
          {started.map((run) => (
            <li
              key={run.id}
              className="flex flex-wrap items-center gap-x-3 border-b border-line px-3 py-2 last:border-0"
            >
              <Status state={run.state} />
              <ObjectLink type="pipeline-run" id={run.id}>
                {run.pipelineName} #{run.number}
              </ObjectLink>
              <span className="min-w-0 flex-1 truncate text-xs text-muted">{run.message}</span>
              <span className="text-xs text-faint">
                <RelativeTime at={run.startedAt} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
};

const Overview = ({ incident }: { incident: Incident }) => (
  <div className="grid items-start gap-3 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
    <Card title="Log">
      {incident.log.length === 0 ? (
        <p className="text-muted">Nothing was written down yet.</p>
      ) : (
        <Timeline
          label="Log"
          entries={[...incident.log].reverse().map((entry, index) => ({
            id: `${entry.at}-${index}`,
            at: entry.at,
            title: <span className="font-medium">{entry.by}</span>,
            text: entry.line,
          }))}
        />
      )}
    </Card>
    <div className="flex min-w-0 flex-col gap-3">
      <Card title="Facts">
        <KeyValue
          pairs={[
            ['Kind', kindWords[incident.kind]],
            ['Severity', <Status key="severity" state={incident.severity} quiet />],
            [
              'Columns',
              incident.columns.length > 0 ? (
                <span key="columns" className="flex flex-wrap gap-1">
                  {incident.columns.map((column) => (
                    <Badge key={column}>{column}</Badge>
                  ))}
                </span>
              ) : null,
            ],
            ['Windows', `${incident.windows}, from ${incident.firstWindow} to ${incident.lastWindow}`],
            [
              'Endpoint',
              <ObjectLink key="endpoint" type="endpoint" id={incident.endpointId}>
                {incident.endpointName}
              </ObjectLink>,
            ],
            [
              'Watched',
              <ObjectLink key="monitor" type="monitor" id={incident.endpointId}>
                drift and performance
              </ObjectLink>,
            ],
            ['Opened', <RelativeTime key="opened" at={incident.openedAt} />],
            ['Lasts', <Duration key="lasts" from={incident.openedAt} to={incident.resolvedAt} />],
          ]}
        />
      </Card>
      <StartedRuns incident={incident} />
    </div>
  </div>
);

const IncidentScreen = () => {
  const project = useProject();
  const id = useParam('incident');
  const read = useRead(listIncidents, { params: { project }, query: { limit: 1000 } });
  const may = useMay('monitor:write');
  const [open, setOpen] = useState<NextState | null>(null);
  if (read.error && !read.data)
    return (
      <>
        <h1 className="sr-only">Incident</h1>
        <ErrorState error={read.error} onRetry={() => void read.refetch()} />
      </>
    );
  if (!read.data)
    return (
      <Loading label="Loading the incident">
        <Skeleton className="mt-7 mb-4 h-7 w-64" />
        <Skeleton className="h-96 w-full" />
      </Loading>
    );
  const incident = read.data.items.find((one) => one.id === id);
  if (!incident)
    return (
      <>
        <h1 className="sr-only">Incident</h1>
        <EmptyState
          title="There is no such incident here"
          text="It may belong to another project, or lie beyond the newest thousand."
          action={
            <ScreenLink to={`/p/${project}/monitoring/incidents`} className="text-accent underline">
              All incidents
            </ScreenLink>
          }
        />
      </>
    );
  const refusal = may ? undefined : 'Needs monitor:write';
  return (
    <>
      <ObjectPage
        trail={[
          { label: 'Monitoring', path: 'monitoring' },
          { label: 'Incidents', path: 'monitoring/incidents' },
        ]}
        kind="Incident"
        name={incident.title}
        health={incident.state}
        facts={<Status state={incident.severity} quiet />}
        actions={
          incident.state === 'resolved' ? null : (
            <>
              {incident.state === 'open' ? (
                <Button
                  disabled={!may}
                  title={refusal}
                  icon={<Eye aria-hidden size={14} />}
                  onClick={() => setOpen('acknowledged')}
                >
                  Acknowledge
                </Button>
              ) : null}
              <Button
                tone="primary"
                disabled={!may}
                title={refusal}
                icon={<Check aria-hidden size={14} />}
                onClick={() => setOpen('resolved')}
              >
                Resolve
              </Button>
            </>
          )
        }
        tabs={[
          { id: 'overview', label: 'Overview', content: () => <Overview incident={incident} /> },
          {
            id: 'activity',
            label: 'Activity',
            content: () => <ActivityList resourceType="incident" resourceId={incident.id} />,
          },
        ]}
      />
      {open ? <UpdateIncident incident={incident} state={open} onClose={() => setOpen(null)} /> : null}
    </>
  );
};
export default IncidentScreen;
