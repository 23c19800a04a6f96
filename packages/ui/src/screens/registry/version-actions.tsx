import {
  type ModelStage,
  type ModelVersion,
  deleteModelVersion,
  getModelVersion,
  listModelVersions,
  updateModelVersion,
} from '@millwright/contract';
import { Pencil, Trash2 } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useChange } from '../../api/queries.ts';
import { pathOf } from '../../app/links.tsx';
import { useGo, useProject } from '../../app/location.ts';
import { useMay } from '../../app/session.tsx';
import { ActionDialog } from '../../ui/action-dialog.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Select, TextArea } from '../../ui/field.tsx';
import { ErrorState } from '../../ui/states.tsx';
import { tagChanges, writeTags } from '../../ui/tag-lines.ts';
import { stageChoices } from './words.ts';

const EditVersion = ({ version, onClose }: { version: ModelVersion; onClose: () => void }) => {
  const project = useProject();
  const [note, setNote] = useState(version.note);
  const [stage, setStage] = useState<ModelStage>(version.stage);
  const [tags, setTags] = useState(writeTags(version.tags));
  const update = useChange(updateModelVersion, {
    quiet: true,
    done: 'The version was changed',
    refresh: [getModelVersion, listModelVersions],
    onDone: onClose,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    update.mutate({
      params: { project, modelVersion: version.id },
      body: { note, tags: tagChanges(version.tags, tags), ...(stage === version.stage ? {} : { stage }) },
    });
  };
  return (
    <Dialog open onClose={onClose} title={`Edit v${version.number} of ${version.modelName}`}>
      <form onSubmit={submit} className="flex flex-col gap-3">
        <TextArea
          label="Description"
          maxLength={10_000}
          hint="What changed against the version before. Markdown."
          value={note}
          onChange={(event) => setNote(event.target.value)}
        />
        <Select
          label="Stage"
          choices={stageChoices}
          hint="As MLflow knows stages; aliases say more"
          value={stage}
          onChange={(event) => setStage(event.target.value as ModelStage)}
        />
        <TextArea
          label="Tags"
          hint="One per line, as key=value"
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

/** Edit and delete. */
export const VersionActions = ({ version }: { version: ModelVersion }) => {
  const project = useProject();
  const go = useGo();
  const may = useMay('model:write');
  const [open, setOpen] = useState<'edit' | 'delete' | null>(null);
  const close = () => setOpen(null);
  const rights = { disabled: !may, title: may ? undefined : 'Needs model:write' };
  return (
    <>
      <Button icon={<Pencil aria-hidden size={13} />} {...rights} onClick={() => setOpen('edit')}>
        Edit
      </Button>
      <Button tone="danger" icon={<Trash2 aria-hidden size={13} />} {...rights} onClick={() => setOpen('delete')}>
        Delete
      </Button>
      {open === 'edit' ? <EditVersion version={version} onClose={close} /> : null}
      {open === 'delete' ? (
        <ActionDialog
          operation={deleteModelVersion}
          input={{ params: { project, modelVersion: version.id } }}
          title={`Delete v${version.number} of ${version.modelName}`}
          action="Delete"
          danger
          done={`v${version.number} is deleted`}
          onDone={() => go(pathOf(project, 'model', version.modelId) ?? '')}
          onClose={close}
          plan={`Deletes the version${version.aliases.length > 0 ? ` and its aliases ${version.aliases.join(', ')}` : ''}. Its number is not given out again. Endpoints that serve it go on doing so; the run and its files stay.`}
        />
      ) : null}
    </>
  );
};
