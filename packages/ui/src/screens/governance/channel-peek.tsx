import {
  type Channel,
  type DeliveryRecord,
  deleteChannel,
  listChannels,
  listDeliveries,
  testChannel,
  topics,
  updateChannel,
} from '@millwright/contract';
import { useState } from 'react';
import { useChange } from '../../api/queries.ts';
import { ScreenLink } from '../../app/links.tsx';
import { useProject } from '../../app/location.ts';
import { useMay } from '../../app/session.tsx';
import { ActionDialog } from '../../ui/action-dialog.tsx';
import { Status } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { KeyValue } from '../../ui/card.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { ChannelForm } from './channel-form.tsx';
import { kindWords, targetOf } from './channel-words.ts';

const resultOf = ({ state, lastStatus, lastError }: DeliveryRecord): string =>
  state === 'delivered' ? `The test was delivered: answered ${lastStatus}` : `The test failed: ${lastError}`;

export const ChannelPeek = ({ channel }: { channel: Channel }) => {
  const project = useProject();
  const may = useMay('notification:write');
  const [open, setOpen] = useState<'change' | 'delete' | null>(null);
  const params = { project, channel: channel.id };
  const test = useChange(testChannel, { refresh: [listDeliveries], quiet: true });
  const next = channel.status === 'active' ? 'disabled' : 'active';
  const turn = useChange(updateChannel, { done: `${channel.name} is ${next}`, refresh: [listChannels] });
  const deliveries = `/p/${encodeURIComponent(project)}/governance/deliveries?filter=${encodeURIComponent(`channelId = "${channel.id}"`)}`;
  return (
    <div className="flex flex-col items-start gap-3">
      <KeyValue
        pairs={[
          ['Kind', kindWords[channel.kind]],
          ['To', targetOf(channel)],
          ['Status', <Status key="status" state={channel.status} />],
          ['Secret', channel.hasSecret ? 'set' : 'none'],
          ['Words of', channel.format],
          ['Description', channel.description || null],
          ['Created', <RelativeTime key="at" at={channel.createdAt} />],
          ['By', channel.createdBy],
        ]}
      />
      <ul className="list-disc pl-5">
        {channel.conditions.map(({ topic, filter }) => (
          <li key={`${topic}${filter ?? ''}`}>
            {topics[topic].title}
            {filter ? <code className="block font-mono text-xs">{filter}</code> : null}
          </li>
        ))}
      </ul>
      <ScreenLink to={deliveries} className="text-accent underline underline-offset-2">
        Its deliveries
      </ScreenLink>
      <div className="flex flex-wrap gap-2">
        <Button disabled={!may} busy={test.isPending} onClick={() => test.mutate({ params, body: {} })}>
          Send a test
        </Button>
        <Button disabled={!may} onClick={() => setOpen('change')}>
          Change
        </Button>
        <Button disabled={!may} busy={turn.isPending} onClick={() => turn.mutate({ params, body: { status: next } })}>
          {next === 'disabled' ? 'Disable' : 'Enable'}
        </Button>
        <Button tone="danger" disabled={!may} onClick={() => setOpen('delete')}>
          Delete
        </Button>
      </div>
      <p role="status" className="text-muted">
        {test.data ? resultOf(test.data) : (test.error?.message ?? '')}
      </p>
      {open === 'change' ? <ChannelForm channel={channel} onClose={() => setOpen(null)} /> : null}
      {open === 'delete' ? (
        <ActionDialog
          operation={deleteChannel}
          input={{ params }}
          title={`Delete ${channel.name}`}
          action="Delete"
          danger
          refresh={[listChannels, listDeliveries]}
          done={`${channel.name} was deleted`}
          onClose={() => setOpen(null)}
          plan="Nothing is sent to it from now on, not even what is still being tried. What was sent stays in the log for 30 days."
        />
      ) : null}
    </div>
  );
};
