import { Copy, FolderInput, GitCompare, type LucideIcon, Pencil, RotateCcw, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useGo } from '../../app/location.ts';
import { useMay } from '../../app/session.tsx';
import { Button } from '../../ui/button.tsx';
import { formatCount } from '../../ui/format.ts';
import { EditRuns } from './edit-runs.tsx';
import { PlaceRuns } from './place-runs.tsx';
import { TrashRuns } from './trash-runs.tsx';

export const comparedAtMost = 200;

type Action = 'edit' | 'move' | 'copy' | 'delete' | 'restore';
const actions: Record<Action, { label: string; icon: LucideIcon }> = {
  edit: { label: 'Edit', icon: Pencil },
  move: { label: 'Move', icon: FolderInput },
  copy: { label: 'Copy', icon: Copy },
  delete: { label: 'Delete', icon: Trash2 },
  restore: { label: 'Restore', icon: RotateCcw },
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
  const [open, setOpen] = useState<Action | null>(null);
  const comparable = ids.length >= 2 && ids.length <= comparedAtMost;
  const offered: readonly Action[] = view === 'active' ? ['edit', 'move', 'copy', 'delete'] : ['restore'];
  const shared = { ids, onClose: () => setOpen(null), onDone };
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
      {offered.map((action) => {
        const { label, icon: Icon } = actions[action];
        return (
          <Button
            key={action}
            small
            tone={action === 'delete' ? 'danger' : 'plain'}
            icon={<Icon aria-hidden size={13} />}
            disabled={!may}
            title={may ? undefined : 'Needs run:write'}
            onClick={() => setOpen(action)}
          >
            {label}
          </Button>
        );
      })}
      {open === 'edit' ? <EditRuns {...shared} /> : null}
      {open === 'move' || open === 'copy' ? <PlaceRuns {...shared} action={open} /> : null}
      {open === 'delete' || open === 'restore' ? <TrashRuns {...shared} into={open === 'delete'} /> : null}
    </>
  );
};
