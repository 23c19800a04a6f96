import {
  type Experiment,
  createExperiment,
  listExperiments,
  listFolders,
  placeExperiments,
} from '@millwright/contract';
import { FolderInput, Plus } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useChange } from '../../api/queries.ts';
import { useRows } from '../../api/rows.ts';
import { pathOf } from '../../app/links.tsx';
import { useGo, useProject, useScreenSearch } from '../../app/location.ts';
import { useMay } from '../../app/session.tsx';
import { instantCell } from '../../tables/cells.tsx';
import { type TableColumn, timeColumn } from '../../tables/columns.ts';
import { DataTable } from '../../tables/data-table.tsx';
import { Button } from '../../ui/button.tsx';
import { PageHeader } from '../../ui/card.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Select, TextArea, TextField } from '../../ui/field.tsx';
import { formatCount } from '../../ui/format.ts';
import { ErrorState } from '../../ui/states.tsx';
import { FolderTree } from './folder-tree.tsx';
import { dragExperiments, unfiled } from './folders.ts';
import { PlaceExperiments } from './place-experiments.tsx';
import { ExperimentsTabs } from './tabs.tsx';

const idOf = (experiment: Experiment) => experiment.id;
const columns: readonly TableColumn<Experiment>[] = [
  { id: 'name', header: 'Name', value: (one) => one.name, width: 220, grow: true },
  {
    id: 'number',
    header: 'Number',
    hint: "What MLflow's clients call the experiment id",
    numeric: true,
    width: 90,
    value: (one) => one.number,
    cell: (one) => String(one.number),
  },
  { id: 'runCount', header: 'Runs', numeric: true, width: 90, value: (one) => one.runCount },
  timeColumn('lastRunAt', 'Last run', (one) => one.lastRunAt, instantCell),
  { id: 'owner', header: 'Owner', value: (one) => one.owner, width: 130 },
  timeColumn('createdAt', 'Created', (one) => one.createdAt, instantCell),
  { id: 'description', header: 'Description', value: (one) => one.description, width: 320 },
];

const views = [
  { value: 'active', label: 'Active' },
  { value: 'deleted', label: 'Trash' },
];

const CreateExperiment = ({ folder, onClose }: { folder: string | undefined; onClose: () => void }) => {
  const project = useProject();
  const go = useGo();
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const create = useChange(createExperiment, {
    quiet: true,
    done: 'The experiment was created',
    refresh: [listExperiments],
    onDone: (experiment) => {
      onClose();
      go(pathOf(project, 'experiment', experiment.id) as string);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate({
      params: { project },
      body: { name, ...(description ? { description } : {}), ...(folder ? { folder } : {}) },
    });
  };
  return (
    <Dialog open onClose={onClose} title="New experiment" description="A question, and the runs that try to answer it.">
      <form onSubmit={submit} className="flex flex-col gap-3">
        <TextField
          label="Name"
          required
          pattern="[A-Za-z0-9][A-Za-z0-9._\-]{0,119}"
          hint="Letters, digits, dot, underscore and hyphen"
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <TextArea
          label="Description"
          maxLength={10_000}
          value={description}
          onChange={(event) => setDescription(event.target.value)}
        />
        {create.error ? <ErrorState error={create.error} /> : null}
        <Button tone="primary" type="submit" busy={create.isPending} className="self-end">
          Create
        </Button>
      </form>
    </Dialog>
  );
};

const Experiments = () => {
  const project = useProject();
  const may = useMay('run:write');
  const [search, change] = useScreenSearch();
  const view = search['view'] === 'deleted' ? 'deleted' : 'active';
  const { folder } = search;
  const inFolder = folder === undefined ? {} : folder === unfiled ? { folder: '' } : { folder, below: true };
  const rows = useRows(listExperiments, { params: { project }, query: { view, ...inFolder } }, idOf);
  const [creating, setCreating] = useState(false);
  const [placing, setPlacing] = useState<{ experiments: readonly Experiment[]; clear: () => void } | null>(null);
  const place = useChange(placeExperiments, {
    done: ({ moved }) => `${formatCount(moved)} moved`,
    refresh: [listExperiments, listFolders],
  });
  return (
    <>
      <PageHeader
        title="Experiments"
        text="Runs that try to answer the same question stand together."
        actions={
          <Button
            tone="primary"
            icon={<Plus aria-hidden size={14} />}
            disabled={!may}
            title={may ? undefined : 'Needs run:write'}
            onClick={() => setCreating(true)}
          >
            New experiment
          </Button>
        }
      />
      <ExperimentsTabs current="experiments/list" />
      <div className="grid items-start gap-3 lg:grid-cols-[15rem_minmax(0,1fr)]">
        <FolderTree
          onPlace={(experiments, into) =>
            place.mutate({ params: { project }, body: { experiments: [...experiments], folder: into } })
          }
        />
        <DataTable
          name="experiments"
          label="Experiments"
          rows={rows}
          idOf={idOf}
          columns={columns}
          filterExample='runCount > 10 and owner = "ada"'
          pathOf={(experiment) => pathOf(project, 'experiment', experiment.id)}
          onDrag={may ? (transfer, ids) => dragExperiments(transfer, ids) : undefined}
          bulk={(experiments, clear) => (
            <Button
              small
              icon={<FolderInput aria-hidden size={13} />}
              disabled={!may}
              title={may ? undefined : 'Needs run:write'}
              onClick={() => setPlacing({ experiments, clear })}
            >
              Move to...
            </Button>
          )}
          actions={
            <div className="w-24">
              <Select
                label="Which experiments"
                hideLabel
                choices={views}
                value={view}
                onChange={(event) => change({ view: event.target.value === 'active' ? null : event.target.value })}
              />
            </div>
          }
          empty={
            view === 'deleted'
              ? { title: 'The trash is empty', text: 'Experiments that are deleted come here first.' }
              : folder
                ? {
                    title: 'Nothing lies here',
                    text: 'Drag experiments onto the folder, or choose them and Move to...',
                  }
                : {
                    title: 'No experiments yet',
                    command: `millwright experiments create --name fraud --project ${project}`,
                  }
          }
        />
      </div>
      {placing ? (
        <PlaceExperiments experiments={placing.experiments} onClose={() => setPlacing(null)} onDone={placing.clear} />
      ) : null}
      {creating ? (
        <CreateExperiment folder={folder === unfiled ? undefined : folder} onClose={() => setCreating(false)} />
      ) : null}
    </>
  );
};
export default Experiments;
