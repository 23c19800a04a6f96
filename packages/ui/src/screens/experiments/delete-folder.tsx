import { type Folder, deleteFolder } from '@millwright/contract';
import { useProject } from '../../app/location.ts';
import { ActionDialog } from '../../ui/action-dialog.tsx';

/** A folder goes; what is in it goes up. */
export const DeleteFolder = ({
  folder,
  folders,
  onClose,
  onDone,
}: {
  folder: Folder;
  folders: readonly Folder[];
  onClose: () => void;
  onDone: () => void;
}) => {
  const inside = folders.filter(({ parentId }) => parentId === folder.id).length;
  const isEmpty = inside === 0 && folder.experimentCount === 0;
  const above = folders.find(({ id }) => id === folder.parentId)?.path;
  const where = above ? `into “${above}”` : 'to the top';
  return (
    <ActionDialog
      operation={deleteFolder}
      input={{
        params: { project: useProject(), folder: folder.id },
        ...(isEmpty ? {} : { query: { moveUp: true } }),
      }}
      title={`Delete ${folder.path}`}
      plan={
        isEmpty
          ? 'Deletes the folder, which is empty.'
          : `Deletes the folder. The ${folder.experimentCount} experiments and ${inside} folders directly in it move ${where}; no run is touched.`
      }
      action="Delete"
      danger
      done="The folder was deleted"
      onDone={onDone}
      onClose={onClose}
    />
  );
};
