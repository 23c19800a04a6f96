import { ChangeRuns, runsInWords } from './change-runs.tsx';

/** Into the trash, or out of it. */
export const TrashRuns = ({
  ids,
  into,
  onClose,
  onDone,
}: {
  ids: readonly string[];
  into: boolean;
  onClose: () => void;
  onDone: () => void;
}) => {
  const what = runsInWords(ids.length);
  return (
    <ChangeRuns
      ids={ids}
      title={into ? `Delete ${what}` : `Restore ${what}`}
      plan={
        into
          ? `Moves ${what} into the trash, with metrics and files. Nothing is lost: restoring takes one click in the trash.`
          : `Takes ${what} out of the trash, as they were.`
      }
      action={into ? 'Delete' : 'Restore'}
      danger={into}
      change={{ action: into ? 'delete' : 'restore' }}
      done={(count) => (into ? `${runsInWords(count)} moved into the trash` : `${runsInWords(count)} restored`)}
      onClose={onClose}
      onDone={onDone}
    />
  );
};
