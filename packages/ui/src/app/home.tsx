import { createProject, listProjects } from '@millwright/contract';
import { Navigate, useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { useChange, useRead } from '../api/queries.ts';
import { Button } from '../ui/button.tsx';
import { TextField } from '../ui/field.tsx';
import { ErrorState } from '../ui/states.tsx';
import { useProject } from './location.ts';
import { Mark } from './mark.tsx';
import { readMlflowLink } from './mlflow-id.ts';
import { MlflowLinked } from './mlflow-linked.tsx';
import { lastProject } from './last-project.ts';

const FirstProject = () => {
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const create = useChange(createProject, {
    onDone: (project) => void navigate({ to: `/p/${project.name}/overview` }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate({ body: { name } });
  };
  return (
    <main className="grid min-h-screen place-items-center bg-canvas p-4">
      <form
        onSubmit={submit}
        className="flex w-full max-w-sm flex-col gap-4 rounded-xl border border-line bg-surface p-6"
      >
        <div className="flex items-center gap-2.5">
          <Mark />
          <h1 className="text-lg font-semibold">Create the first project</h1>
        </div>
        <TextField
          label="Name"
          required
          pattern="[a-z0-9][a-z0-9\-]{0,62}"
          hint="Lower-case letters, digits and hyphens"
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <Button tone="primary" type="submit" busy={create.isPending}>
          Create project
        </Button>
      </form>
    </main>
  );
};

/** The start page: the overview of the project looked at last. */
export const Home = () => {
  const here = useProject();
  // As it was when the page was opened: while the next screen loads, the address is that of the next one already.
  const [linked] = useState(() => readMlflowLink(window.location.hash));
  const projects = useRead(listProjects, { query: { limit: 1000 } });
  if (here) return <Navigate to={`/p/${here}/overview`} replace />;
  if (linked !== null) return <MlflowLinked link={linked} />;
  if (projects.error)
    return (
      <main className="p-6">
        <h1 className="sr-only">Millwright</h1>
        <ErrorState error={projects.error} onRetry={() => void projects.refetch()} />
      </main>
    );
  if (!projects.data) return <div role="status" aria-label="Loading" />;
  const names = projects.data.items.map((project) => project.name);
  const name = names.find((one) => one === lastProject.get()) ?? names[0];
  return name === undefined ? <FirstProject /> : <Navigate to={`/p/${name}/overview`} replace />;
};
