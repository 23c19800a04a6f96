import { type Run, getRun, listRuns, updateRun } from '@millwright/contract';
import { type FormEvent, useState } from 'react';
import { useChange } from '../../api/queries.ts';
import { useProject } from '../../app/location.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextArea, TextField } from '../../ui/field.tsx';
import { ErrorState } from '../../ui/states.tsx';
import { readTags, writeTags } from '../../ui/tag-lines.ts';

/** Name, note and tags. Parameters and metrics never change afterwards. */
export const EditRun = ({ run, onClose }: { run: Run; onClose: () => void }) => {
  const project = useProject();
  const [name, setName] = useState(run.name);
  const [note, setNote] = useState(run.note);
  const [tags, setTags] = useState(writeTags(run.tags));
  const update = useChange(updateRun, {
    quiet: true,
    done: 'The run was changed',
    refresh: [getRun, listRuns],
    onDone: onClose,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    update.mutate({
      params: { project, run: run.id },
      body: { note, tags: readTags(tags), ...(name === '' ? {} : { name }) },
    });
  };
  return (
    <Dialog open onClose={onClose} title={`Edit ${run.name || 'this run'}`}>
      <form onSubmit={submit} className="flex flex-col gap-3">
        <TextField label="Name" maxLength={250} value={name} onChange={(event) => setName(event.target.value)} />
        <TextArea label="Note" maxLength={10_000} value={note} onChange={(event) => setNote(event.target.value)} />
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
