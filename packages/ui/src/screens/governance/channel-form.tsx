import {
  type Channel,
  type Condition,
  createChannel,
  listChannels,
  type MailTarget,
  type TopicName,
  topicNames,
  topics,
  updateChannel,
} from '@millwright/contract';
import { type FormEvent, useState } from 'react';
import { useChange } from '../../api/queries.ts';
import { useProject } from '../../app/location.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Checkbox, Select, TextField } from '../../ui/field.tsx';
import { ErrorState } from '../../ui/states.tsx';

const kinds: { value: Channel['kind']; label: string }[] = [
  { value: 'webhook', label: 'Webhook, signed JSON' },
  { value: 'slack', label: 'Slack, or what takes the same messages' },
  { value: 'email', label: 'Mail' },
];

type Filters = Partial<Record<TopicName, string>>;
const filtersOf = (conditions: readonly Condition[]): Filters =>
  Object.fromEntries(conditions.map(({ topic, filter }) => [topic, filter ?? '']));
const conditionsOf = (filters: Filters): Condition[] =>
  topicNames.flatMap((topic) => {
    const filter = filters[topic]?.trim();
    if (filter === undefined) return [];
    return [filter === '' ? { topic } : { topic, filter }];
  });

const noMail: MailTarget = { host: '', port: 587, from: '', to: [] };

/** A new channel, or another form of one. */
export const ChannelForm = ({ channel, onClose }: { channel?: Channel; onClose: () => void }) => {
  const project = useProject();
  const [kind, setKind] = useState<Channel['kind']>(channel?.kind ?? 'webhook');
  const [name, setName] = useState(channel?.name ?? '');
  // The address of a Slack channel is a secret: it comes back only as it is typed again.
  const known = channel?.kind === 'webhook' ? (channel.url ?? '') : '';
  const [url, setUrl] = useState(known);
  const [mail, setMail] = useState(channel?.mail ?? noMail);
  const [to, setTo] = useState(mail.to.join(', '));
  const [secret, setSecret] = useState('');
  const [filters, setFilters] = useState(filtersOf(channel?.conditions ?? []));
  const options = { quiet: true, refresh: [listChannels], onDone: onClose };
  const create = useChange(createChannel, { ...options, done: `Channel ${name} created` });
  const update = useChange(updateChannel, { ...options, done: `Channel ${name} changed` });
  const change = channel ? update : create;
  const conditions = conditionsOf(filters);
  const isNative = channel === undefined || channel.format === 'millwright';

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const { user, ...server } = mail;
    const recipients = to.split(/[\s,;]+/).filter(Boolean);
    const target =
      kind === 'email'
        ? { mail: { ...server, to: recipients, ...(user ? { user } : {}) } }
        : url === '' || url === known
          ? {}
          : { url };
    const common = { name, ...target, ...(secret === '' ? {} : { secret }) };
    if (channel)
      update.mutate({
        params: { project, channel: channel.id },
        body: { ...common, ...(isNative ? { conditions } : {}) },
      });
    else create.mutate({ params: { project }, body: { ...common, kind, conditions } });
  };
  const setPart = (part: Partial<MailTarget>) => setMail({ ...mail, ...part });

  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={channel ? `Change ${channel.name}` : 'New channel'}
      description="Whoever can change channels can send what happens here anywhere: only admins can."
    >
      <form onSubmit={submit} className="flex flex-col gap-3">
        <div className="grid gap-3 sm:grid-cols-2">
          <TextField
            label="Name"
            required
            maxLength={250}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
          <Select
            label="Kind"
            choices={kinds}
            disabled={channel !== undefined}
            value={kind}
            onChange={(event) => setKind(event.target.value as Channel['kind'])}
          />
        </div>
        {kind === 'email' ? (
          <div className="grid gap-3 sm:grid-cols-2">
            <TextField
              label="Mail server"
              required
              placeholder="smtp.example.org"
              value={mail.host}
              onChange={(event) => setPart({ host: event.target.value })}
            />
            <TextField
              label="Port"
              type="number"
              required
              min={1}
              max={65535}
              hint="465 speaks TLS at once, others begin it"
              value={mail.port}
              onChange={(event) => setPart({ port: Number(event.target.value) })}
            />
            <TextField
              label="From"
              type="email"
              required
              value={mail.from}
              onChange={(event) => setPart({ from: event.target.value })}
            />
            <TextField
              label="To"
              required
              hint="Several with commas between them"
              value={to}
              onChange={(event) => setTo(event.target.value)}
            />
            <TextField
              label="User"
              autoComplete="off"
              hint="Where the server asks for one"
              value={mail.user ?? ''}
              onChange={(event) => setPart({ user: event.target.value })}
            />
          </div>
        ) : (
          <TextField
            label="Address"
            type="url"
            required={channel === undefined}
            maxLength={2048}
            placeholder={channel?.kind === 'slack' ? (channel.url ?? '') : 'https://'}
            hint={kind === 'slack' ? 'Kept as a secret' : undefined}
            value={url}
            onChange={(event) => setUrl(event.target.value)}
          />
        )}
        {kind === 'slack' ? null : (
          <TextField
            label={kind === 'email' ? 'Password' : 'Secret'}
            type="password"
            autoComplete="new-password"
            maxLength={1000}
            hint={
              channel?.hasSecret
                ? 'There is one. It is never shown; what you type here replaces it.'
                : kind === 'email'
                  ? 'Sent over TLS only'
                  : 'Signs every request, so that the receiver knows who sent it'
            }
            value={secret}
            onChange={(event) => setSecret(event.target.value)}
          />
        )}
        {isNative ? (
          <fieldset className="flex flex-col gap-1 rounded-md border border-line p-3">
            <legend className="px-1 text-xs font-medium text-muted">Tell when</legend>
            {topicNames.map((topic) => (
              <TopicChoice
                key={topic}
                topic={topic}
                filter={filters[topic]}
                onChange={(filter) => {
                  const { [topic]: _before, ...others } = filters;
                  setFilters(filter === undefined ? others : { ...others, [topic]: filter });
                }}
              />
            ))}
          </fieldset>
        ) : (
          <p className="text-muted">
            What this channel listens to is changed with {channel.format}, where it was made.
          </p>
        )}
        {change.error ? <ErrorState error={change.error} /> : null}
        <Button
          tone="primary"
          type="submit"
          className="self-end"
          busy={change.isPending}
          disabled={isNative && conditions.length === 0}
        >
          {channel ? 'Save' : 'Create channel'}
        </Button>
      </form>
    </Dialog>
  );
};

const TopicChoice = ({
  topic,
  filter,
  onChange,
}: {
  topic: TopicName;
  /** undefined: not chosen. */
  filter: string | undefined;
  onChange: (filter: string | undefined) => void;
}) => {
  const isNeeded = topic === 'metric-condition';
  return (
    <div className="flex flex-col gap-1">
      <Checkbox
        label={topics[topic].title}
        checked={filter !== undefined}
        onChange={(event) => onChange(event.target.checked ? '' : undefined)}
      />
      {filter !== undefined && topics[topic].hasFilter ? (
        <div className="pl-6">
          <TextField
            label={isNeeded ? 'Condition' : 'Only runs with'}
            className="font-mono"
            required={isNeeded}
            maxLength={2000}
            placeholder={isNeeded ? 'metrics.loss < 0.1' : 'experiment = "churn"'}
            hint={isNeeded ? 'Told once per run' : undefined}
            value={filter}
            onChange={(event) => onChange(event.target.value)}
          />
        </div>
      ) : null}
    </div>
  );
};
