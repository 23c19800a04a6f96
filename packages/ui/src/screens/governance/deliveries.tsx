import { type Delivery, getDelivery, listDeliveries, replayDelivery } from '@millwright/contract';
import { useChange, useRead } from '../../api/queries.ts';
import { useRows } from '../../api/rows.ts';
import { ObjectLink } from '../../app/links.tsx';
import { useProject } from '../../app/location.ts';
import { useMay } from '../../app/session.tsx';
import { instantCell } from '../../tables/cells.tsx';
import { type TableColumn, timeColumn } from '../../tables/columns.ts';
import { DataTable } from '../../tables/data-table.tsx';
import { Status } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { KeyValue, PageHeader } from '../../ui/card.tsx';
import { CodeBlock } from '../../ui/code.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { Timeline } from '../../ui/timeline.tsx';
import { GovernanceTabs } from './tabs.tsx';

const idOf = (delivery: Delivery) => delivery.id;
const columns: readonly TableColumn<Delivery>[] = [
  timeColumn('createdAt', 'When', (one) => one.createdAt, instantCell),
  { id: 'state', header: 'State', value: (one) => one.state, cell: (one) => <Status quiet state={one.state} /> },
  { id: 'summary', header: 'What', value: (one) => one.summary, width: 320, grow: true },
  { id: 'channelName', header: 'Channel', value: (one) => one.channelName, width: 160 },
  { id: 'attempts', header: 'Attempts', value: (one) => one.attempts, numeric: true, width: 90 },
  { id: 'lastStatus', header: 'Answer', value: (one) => one.lastStatus, numeric: true, width: 90 },
  { id: 'lastError', header: 'Problem', value: (one) => one.lastError, width: 240, grow: true },
  { id: 'topic', header: 'Topic', value: (one) => one.topic, hidden: true },
  { id: 'channelId', header: 'Channel id', value: (one) => one.channelId, hidden: true },
];

/** JSON with line breaks; anything else as it is. */
const readable = (body: string): string => {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
};

const DeliveryPeek = ({ delivery }: { delivery: Delivery }) => {
  const project = useProject();
  const may = useMay('notification:write');
  const params = { project, delivery: delivery.id };
  const record = useRead(getDelivery, { params });
  const replay = useChange(replayDelivery, { done: 'It is sent again', refresh: [listDeliveries] });
  return (
    <div className="flex flex-col items-start gap-3">
      <KeyValue
        pairs={[
          ['State', <Status key="state" state={delivery.state} />],
          [
            'Channel',
            <ObjectLink key="channel" type="channel" id={delivery.channelId}>
              {delivery.channelName}
            </ObjectLink>,
          ],
          [
            'About',
            <ObjectLink key="subject" type={delivery.subject.type} id={delivery.subject.id}>
              {delivery.subject.type}
            </ObjectLink>,
          ],
          ['Delivery id', delivery.id],
          ['Replay of', delivery.replayOf],
          ['Next attempt', delivery.nextAttemptAt ? <RelativeTime key="next" at={delivery.nextAttemptAt} /> : null],
        ]}
      />
      <Button
        disabled={!may || delivery.state === 'queued' || delivery.isTest}
        busy={replay.isPending}
        onClick={() => replay.mutate({ params })}
      >
        Send again
      </Button>
      <Loaded query={record} height={200}>
        {({ log, body }) => (
          <div className="flex w-full min-w-0 flex-col gap-3">
            <Timeline
              label="Attempts"
              entries={log.toReversed().map((attempt) => ({
                id: String(attempt.number),
                at: attempt.at,
                title: (
                  <span className="font-medium">
                    {attempt.number}: {attempt.error ?? `answered ${attempt.status ?? ''}`} ({attempt.durationMs} ms)
                  </span>
                ),
                text: attempt.excerpt,
              }))}
            />
            <CodeBlock label="Body" code={readable(body)} />
          </div>
        )}
      </Loaded>
    </div>
  );
};

const Deliveries = () => {
  const project = useProject();
  const rows = useRows(listDeliveries, { params: { project } }, idOf);
  return (
    <>
      <PageHeader title="Deliveries" text="What was sent, to whom, and what came back. Kept for 30 days." />
      <GovernanceTabs current="governance/deliveries" />
      <DataTable
        name="deliveries"
        label="Deliveries"
        rows={rows}
        idOf={idOf}
        columns={columns}
        filterExample='state = "dead"'
        peek={(delivery) => <DeliveryPeek delivery={delivery} />}
        peekTitle={(delivery) => delivery.summary}
        empty={{
          title: 'Nothing was sent yet',
          text: 'Deliveries follow from what happens, once a channel listens to it.',
          command: `millwright channels list --project ${project}`,
        }}
      />
    </>
  );
};
export default Deliveries;
