import { type Folder, createFolder, listFolders, updateFolder } from '@millwright/contract';
import { type FormEvent, useState } from 'react';
import { useChange } from '../../api/queries.ts';
import { useProject, useScreenSearch } from '../../app/location.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Select, TextField } from '../../ui/field.tsx';
import { ErrorState } from '../../ui/states.tsx';
import { possibleParents } from './folders.ts';

/** Makes a folder, or renames and moves one with all that is in it. */
export const EditFolder = ({
  folders,
  folder,
  within,
  onClose,
}: {
  folders: readonly Folder[];
  /** The one to change; without it a new one is made. */
  folder?: Folder;
  /** Where a new one is proposed. */
  within?: Folder | undefined;
  onClose: () => void;
}) => {
  const project = useProject();
  const [, change] = useScreenSearch();
  const [name, setName] = useState(folder?.name ?? '');
  const [parent, setParent] = useState((folder ? folder.parentId : within?.id) ?? '');
  const options = { quiet: true, refresh: [listFolders], onDone: onClose };
  const create = useChange(createFolder, {
    ...options,
    done: 'The folder was created',
    onDone: ({ id }) => {
      change({ folder: id });
      onClose();
    },
  });
  const update = useChange(updateFolder, { ...options, done: 'The folder was changed' });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const params = { project };
    if (folder) update.mutate({ params: { ...params, folder: folder.id }, body: { name, parent: parent || null } });
    else create.mutate({ params, body: { name, ...(parent ? { parent } : {}) } });
  };
  const error = create.error ?? update.error;
  return (
    <Dialog open onClose={onClose} title={folder ? `Rename or move ${folder.path}` : 'New folder'}>
      <form onSubmit={submit} className="flex flex-col gap-3">
        <TextField
          label="Name"
          required
          maxLength={120}
          pattern="[^\/]+"
          hint="Anything but slashes"
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <Select
          label="In"
          choices={[
            { value: '', label: 'At the top' },
            ...possibleParents(folders, folder).map(({ id, path }) => ({ value: id, label: path })),
          ]}
          value={parent}
          onChange={(event) => setParent(event.target.value)}
        />
        {error ? <ErrorState error={error} /> : null}
        <Button tone="primary" type="submit" busy={create.isPending || update.isPending} className="self-end">
          {folder ? 'Save' : 'Create'}
        </Button>
      </form>
    </Dialog>
  );
};
