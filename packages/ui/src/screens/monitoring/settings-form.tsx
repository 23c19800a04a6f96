import { type Endpoint, type Monitor, getMonitor, listWindows, saveMonitor } from '@millwright/contract';
import { type FormEvent, useState } from 'react';
import { client } from '../../api/client.ts';
import { useChange } from '../../api/queries.ts';
import { useProject } from '../../app/location.ts';
import { useMay } from '../../app/session.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { CodeBlock } from '../../ui/code.tsx';
import { commandLine, curlLine } from '../../ui/commands.ts';
import { Checkbox, TextField } from '../../ui/field.tsx';
import { ErrorState } from '../../ui/states.tsx';
import { numberFields, readSettings, textsOfSettings } from './settings-fields.ts';

/** What is watched, and what counts as drift or as worse. */
export const SettingsForm = ({ endpoint, monitor }: { endpoint: Endpoint; monitor: Monitor }) => {
  const project = useProject();
  const may = useMay('monitor:write');
  const [enabled, setEnabled] = useState(monitor.enabled);
  const [texts, setTexts] = useState(() => textsOfSettings(monitor.settings));
  const [ignored, setIgnored] = useState<readonly string[]>(monitor.settings.ignoreColumns ?? []);
  const save = useChange(saveMonitor, {
    quiet: true,
    done: 'The settings are saved; they count from the next window on',
    refresh: [getMonitor, listWindows],
  });
  const { settings, problems } = readSettings(texts, ignored);
  const names = [
    ...new Set([...(endpoint.signature?.inputs.map((input) => input.feature ?? input.name) ?? []), ...ignored]),
  ];
  const input = settings ? { params: { project, endpoint: endpoint.name }, body: { enabled, settings } } : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (input) save.mutate(input);
  };
  const toggle = (name: string, watched: boolean) =>
    setIgnored(watched ? ignored.filter((one) => one !== name) : [...ignored, name]);
  return (
    <div className="grid items-start gap-3 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
      <Card title="What is watched">
        <form onSubmit={submit} noValidate className="flex flex-col gap-4">
          <Checkbox
            label="Watch this endpoint"
            checked={enabled}
            onChange={(event) => setEnabled(event.target.checked)}
          />
          <div className="grid gap-3 sm:grid-cols-2">
            {numberFields.map(({ key, label, hint }) => (
              <TextField
                key={key}
                label={label}
                hint={hint}
                inputMode="decimal"
                value={texts[key] ?? ''}
                error={problems[key]}
                onChange={(event) => setTexts({ ...texts, [key]: event.target.value })}
              />
            ))}
          </div>
          {names.length > 0 ? (
            <fieldset>
              <legend className="mb-1 text-xs font-medium text-muted">Columns tested for drift</legend>
              <div className="grid grid-cols-[repeat(auto-fill,minmax(9rem,1fr))] gap-x-3">
                {names.map((name) => (
                  <Checkbox
                    key={name}
                    label={<span className="break-all">{name}</span>}
                    checked={!ignored.includes(name)}
                    onChange={(event) => toggle(name, event.target.checked)}
                  />
                ))}
              </div>
            </fieldset>
          ) : null}
          {save.error ? <ErrorState error={save.error} /> : null}
          <Button
            tone="primary"
            type="submit"
            className="self-end"
            busy={save.isPending}
            disabled={!may || !settings}
            title={may ? undefined : 'Needs monitor:write'}
          >
            Save
          </Button>
        </form>
      </Card>
      {input ? (
        <Card title="The same as a command">
          <div className="flex flex-col gap-3">
            <CodeBlock label="Command line" code={commandLine(saveMonitor, input) ?? ''} />
            <CodeBlock
              label="curl"
              code={curlLine(saveMonitor, new URL(client.address(saveMonitor, input), location.origin).href, input)}
            />
          </div>
        </Card>
      ) : null}
    </div>
  );
};
