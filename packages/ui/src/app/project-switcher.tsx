import { Menu } from '@base-ui/react/menu';
import { createProject, listProjects } from '@millwright/contract';
import { ChevronsUpDown, Plus } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useChange, useRead } from '../api/queries.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { TextArea, TextField } from '../ui/field.tsx';
import { menuItemClass } from '../ui/menu.ts';
import { useGo, useProject } from './location.ts';
import { useMay } from './session.tsx';

const NewProject = ({ onClose }: { onClose: () => void }) => {
  const go = useGo();
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const create = useChange(createProject, {
    done: (project) => `Project ${project.name} created`,
    onDone: (project) => {
      onClose();
      go(`/p/${project.name}/overview`);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate({ body: { name, ...(description ? { description } : {}) } });
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title="New project"
      description="Data, models and endpoints of a project are seen by those with a role in it."
    >
      <form onSubmit={submit} className="flex flex-col gap-3">
        <TextField
          label="Name"
          required
          pattern="[a-z0-9][a-z0-9\-]{0,62}"
          hint="Lower-case letters, digits and hyphens"
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <TextArea label="Description" value={description} onChange={(event) => setDescription(event.target.value)} />
        <Button tone="primary" type="submit" busy={create.isPending} className="self-end">
          Create project
        </Button>
      </form>
    </Dialog>
  );
};

const ProjectSwitcher = () => {
  const here = useProject();
  const go = useGo();
  const may = useMay('project:write');
  const [creating, setCreating] = useState(false);
  const projects = useRead(listProjects, { query: { limit: 1000 } });
  return (
    <>
      <Menu.Root>
        <Menu.Trigger className="flex min-h-9 w-full items-center gap-2 rounded-md border border-line bg-canvas px-2 text-left hover:bg-hover">
          <span
            aria-hidden
            className="grid size-5 shrink-0 place-items-center rounded bg-accent-soft text-2xs font-semibold text-accent uppercase"
          >
            {here.charAt(0)}
          </span>
          <span className="sr-only">Project</span>
          <span className="min-w-0 flex-1 truncate font-medium">{here}</span>
          <ChevronsUpDown aria-hidden size={14} className="shrink-0 text-faint" />
        </Menu.Trigger>
        <Menu.Portal>
          <Menu.Positioner sideOffset={4} align="start" className="z-50">
            <Menu.Popup className="popup max-h-[70vh] min-w-48 overflow-y-auto p-1">
              {projects.data?.items.map((project) => (
                <Menu.Item key={project.id} className={menuItemClass} onClick={() => go(`/p/${project.name}/overview`)}>
                  <span className="flex-1">{project.name}</span>
                  {project.name === here ? <span className="text-xs text-faint">current</span> : null}
                </Menu.Item>
              ))}
              {may ? (
                <Menu.Item className={menuItemClass} onClick={() => setCreating(true)}>
                  <Plus aria-hidden size={14} /> New project
                </Menu.Item>
              ) : null}
            </Menu.Popup>
          </Menu.Positioner>
        </Menu.Portal>
      </Menu.Root>
      {creating ? <NewProject onClose={() => setCreating(false)} /> : null}
    </>
  );
};
export default ProjectSwitcher;
