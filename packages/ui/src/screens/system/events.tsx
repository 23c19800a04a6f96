import { type Event, listEvents } from '@millwright/contract';
import { useRows } from '../../api/rows.ts';
import { ObjectLink, pathOf } from '../../app/links.tsx';
import { useProject } from '../../app/location.ts';
import { instantCell } from '../../tables/cells.tsx';
import { type TableColumn, timeColumn } from '../../tables/columns.ts';
import { DataTable } from '../../tables/data-table.tsx';
import { KeyValue, PageHeader } from '../../ui/card.tsx';
import { CodeBlock, ShortId } from '../../ui/code.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { SystemTabs } from './tabs.tsx';

const idOf = (event: Event) => event.id;
const columns: readonly TableColumn<Event>[] = [
  { id: 'type', header: 'Event', value: (event) => event.type, width: 260, grow: true },
  { id: 'subjectType', header: 'About', value: (event) => event.subjectType, width: 130 },
  {
    id: 'subjectId',
    header: 'Subject',
    value: (event) => event.subjectId,
    width: 200,
    cell: (event) => (
      <ObjectLink type={event.subjectType} id={event.subjectId}>
        <span className="font-mono text-xs">…{event.subjectId.slice(-10)}</span>
      </ObjectLink>
    ),
  },
  {
    id: 'data',
    header: 'Data',
    value: (event) => JSON.stringify(event.data),
    width: 360,
    cell: (event) => <code className="font-mono text-xs text-muted">{JSON.stringify(event.data)}</code>,
  },
  timeColumn('at', 'When', (event) => event.at, instantCell),
  { id: 'seq', header: 'Number', value: (event) => event.seq, numeric: true, width: 90, hidden: true },
];

const Events = () => {
  const project = useProject();
  const rows = useRows(listEvents, { params: { project } }, idOf);
  return (
    <>
      <PageHeader
        title="Events"
        text="What the stages told each other in this project. Pipelines start on these; followers get each at least once."
      />
      <SystemTabs current="system/events" />
      <DataTable
        name="events"
        label="Events"
        rows={rows}
        idOf={idOf}
        columns={columns}
        filterExample='type ~ "drift" or subjectType = "rollout"'
        pathOf={(event) => pathOf(project, event.subjectType, event.subjectId)}
        peekTitle={(event) => event.type}
        peek={(event) => (
          <div className="flex flex-col gap-3">
            <KeyValue
              pairs={[
                ['When', <RelativeTime key="at" at={event.at} />],
                ['Number', event.seq],
                ['About', event.subjectType],
                ['Subject', <ShortId key="id" value={event.subjectId} />],
              ]}
            />
            <CodeBlock label="Data" code={JSON.stringify(event.data, null, 2)} />
          </div>
        )}
        empty={{
          title: 'Nothing has happened yet',
          text: 'Upload data, train or predict, and it shows here.',
          command: 'millwright demo',
        }}
      />
    </>
  );
};
export default Events;
