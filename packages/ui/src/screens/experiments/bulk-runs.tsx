import { type Operation, deleteRun, restoreRun } from '@millwright/contract';
import { useQueryClient } from '@tanstack/react-query';
import { GitCompare, RotateCcw, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { client } from '../../api/client.ts';
import { useGo } from '../../app/location.ts';
import { useMay } from '../../app/session.tsx';
import { Button } from '../../ui/button.tsx';
import { CodeBlock } from '../../ui/code.tsx';
import { commandLine } from '../../ui/commands.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { formatCount } from '../../ui/format.ts';
import { ErrorState } from '../../ui/states.tsx';
import { toast } from '../../ui/toast.tsx';

export const comparedAtMost = 200;
const together = 8;
const commandsShown = 3;

interface MoveProps {
  project: string;
  ids: readonly string[];
  /** Into the trash, or out of it. */
  into: boolean;
  onClose: () => void;
  onDone: () => void;
}

/** Moves many runs, some at a time, and says how far it is. What was moved before an error stays moved. */
const MoveRuns = ({ project, ids, into, onClose, onDone }: MoveProps) => {
  const queries = useQueryClient();
  const [done, setDone] = useState<number | null>(null);
  const [error, setError] = useState<unknown>(null);
  const what = `${formatCount(ids.length)} ${ids.length === 1 ? 'run' : 'runs'}`;
  const operation = (into ? deleteRun : restoreRun) as Operation;
  const move = async () => {
    setError(null);
    try {
      for (let at = 0; at < ids.length; at += together) {
        setDone(at);
        await Promise.all(
          ids.slice(at, at + together).map((run) => client.call(operation, { params: { project, run } } as never)),
        );
      }
      toast.done(into ? `${what} moved into the trash` : `${what} restored`);
      onDone();
      onClose();
      await queries.invalidateQueries();
    } catch (problem) {
      setError(problem);
      setDone(null);
    }
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={into ? `Delete ${what}` : `Restore ${what}`}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button tone={into ? 'danger' : 'primary'} busy={done !== null} onClick={() => void move()}>
            {done === null ? (into ? 'Delete' : 'Restore') : `${formatCount(done)} of ${formatCount(ids.length)}`}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <p className="rounded-md border border-line bg-sunken px-3 py-2">
          {into
            ? `Moves ${what} into the trash, with metrics and files. Nothing is lost: restoring takes one click in the trash.`
            : `Takes ${what} out of the trash, as they were.`}
        </p>
        {error ? <ErrorState error={error} /> : null}
        <CodeBlock
          label="Command line"
          code={[
            ...ids.slice(0, commandsShown).map((run) => commandLine(operation, { params: { project, run } })),
            ...(ids.length > commandsShown ? [`# and ${formatCount(ids.length - commandsShown)} more`] : []),
          ].join('\n')}
        />
      </div>
    </Dialog>
  );
};

interface Props {
  project: string;
  ids: readonly string[];
  view: 'active' | 'deleted';
  onDone: () => void;
}
/** What can be done with the runs selected. */
export const BulkRuns = ({ project, ids, view, onDone }: Props) => {
  const go = useGo();
  const may = useMay('run:write');
  const [moving, setMoving] = useState(false);
  const comparable = ids.length >= 2 && ids.length <= comparedAtMost;
  return (
    <>
      <Button
        small
        tone="primary"
        icon={<GitCompare aria-hidden size={13} />}
        disabled={!comparable}
        title={
          comparable ? undefined : ids.length < 2 ? 'Choose two or more' : `At most ${comparedAtMost} side by side`
        }
        onClick={() => go(`/p/${project}/experiments/compare?runs=${ids.join(',')}`)}
      >
        Compare {formatCount(ids.length)}
      </Button>
      <Button
        small
        tone={view === 'active' ? 'danger' : 'plain'}
        icon={view === 'active' ? <Trash2 aria-hidden size={13} /> : <RotateCcw aria-hidden size={13} />}
        disabled={!may}
        title={may ? undefined : 'Needs run:write'}
        onClick={() => setMoving(true)}
      >
        {view === 'active' ? 'Delete' : 'Restore'}
      </Button>
      {moving ? (
        <MoveRuns
          project={project}
          ids={ids}
          into={view === 'active'}
          onClose={() => setMoving(false)}
          onDone={onDone}
        />
      ) : null}
    </>
  );
};
