import { type Channel, listChannels, topics } from '@millwright/contract';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useRows } from '../../api/rows.ts';
import { useProject } from '../../app/location.ts';
import { useMay } from '../../app/session.tsx';
import { instantCell } from '../../tables/cells.tsx';
import { type TableColumn, timeColumn } from '../../tables/columns.ts';
import { DataTable } from '../../tables/data-table.tsx';
import { Status } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { PageHeader } from '../../ui/card.tsx';
import { ChannelForm } from './channel-form.tsx';
import { ChannelPeek } from './channel-peek.tsx';
import { kindWords, targetOf } from './channel-words.ts';
import { GovernanceTabs } from './tabs.tsx';

const idOf = (channel: Channel) => channel.id;
const columns: readonly TableColumn<Channel>[] = [
  { id: 'name', header: 'Name', value: (one) => one.name, width: 180 },
  { id: 'kind', header: 'Kind', value: (one) => one.kind, cell: (one) => kindWords[one.kind], width: 100 },
  { id: 'target', header: 'To', value: targetOf, width: 240, grow: true },
  {
    id: 'topics',
    header: 'Tells when',
    value: (one) => one.conditions.map(({ topic }) => topics[topic].title).join('; '),
    width: 300,
    grow: true,
  },
  { id: 'status', header: 'Status', value: (one) => one.status, cell: (one) => <Status quiet state={one.status} /> },
  timeColumn('updatedAt', 'Changed', (one) => one.updatedAt, instantCell),
];

const Channels = () => {
  const project = useProject();
  const rows = useRows(listChannels, { params: { project } }, idOf);
  const may = useMay('notification:write');
  const [creating, setCreating] = useState(false);
  return (
    <>
      <PageHeader
        title="Notifications"
        text="Who is told what happens in this project. Nothing is lost: what cannot be delivered is tried again for half a day, then kept to be replayed."
      />
      <GovernanceTabs current="governance/notifications" />
      <DataTable
        name="channels"
        label="Channels"
        rows={rows}
        idOf={idOf}
        columns={columns}
        filterExample='kind = "slack" and status = "active"'
        peek={(channel) => <ChannelPeek channel={channel} />}
        peekTitle={(channel) => channel.name}
        empty={{
          title: 'Nobody is told yet',
          text: 'A channel is a webhook, a Slack channel or people with a mail address.',
          command: `millwright channels create --project ${project} --name ops --kind webhook --url https://example.org/hook --conditions '[{"topic":"run-failed"}]'`,
        }}
        actions={
          may ? (
            <Button tone="primary" icon={<Plus aria-hidden size={14} />} onClick={() => setCreating(true)}>
              New channel
            </Button>
          ) : null
        }
      />
      {creating ? <ChannelForm onClose={() => setCreating(false)} /> : null}
    </>
  );
};
export default Channels;
