import {
  type Experiment,
  deleteExperiment,
  getExperiment,
  listExperiments,
  restoreExperiment,
  updateExperiment,
} from '@millwright/contract';
import { Pencil, RotateCcw, Trash2 } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useChange } from '../../api/queries.ts';
import { useProject } from '../../app/location.ts';
import { useMay } from '../../app/session.tsx';
import { ActionDialog } from '../../ui/action-dialog.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextArea, TextField } from '../../ui/field.tsx';
import { formatCount } from '../../ui/format.ts';
import { ErrorState } from '../../ui/states.tsx';
import { readTags, writeTags } from '../../ui/tag-lines.ts';

const EditExperiment = ({ experiment, onClose }: { experiment: Experiment; onClose: () => void }) => {
  const project = useProject();
  const [name, setName] = useState(experiment.name);
  const [description, setDescription] = useState(experiment.description);
  const [tags, setTags] = useState(writeTags(experiment.tags));
  const update = useChange(updateExperiment, {
    quiet: true,
    done: 'The experiment was changed',
    refresh: [getExperiment, listExperiments],
    onDone: onClose,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    update.mutate({
      params: { project, experiment: experiment.id },
      body: { description, tags: readTags(tags), ...(name === experiment.name ? {} : { name }) },
    });
  };
  return (
    <Dialog open onClose={onClose} title={`Edit ${experiment.name}`}>
      <form onSubmit={submit} className="flex flex-col gap-3">
        <TextField
          label="Name"
          required
          hint="Runs and links stay as they are: they refer to its id"
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <TextArea
          label="Description"
          maxLength={10_000}
          value={description}
          onChange={(event) => setDescription(event.target.value)}
        />
        <TextArea
          label="Tags"
          hint="One per line, as key=value. Tags are added and changed, not removed."
          value={tags}
          onChange={(event) => setTags(event.target.value)}
        />
        {update.error ? <ErrorState error={update.error} /> : null}
        <Button tone="primary" type="submit" busy={update.isPending} className="self-end">
          Save
        </Button>
      </form>
    </Dialog>
  );
};

/** Edit and delete, or restore what is in the trash. */
export const ExperimentActions = ({ experiment }: { experiment: Experiment }) => {
  const project = useProject();
  const may = useMay('run:write');
  const [open, setOpen] = useState<'edit' | 'move' | null>(null);
  const close = () => setOpen(null);
  const isDeleted = experiment.deletedAt !== null;
  const rights = { disabled: !may, title: may ? undefined : 'Needs run:write' };
  const runs = `${formatCount(experiment.runCount)} ${experiment.runCount === 1 ? 'run' : 'runs'}`;
  return (
    <>
      {isDeleted ? null : (
        <Button icon={<Pencil aria-hidden size={13} />} {...rights} onClick={() => setOpen('edit')}>
          Edit
        </Button>
      )}
      <Button
        tone={isDeleted ? 'primary' : 'danger'}
        icon={isDeleted ? <RotateCcw aria-hidden size={13} /> : <Trash2 aria-hidden size={13} />}
        {...rights}
        onClick={() => setOpen('move')}
      >
        {isDeleted ? 'Restore' : 'Delete'}
      </Button>
      {open === 'edit' ? <EditExperiment experiment={experiment} onClose={close} /> : null}
      {open === 'move' ? (
        <ActionDialog
          operation={isDeleted ? restoreExperiment : deleteExperiment}
          input={{ params: { project, experiment: experiment.id } }}
          title={`${isDeleted ? 'Restore' : 'Delete'} ${experiment.name}`}
          plan={
            isDeleted
              ? `Takes the experiment out of the trash, with the runs that went there with it.`
              : `Moves the experiment and its ${runs} into the trash. Restoring takes one click there.`
          }
          action={isDeleted ? 'Restore' : 'Delete'}
          danger={!isDeleted}
          done={isDeleted ? 'The experiment was restored' : 'The experiment is in the trash'}
          onClose={close}
        />
      ) : null}
    </>
  );
};
