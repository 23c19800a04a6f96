import { type Experiment, listFolders, placeExperiments } from '@millwright/contract';
import { useState } from 'react';
import { useRead } from '../../api/queries.ts';
import { useProject } from '../../app/location.ts';
import { ActionDialog } from '../../ui/action-dialog.tsx';
import { Select } from '../../ui/field.tsx';
import { formatCount } from '../../ui/format.ts';

/** Puts experiments into a folder, or out of all. */
export const PlaceExperiments = ({
  experiments,
  onClose,
  onDone,
}: {
  experiments: readonly Experiment[];
  onClose: () => void;
  onDone: () => void;
}) => {
  const project = useProject();
  const [folder, setFolder] = useState('');
  const folders = useRead(listFolders, { params: { project } }).data?.items ?? [];
  const what =
    experiments.length === 1 ? `“${experiments[0]?.name}”` : `${formatCount(experiments.length)} experiments`;
  const path = folders.find(({ id }) => id === folder)?.path;
  return (
    <ActionDialog
      operation={placeExperiments}
      input={{
        params: { project },
        body: { experiments: experiments.map(({ id }) => id), folder: folder || null },
      }}
      title={`Move ${what}`}
      plan={`Puts ${what} ${path ? `into the folder “${path}”` : 'out of all folders'}. Names, ids and runs stay as they are.`}
      action="Move"
      done={({ moved }) => `${formatCount(moved)} moved`}
      onDone={onDone}
      onClose={onClose}
    >
      <Select
        label="Folder"
        choices={[{ value: '', label: 'None' }, ...folders.map(({ id, path: label }) => ({ value: id, label }))]}
        value={folder}
        onChange={(event) => setFolder(event.target.value)}
      />
    </ActionDialog>
  );
};
