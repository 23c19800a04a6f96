import { type Folder, listFolders } from '@millwright/contract';
import clsx from 'clsx';
import {
  ChevronDown,
  ChevronRight,
  Folder as FolderIcon,
  FolderPlus,
  Inbox,
  Layers,
  Pencil,
  Trash2,
} from 'lucide-react';
import { type DragEvent, type ReactNode, useState } from 'react';
import { useRead } from '../../api/queries.ts';
import { useProject, useScreenSearch } from '../../app/location.ts';
import { useMay } from '../../app/session.tsx';
import { Card } from '../../ui/card.tsx';
import { IconButton } from '../../ui/button.tsx';
import { formatCount } from '../../ui/format.ts';
import { DeleteFolder } from './delete-folder.tsx';
import { EditFolder } from './edit-folder.tsx';
import { type FolderNode, draggedExperiments, experimentsBelow, idsAbove, treeOf, unfiled } from './folders.ts';

interface LineProps {
  icon: ReactNode;
  label: string;
  count: number | null;
  depth: number;
  current: boolean;
  onChoose: () => void;
  /** Experiments may be dropped here. */
  onDrop?: ((ids: readonly string[]) => void) | undefined;
  toggle?: ReactNode;
}

const Line = ({ icon, label, count, depth, current, onChoose, onDrop, toggle }: LineProps) => {
  const [over, setOver] = useState(false);
  const dropping = onDrop
    ? {
        onDragOver: (event: DragEvent) => {
          event.preventDefault();
          setOver(true);
        },
        onDragLeave: () => setOver(false),
        onDrop: (event: DragEvent) => {
          event.preventDefault();
          setOver(false);
          const ids = draggedExperiments(event.dataTransfer);
          if (ids.length > 0) onDrop(ids);
        },
      }
    : {};
  return (
    <div
      {...dropping}
      className={clsx('flex items-center rounded-md', current ? 'bg-accent-soft' : 'hover:bg-hover', over && 'ring-2')}
      style={{ paddingLeft: depth * 14 }}
    >
      {toggle ?? <span aria-hidden className="w-6 shrink-0" />}
      <button
        type="button"
        aria-current={current ? 'true' : undefined}
        onClick={onChoose}
        className="flex min-h-7 min-w-0 flex-1 items-center gap-1.5 rounded-md pr-2 text-left"
      >
        <span aria-hidden className="shrink-0 text-muted">
          {icon}
        </span>
        <span className={clsx('min-w-0 flex-1 truncate', current && 'font-medium')} title={label}>
          {label}
        </span>
        {count === null ? null : <span className="text-xs text-muted tabular-nums">{formatCount(count)}</span>}
      </button>
    </div>
  );
};

interface Props {
  /** Puts experiments into a folder (null: out of all). */
  onPlace: (ids: readonly string[], folder: string | null) => void;
}

/** The folders of experiments; which one is shown stands in the address. */
export const FolderTree = ({ onPlace }: Props) => {
  const project = useProject();
  const may = useMay('run:write');
  const [search, change] = useScreenSearch();
  const folders = useRead(listFolders, { params: { project } });
  const [open, setOpen] = useState<'create' | 'edit' | 'delete' | null>(null);
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set());
  const items = folders.data?.items ?? [];
  const current = search['folder'];
  const chosen = items.find(({ id }) => id === current);
  const above = idsAbove(items, current);
  const drop = may ? onPlace : undefined;
  const choose = (folder: string | null) => change({ folder, peek: null });
  // Those at the top are open from the beginning, and those that lead to the one that is shown.
  const isOpen = ({ folder, depth }: FolderNode) =>
    (depth === 0 || folder.id === current || above.has(folder.id)) !== toggled.has(folder.id);
  const toggle = (id: string) =>
    setToggled((before) => {
      const next = new Set(before);
      if (!next.delete(id)) next.add(id);
      return next;
    });

  const branch = (nodes: readonly FolderNode[]): ReactNode => (
    <ul>
      {nodes.map((node) => {
        const { folder, children, depth } = node;
        const opened = isOpen(node);
        const Chevron = opened ? ChevronDown : ChevronRight;
        return (
          <li key={folder.id}>
            <Line
              icon={<FolderIcon size={14} />}
              label={folder.name}
              count={experimentsBelow(node)}
              depth={depth}
              current={folder.id === current}
              onChoose={() => choose(folder.id)}
              onDrop={drop && ((ids) => drop(ids, folder.id))}
              toggle={
                children.length > 0 ? (
                  <IconButton
                    label={`${opened ? 'Close' : 'Open'} ${folder.path}`}
                    aria-expanded={opened}
                    className="!size-6"
                    icon={<Chevron aria-hidden size={13} />}
                    onClick={() => toggle(folder.id)}
                  />
                ) : undefined
              }
            />
            {opened && children.length > 0 ? branch(children) : null}
          </li>
        );
      })}
    </ul>
  );

  const onDeleted = (folder: Folder) => choose(folder.parentId);
  return (
    <Card
      title="Folders"
      aside={
        <span className="flex">
          <IconButton
            label={chosen ? `New folder in ${chosen.path}` : 'New folder'}
            icon={<FolderPlus aria-hidden size={15} />}
            disabled={!may}
            onClick={() => setOpen('create')}
          />
          {chosen ? (
            <>
              <IconButton
                label={`Rename or move ${chosen.path}`}
                icon={<Pencil aria-hidden size={14} />}
                disabled={!may}
                onClick={() => setOpen('edit')}
              />
              <IconButton
                label={`Delete ${chosen.path}`}
                icon={<Trash2 aria-hidden size={14} />}
                disabled={!may}
                onClick={() => setOpen('delete')}
              />
            </>
          ) : null}
        </span>
      }
    >
      <nav aria-label="Folders of experiments" className="-mx-1">
        <Line
          icon={<Layers size={14} />}
          label="All experiments"
          count={null}
          depth={0}
          current={current === undefined}
          onChoose={() => choose(null)}
        />
        {branch(treeOf(items))}
        <Line
          icon={<Inbox size={14} />}
          label="In no folder"
          count={folders.data?.outside ?? null}
          depth={0}
          current={current === unfiled}
          onChoose={() => choose(unfiled)}
          onDrop={drop && ((ids) => drop(ids, null))}
        />
      </nav>
      {open === 'create' ? <EditFolder folders={items} within={chosen} onClose={() => setOpen(null)} /> : null}
      {open === 'edit' && chosen ? <EditFolder folders={items} folder={chosen} onClose={() => setOpen(null)} /> : null}
      {open === 'delete' && chosen ? (
        <DeleteFolder folder={chosen} folders={items} onClose={() => setOpen(null)} onDone={() => onDeleted(chosen)} />
      ) : null}
    </Card>
  );
};
