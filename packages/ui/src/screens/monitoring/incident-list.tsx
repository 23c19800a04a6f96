import { type Incident, listIncidents } from '@millwright/contract';
import { useRows } from '../../api/rows.ts';
import { pathOf } from '../../app/links.tsx';
import { useProject } from '../../app/location.ts';
import { DataTable } from '../../tables/data-table.tsx';
import { KeyValue } from '../../ui/card.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { Timeline } from '../../ui/timeline.tsx';
import { incidentColumns, kindWords } from './incident-columns.tsx';

const idOf = (incident: Incident) => incident.id;
const lastLines = 8;

const IncidentPeek = ({ incident }: { incident: Incident }) => (
  <div className="flex flex-col gap-4">
    <KeyValue
      pairs={[
        ['Kind', kindWords[incident.kind]],
        ['Columns', incident.columns.join(', ') || null],
        ['Windows', `${incident.windows}, from ${incident.firstWindow} to ${incident.lastWindow}`],
        ['Opened', <RelativeTime key="opened" at={incident.openedAt} />],
      ]}
    />
    <Timeline
      label="Log"
      entries={incident.log
        .slice(-lastLines)
        .reverse()
        .map((entry, index) => ({
          id: `${entry.at}-${index}`,
          at: entry.at,
          title: <span className="font-medium">{entry.by}</span>,
          text: entry.line,
        }))}
    />
  </div>
);

/** The incidents of a project, or of one endpoint. */
export const IncidentList = ({ endpointId }: { endpointId?: string }) => {
  const project = useProject();
  const query = endpointId ? { endpoint: endpointId } : {};
  const rows = useRows(listIncidents, { params: { project }, query }, idOf);
  return (
    <DataTable
      name="incidents"
      label="Incidents"
      rows={rows}
      idOf={idOf}
      columns={incidentColumns}
      filterExample='state = "open"'
      pathOf={(incident) => pathOf(project, 'incident', incident.id)}
      peek={(incident) => <IncidentPeek incident={incident} />}
      peekTitle={(incident) => incident.title}
      empty={{
        title: 'No incidents',
        text: 'One is opened when drift or a worse performance is confirmed, or when predictions are lost.',
        command: `millwright incidents list --project ${project}`,
      }}
    />
  );
};
