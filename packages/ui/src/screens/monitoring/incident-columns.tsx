import type { Incident } from '@millwright/contract';
import { instantCell } from '../../tables/cells.tsx';
import { type TableColumn, timeColumn } from '../../tables/columns.ts';
import { Status } from '../../ui/badge.tsx';

export const kindWords: Record<Incident['kind'], string> = {
  drift: 'Drift',
  performance: 'Performance',
  'capture-loss': 'Lost predictions',
};
export const incidentColumns: readonly TableColumn<Incident>[] = [
  {
    id: 'state',
    header: 'State',
    value: (incident) => incident.state,
    cell: (incident) => <Status state={incident.state} />,
    width: 130,
  },
  {
    id: 'severity',
    header: 'Severity',
    value: (incident) => incident.severity,
    cell: (incident) => <Status state={incident.severity} quiet />,
    width: 90,
  },
  { id: 'title', header: 'What', value: (incident) => incident.title, width: 300, grow: true },
  { id: 'kind', header: 'Kind', value: (incident) => incident.kind, cell: (one) => kindWords[one.kind], width: 130 },
  { id: 'endpointName', header: 'Endpoint', value: (incident) => incident.endpointName },
  { id: 'windows', header: 'Windows', value: (incident) => incident.windows, numeric: true, width: 90 },
  timeColumn('openedAt', 'Opened', (incident) => incident.openedAt, instantCell),
  timeColumn('updatedAt', 'Changed', (incident) => incident.updatedAt, instantCell),
  { ...timeColumn<Incident>('resolvedAt', 'Resolved', (incident) => incident.resolvedAt, instantCell), hidden: true },
];
