import { Popover } from '@base-ui/react/popover';
import { Bookmark, Trash2 } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { Button, IconButton, buttonClass } from '../ui/button.tsx';
import { TextField } from '../ui/field.tsx';

interface View {
  id: string;
  name: string;
  /** Said on hovering, e.g. whose it is. */
  hint?: string;
}

/** Views of a table under names: to choose, to save and to delete. */
export const ViewsMenu = ({
  views,
  mayChange = true,
  onChoose,
  onDelete,
  onSave,
}: {
  views: readonly View[];
  mayChange?: boolean;
  onChoose: (id: string) => void;
  onDelete: (id: string) => void;
  onSave: (name: string) => void;
}) => {
  const [title, setTitle] = useState('');
  const add = (event: FormEvent) => {
    event.preventDefault();
    onSave(title.trim());
    setTitle('');
  };
  return (
    <Popover.Root>
      <Popover.Trigger className={buttonClass('plain')}>
        <Bookmark aria-hidden size={14} /> Views{' '}
        {views.length > 0 ? <span className="text-xs text-faint tabular-nums">{views.length}</span> : null}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner sideOffset={4} align="end" className="z-40">
          <Popover.Popup className="popup w-72 p-2">
            <Popover.Title className="px-1 text-xs font-semibold text-muted">Saved views</Popover.Title>
            <ul className="my-1 max-h-80 overflow-auto">
              {views.map((view) => (
                <li key={view.id} className="flex items-center gap-1">
                  <Popover.Close
                    className="min-h-7 min-w-0 flex-1 truncate rounded px-1 text-left hover:bg-hover"
                    title={view.hint}
                    onClick={() => onChoose(view.id)}
                  >
                    {view.name}
                  </Popover.Close>
                  {mayChange ? (
                    <IconButton
                      label={`Delete the view ${view.name}`}
                      className="!size-6"
                      icon={<Trash2 size={13} aria-hidden />}
                      onClick={() => onDelete(view.id)}
                    />
                  ) : null}
                </li>
              ))}
              {views.length === 0 ? (
                <li className="px-1 text-xs text-faint">
                  None yet. Filter, sort and choose columns, then save that here.
                </li>
              ) : null}
            </ul>
            {mayChange ? (
              <form onSubmit={add} className="flex gap-1">
                <div className="flex-1">
                  <TextField
                    label="Name of the view"
                    hideLabel
                    required
                    maxLength={80}
                    placeholder="Name of this view"
                    value={title}
                    onChange={(event) => setTitle(event.target.value)}
                  />
                </div>
                <Button type="submit">Save</Button>
              </form>
            ) : null}
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
};
