import { type Model, createModel, getModel, listModels, updateModel } from '@millwright/contract';
import { type FormEvent, useState } from 'react';
import { useChange } from '../../api/queries.ts';
import { pathOf } from '../../app/links.tsx';
import { useGo, useProject } from '../../app/location.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Select, TextArea, TextField } from '../../ui/field.tsx';
import { ErrorState } from '../../ui/states.tsx';
import { tagChanges, writeTags } from '../../ui/tag-lines.ts';
import { approvalWords } from './words.ts';

const modes = Object.entries(approvalWords).map(([value, label]) => ({ value, label }));

/** A new model, or another name, description, tags or way of approval of one. */
export const EditModel = ({ model, onClose }: { model?: Model; onClose: () => void }) => {
  const project = useProject();
  const go = useGo();
  const [name, setName] = useState(model?.name ?? '');
  const [description, setDescription] = useState(model?.description ?? '');
  const [approval, setApproval] = useState<Model['approval']>(model?.approval ?? 'automatic');
  const [tags, setTags] = useState(writeTags(model?.tags ?? {}));
  const options = { quiet: true, refresh: [getModel, listModels] };
  const create = useChange(createModel, {
    ...options,
    done: `Model ${name} created`,
    onDone: ({ id }) => go(pathOf(project, 'model', id) ?? ''),
  });
  const update = useChange(updateModel, { ...options, done: 'The model was changed', onDone: onClose });
  const change = model ? update : create;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (model)
      update.mutate({
        params: { project, model: model.id },
        body: {
          description,
          tags: tagChanges(model.tags, tags),
          ...(name === model.name ? {} : { name }),
          ...(approval === model.approval ? {} : { approval }),
        },
      });
    else create.mutate({ params: { project }, body: { name, description, approval } });
  };
  return (
    <Dialog open onClose={onClose} title={model ? `Edit ${model.name}` : 'New model'}>
      <form onSubmit={submit} className="flex flex-col gap-3">
        <TextField
          label="Name"
          required
          maxLength={250}
          hint={model ? 'Code that loads the model by its name needs the new one' : undefined}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <TextArea
          label="Description"
          maxLength={10_000}
          hint="What it predicts, for whom, what it is not for. Markdown."
          value={description}
          onChange={(event) => setDescription(event.target.value)}
        />
        <Select
          label="Approval of new versions"
          choices={modes}
          value={approval}
          onChange={(event) => setApproval(event.target.value as Model['approval'])}
        />
        {model ? (
          <TextArea
            label="Tags"
            hint="One per line, as key=value"
            value={tags}
            onChange={(event) => setTags(event.target.value)}
          />
        ) : null}
        {change.error ? <ErrorState error={change.error} /> : null}
        <Button tone="primary" type="submit" busy={change.isPending} className="self-end">
          {model ? 'Save' : 'Create model'}
        </Button>
      </form>
    </Dialog>
  );
};
