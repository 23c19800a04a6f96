import {
  type Permission,
  createToken,
  listPrincipals,
  listProjects,
  listTokens,
  permissions,
} from '@millwright/contract';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { queryFor, useChange, useRead } from '../../api/queries.ts';
import { useMay } from '../../app/session.tsx';
import { Button } from '../../ui/button.tsx';
import { CodeBlock } from '../../ui/code.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Checkbox, Select, TextField } from '../../ui/field.tsx';
import { ErrorState } from '../../ui/states.tsx';

const mine = '';

/** The secret exists here once: the server keeps only its hash. */
const Secret = ({ secret, onClose }: { secret: string; onClose: () => void }) => (
  <Dialog
    open
    onClose={onClose}
    title="Copy the token now"
    description="It is shown this once and never again: only its hash is kept."
    footer={
      <Button tone="primary" onClick={onClose}>
        I have copied it
      </Button>
    }
  >
    <div className="flex flex-col gap-3">
      <CodeBlock label="Token" code={secret} />
      <CodeBlock
        label="Try it"
        code={`export MILLWRIGHT_TOKEN=${secret}\ncurl -H "Authorization: Bearer $MILLWRIGHT_TOKEN" ${location.origin}/api/v1/me`}
      />
    </div>
  </Dialog>
);

export const CreateToken = ({ onClose }: { onClose: () => void }) => {
  const mayForOthers = useMay('access:write');
  const principals = useQuery({ ...queryFor(listPrincipals, { query: { limit: 1000 } }), enabled: mayForOthers });
  const projects = useRead(listProjects, { query: { limit: 1000 } });
  const [name, setName] = useState('');
  const [principal, setPrincipal] = useState(mine);
  const [project, setProject] = useState('');
  const [days, setDays] = useState('90');
  const [narrowed, setNarrowed] = useState(false);
  const [chosen, setChosen] = useState<readonly Permission[]>([]);
  const create = useChange(createToken, { quiet: true, refresh: [listTokens] });
  if (create.data) return <Secret secret={create.data.secret} onClose={onClose} />;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate({
      body: {
        name,
        expiresInDays: Number(days),
        ...(principal === mine ? {} : { principal }),
        ...(project ? { project } : {}),
        ...(narrowed ? { permissions: [...chosen] } : {}),
      },
    });
  };
  const services = principals.data?.items.filter((one) => one.kind === 'service') ?? [];
  return (
    <Dialog open onClose={onClose} title="New API token">
      <form onSubmit={submit} className="flex flex-col gap-3">
        <TextField
          label="Name"
          required
          maxLength={250}
          placeholder="What it is for"
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        {services.length > 0 ? (
          <Select
            label="For"
            choices={[
              { value: mine, label: 'Myself' },
              ...services.map((one) => ({ value: one.id, label: `Service account ${one.name}` })),
            ]}
            value={principal}
            onChange={(event) => setPrincipal(event.target.value)}
          />
        ) : null}
        <div className="grid gap-3 sm:grid-cols-2">
          <Select
            label="Project"
            choices={[
              { value: '', label: 'All of its owner' },
              ...(projects.data?.items.map((one) => ({ value: one.name, label: one.name })) ?? []),
            ]}
            value={project}
            onChange={(event) => setProject(event.target.value)}
          />
          <TextField
            label="Expires in days"
            type="number"
            min={1}
            max={3650}
            required
            value={days}
            onChange={(event) => setDays(event.target.value)}
          />
        </div>
        <Checkbox
          label="Narrow to some permissions"
          checked={narrowed}
          onChange={(event) => setNarrowed(event.target.checked)}
        />
        {narrowed ? (
          <fieldset className="grid max-h-44 overflow-y-auto rounded-md border border-line p-2 sm:grid-cols-2">
            <legend className="sr-only">Permissions</legend>
            {permissions.map((permission) => (
              <Checkbox
                key={permission}
                label={<code className="font-mono text-xs">{permission}</code>}
                checked={chosen.includes(permission)}
                onChange={(event) =>
                  setChosen(event.target.checked ? [...chosen, permission] : chosen.filter((one) => one !== permission))
                }
              />
            ))}
          </fieldset>
        ) : null}
        {create.error ? <ErrorState error={create.error} /> : null}
        <Button
          tone="primary"
          type="submit"
          disabled={narrowed && chosen.length === 0}
          busy={create.isPending}
          className="self-end"
        >
          Create token
        </Button>
      </form>
    </Dialog>
  );
};
