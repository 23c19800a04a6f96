import { createTeam, listProjects, listTeams } from '@millwright/contract';
import { type FormEvent, useState } from 'react';
import { useChange, useRead } from '../../api/queries.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Select, TextField } from '../../ui/field.tsx';
import { ErrorState } from '../../ui/states.tsx';

export const CreateTeam = ({ onClose }: { onClose: () => void }) => {
  const projects = useRead(listProjects, { query: { limit: 1000 } });
  const [project, setProject] = useState('default');
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const create = useChange(createTeam, {
    quiet: true,
    done: `Team ${name} made`,
    refresh: [listTeams],
    onDone: onClose,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate({ body: { project, name, ...(description === '' ? {} : { description }) } });
  };
  return (
    <Dialog open onClose={onClose} title="New team" description="Give it roles and members once it is there.">
      <form onSubmit={submit} className="flex flex-col gap-3">
        <Select
          label="Project"
          choices={projects.data?.items.map((one) => ({ value: one.name, label: one.name })) ?? []}
          value={project}
          onChange={(event) => setProject(event.target.value)}
        />
        <TextField
          label="Name"
          required
          maxLength={120}
          autoComplete="off"
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <TextField
          label="Description"
          maxLength={1000}
          value={description}
          onChange={(event) => setDescription(event.target.value)}
        />
        {create.error ? <ErrorState error={create.error} /> : null}
        <Button tone="primary" type="submit" busy={create.isPending} className="self-end">
          Make team
        </Button>
      </form>
    </Dialog>
  );
};
