import {
  type Role,
  createGrant,
  listGrants,
  listPrincipals,
  listProjects,
  roleNames,
  roles,
} from '@millwright/contract';
import { type FormEvent, useState } from 'react';
import { useChange, useRead } from '../../api/queries.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Select } from '../../ui/field.tsx';
import { ErrorState } from '../../ui/states.tsx';

const everywhere = '';

export const CreateGrant = ({ onClose }: { onClose: () => void }) => {
  const principals = useRead(listPrincipals, { query: { limit: 1000 } });
  const projects = useRead(listProjects, { query: { limit: 1000 } });
  const [principal, setPrincipal] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  const [project, setProject] = useState(everywhere);
  const create = useChange(createGrant, {
    quiet: true,
    done: 'The role was granted',
    refresh: [listGrants],
    onDone: onClose,
  });
  const who = principals.data?.items.filter((one) => one.kind !== 'local-owner') ?? [];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate({ body: { principal, role, ...(project === everywhere ? {} : { project }) } });
  };
  return (
    <Dialog open onClose={onClose} title="Grant a role">
      <form onSubmit={submit} className="flex flex-col gap-3">
        <Select
          label="Who"
          required
          choices={[
            { value: '', label: 'Choose an account' },
            ...who.map((one) => ({ value: one.id, label: one.name })),
          ]}
          value={principal}
          onChange={(event) => setPrincipal(event.target.value)}
        />
        <Select
          label="Role"
          choices={roleNames.map((name) => ({ value: name, label: name }))}
          hint={`Allows ${roles[role].length} permissions: ${roles[role].slice(0, 6).join(', ')}${roles[role].length > 6 ? ', …' : ''}`}
          value={role}
          onChange={(event) => setRole(event.target.value as Role)}
        />
        <Select
          label="Where"
          choices={[
            { value: everywhere, label: 'The whole instance' },
            ...(projects.data?.items.map((one) => ({ value: one.name, label: `Project ${one.name}` })) ?? []),
          ]}
          value={project}
          onChange={(event) => setProject(event.target.value)}
        />
        {create.error ? <ErrorState error={create.error} /> : null}
        <Button tone="primary" type="submit" busy={create.isPending} className="self-end">
          Grant
        </Button>
      </form>
    </Dialog>
  );
};
