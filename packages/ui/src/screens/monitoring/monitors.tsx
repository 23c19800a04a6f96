import {
  type Endpoint,
  type Incident,
  type Monitor,
  getMonitor,
  listEndpoints,
  listIncidents,
} from '@millwright/contract';
import { useQueries } from '@tanstack/react-query';
import { useMemo } from 'react';
import { queryFor, useRead } from '../../api/queries.ts';
import { type Rows, fixedRows } from '../../api/rows.ts';
import { ObjectLink, pathOf } from '../../app/links.tsx';
import { useProject } from '../../app/location.ts';
import { instantCell } from '../../tables/cells.tsx';
import { type TableColumn, timeColumn } from '../../tables/columns.ts';
import { DataTable } from '../../tables/data-table.tsx';
import { Badge, Status } from '../../ui/badge.tsx';
import { PageHeader } from '../../ui/card.tsx';
import { formatCount, formatNumber } from '../../ui/format.ts';
import { MonitoringTabs } from './tabs.tsx';

interface Watched {
  endpoint: Endpoint;
  name: string;
  /** null while it is read, or when it cannot be. */
  monitor: Monitor | null;
  health: string;
  incidents: readonly Incident[];
}
const idOf = (row: Watched) => row.endpoint.id;
const columns: readonly TableColumn<Watched>[] = [
  { id: 'name', header: 'Endpoint', value: (row) => row.name, width: 200, grow: true },
  {
    id: 'health',
    header: 'Health',
    value: (row) => row.health,
    cell: (row) => (row.health === 'not watched' ? <Badge>not watched</Badge> : <Status state={row.health} />),
    width: 120,
  },
  {
    id: 'incidents',
    header: 'Open incidents',
    value: (row) => row.incidents.length,
    cell: (row) =>
      row.incidents.length === 0 ? (
        <span className="text-faint">none</span>
      ) : (
        <span className="inline-flex gap-3">
          {row.incidents.slice(0, 1).map((incident) => (
            <ObjectLink key={incident.id} type="incident" id={incident.id}>
              {incident.title}
            </ObjectLink>
          ))}
          {row.incidents.length > 1 ? `and ${row.incidents.length - 1} more` : null}
        </span>
      ),
    width: 360,
  },
  {
    id: 'windows',
    header: 'Windows',
    value: (row) => row.monitor?.windows,
    cell: (row) => (row.monitor ? formatCount(row.monitor.windows) : null),
    numeric: true,
    width: 90,
  },
  {
    id: 'windowRows',
    header: 'Rows each',
    value: (row) => row.monitor?.settings.windowRows,
    cell: (row) => (row.monitor?.settings.windowRows ? formatCount(row.monitor.settings.windowRows) : null),
    numeric: true,
    width: 100,
  },
  {
    id: 'referenceLoss',
    header: 'Reference loss',
    value: (row) => row.monitor?.referenceLoss,
    cell: (row) => formatNumber(row.monitor?.referenceLoss),
    numeric: true,
    width: 120,
  },
  timeColumn('updatedAt', 'Changed', (row) => row.monitor?.updatedAt ?? null, instantCell),
];

/** Endpoints with what is watched at them. */
const useWatched = (): Rows<Watched> => {
  const project = useProject();
  const endpoints = useRead(listEndpoints, { params: { project }, query: { limit: 500 } });
  const incidents = useRead(listIncidents, { params: { project }, query: { limit: 1000 } });
  const monitors = useQueries({
    queries: (endpoints.data?.items ?? []).map((endpoint) =>
      queryFor(getMonitor, { params: { project, endpoint: endpoint.id } }),
    ),
    combine: (answers) => ({
      data: answers.map((answer) => answer.data),
      pending: answers.some((one) => one.isPending),
    }),
  });
  const rows = useMemo(
    () =>
      (endpoints.data?.items ?? []).map((endpoint, index): Watched => {
        const monitor = monitors.data[index] ?? null;
        return {
          endpoint,
          name: endpoint.name,
          monitor,
          health: monitor === null ? 'no-data' : monitor.enabled ? monitor.health : 'not watched',
          incidents:
            incidents.data?.items.filter((one) => one.endpointId === endpoint.id && one.state !== 'resolved') ?? [],
        };
      }),
    [endpoints.data, incidents.data, monitors.data],
  );
  return {
    ...fixedRows(rows),
    loading: endpoints.isPending || (monitors.pending && rows.length > 0),
    error: endpoints.error ?? incidents.error,
    retry: () => {
      void endpoints.refetch();
      void incidents.refetch();
    },
  };
};

const Monitors = () => {
  const project = useProject();
  const rows = useWatched();
  return (
    <>
      <PageHeader
        title="Monitoring"
        text="Every window of predictions is compared with what the champion was trained and evaluated on."
      />
      <MonitoringTabs current="monitoring" />
      <DataTable
        name="monitors"
        label="Watched endpoints"
        rows={rows}
        idOf={idOf}
        columns={columns}
        filterExample='health = "failing"'
        pathOf={(row) => pathOf(project, 'monitor', row.endpoint.id)}
        empty={{
          title: 'Nothing is watched yet',
          text: 'Watching begins at an endpoint: create one, then say what to watch.',
          command: `millwright monitors save ENDPOINT --settings '{}' --project ${project}`,
        }}
      />
    </>
  );
};
export default Monitors;
