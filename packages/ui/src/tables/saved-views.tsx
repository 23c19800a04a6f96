import { Popover } from '@base-ui/react/popover';
import { Bookmark, Trash2 } from 'lucide-react';
import { type FormEvent, useMemo, useState } from 'react';
import { stored } from '../app/stored.ts';
import { Button, IconButton, buttonClass } from '../ui/button.tsx';
import { TextField } from '../ui/field.tsx';
import type { TableKey, TableSearch } from './table-search.ts';

type View = { name: string } & TableSearch;
const viewKeys = ['filter', 'sort', 'columns'] as const;

const readViews = (text: string | null): View[] => {
  if (text === null) return [];
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list.filter((view): view is View => typeof view?.name === 'string') : [];
  } catch {
    return [];
  }
};

/** Filter, order and columns under a name, in this browser. To share a view, share the address: it holds the same. */
export const SavedViews = ({
  name,
  state,
  onChange,
}: {
  name: string;
  state: TableSearch;
  onChange: (patch: Partial<Record<TableKey, string | null>>) => void;
}) => {
  const store = useMemo(() => stored(`millwright.views.${name}`), [name]);
  const [views, setViews] = useState(() => readViews(store.get()));
  const [title, setTitle] = useState('');
  const save = (next: View[]) => {
    setViews(next);
    store.set(JSON.stringify(next));
  };
  const add = (event: FormEvent) => {
    event.preventDefault();
    const view: View = { name: title.trim(), filter: state.filter, sort: state.sort, columns: state.columns };
    save([...views.filter((one) => one.name !== view.name), view]);
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
            <ul className="my-1">
              {views.map((view) => (
                <li key={view.name} className="flex items-center gap-1">
                  <Popover.Close
                    className="min-h-7 min-w-0 flex-1 truncate rounded px-1 text-left hover:bg-hover"
                    onClick={() => onChange(Object.fromEntries(viewKeys.map((key) => [key, view[key] ?? null])))}
                  >
                    {view.name}
                  </Popover.Close>
                  <IconButton
                    label={`Delete the view ${view.name}`}
                    className="!size-6"
                    icon={<Trash2 size={13} aria-hidden />}
                    onClick={() => save(views.filter((one) => one !== view))}
                  />
                </li>
              ))}
              {views.length === 0 ? (
                <li className="px-1 text-xs text-faint">
                  None yet. Filter, sort and choose columns, then save that here.
                </li>
              ) : null}
            </ul>
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
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
};
