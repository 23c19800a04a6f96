import { type Model, deleteModel, listModels } from '@millwright/contract';
import { Pencil, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useGo, useProject } from '../../app/location.ts';
import { useMay } from '../../app/session.tsx';
import { ActionDialog } from '../../ui/action-dialog.tsx';
import { Button } from '../../ui/button.tsx';
import { EditModel } from './edit-model.tsx';

/** Edit and delete. */
export const ModelActions = ({ model, servedBy }: { model: Model; servedBy: readonly string[] }) => {
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
      {open === 'edit' ? <EditModel model={model} onClose={close} /> : null}
      {open === 'delete' ? (
        <ActionDialog
          operation={deleteModel}
          input={{ params: { project, model: model.id } }}
          title={`Delete ${model.name}`}
          action="Delete"
          danger
          done={`${model.name} is deleted`}
          refresh={[listModels]}
          onDone={() => go(`/p/${encodeURIComponent(project)}/registry`)}
          onClose={close}
          plan={
            <ul className="list-disc pl-4">
              <li>
                Deletes the model, its {model.versionCount} {model.versionCount === 1 ? 'version' : 'versions'} and all
                aliases. This cannot be taken back; runs and their files stay.
              </li>
              {servedBy.length > 0 ? <li>{servedBy.join(', ')}: goes on serving the version it serves.</li> : null}
            </ul>
          }
        />
      ) : null}
    </>
  );
};
