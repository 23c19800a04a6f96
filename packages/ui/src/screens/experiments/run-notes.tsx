import { type Run, getRun, listRuns, updateRun } from '@millwright/contract';
import { Pencil, Plus } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useChange } from '../../api/queries.ts';
import { useProject } from '../../app/location.ts';
import { useMay } from '../../app/session.tsx';
import { Markdown } from '../../markdown/markdown.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { TextArea, TextField } from '../../ui/field.tsx';

/** What people write about the run, edited where it stands. */
export const RunNote = ({ run }: { run: Run }) => {
  const project = useProject();
  const may = useMay('run:write') && run.deletedAt === null;
  const [draft, setDraft] = useState<string | null>(null);
  const update = useChange(updateRun, {
    done: 'The note was saved',
    refresh: [getRun, listRuns],
    onDone: () => setDraft(null),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    update.mutate({ params: { project, run: run.id }, body: { note: draft ?? '' } });
  };
  return (
    <Card
      title="Note"
      aside={
        may && draft === null ? (
          <IconButton
            label="Edit the note"
            icon={<Pencil aria-hidden size={13} />}
            onClick={() => setDraft(run.note)}
          />
        ) : null
      }
    >
      {draft === null ? (
        run.note ? (
          <Markdown text={run.note} top={3} />
        ) : (
          <p className="text-muted">Nobody wrote about this run yet.</p>
        )
      ) : (
        <form onSubmit={submit} className="flex flex-col gap-2">
          <TextArea
            label="Note"
            hideLabel
            autoFocus
            hint="Markdown"
            maxLength={10_000}
            value={draft}
            onChange={(event) => setDraft(event.target.value)}
          />
          <div className="flex justify-end gap-2">
            <Button small onClick={() => setDraft(null)}>
              Cancel
            </Button>
            <Button small tone="primary" type="submit" busy={update.isPending}>
              Save
            </Button>
          </div>
        </form>
      )}
    </Card>
  );
};

/** Adds a tag, or changes one. */
export const AddTag = ({ run }: { run: Run }) => {
  const project = useProject();
  const may = useMay('run:write') && run.deletedAt === null;
  const [key, setKey] = useState('');
  const [value, setValue] = useState('');
  const update = useChange(updateRun, {
    done: 'The tag was set',
    refresh: [getRun, listRuns],
    onDone: () => {
      setKey('');
      setValue('');
    },
  });
  if (!may) return null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    update.mutate({ params: { project, run: run.id }, body: { tags: { [key]: value } } });
  };
  return (
    <form onSubmit={submit} className="mt-3 flex items-end gap-2">
      <TextField
        label="Key of the tag"
        hideLabel
        required
        maxLength={250}
        placeholder="Key"
        value={key}
        onChange={(event) => setKey(event.target.value)}
      />
      <TextField
        label="Value of the tag"
        hideLabel
        maxLength={8000}
        placeholder="Value"
        value={value}
        onChange={(event) => setValue(event.target.value)}
      />
      <Button type="submit" icon={<Plus aria-hidden size={13} />} busy={update.isPending} disabled={key === ''}>
        Set tag
      </Button>
    </form>
  );
};
