import { useMemo, useState } from 'react';
import { stored } from '../app/stored.ts';
import type { TableKey, TableSearch } from './table-search.ts';
import { ViewsMenu } from './views-menu.tsx';

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
  const save = (next: View[]) => {
    setViews(next);
    store.set(JSON.stringify(next));
  };
  return (
    <ViewsMenu
      views={views.map((view) => ({ id: view.name, name: view.name }))}
      onChoose={(id) => {
        const view = views.find((one) => one.name === id);
        onChange(Object.fromEntries(viewKeys.map((key) => [key, view?.[key] ?? null])));
      }}
      onDelete={(id) => save(views.filter((one) => one.name !== id))}
      onSave={(title) => {
        const view: View = { name: title, filter: state.filter, sort: state.sort, columns: state.columns };
        save([...views.filter((one) => one.name !== title), view]);
      }}
    />
  );
};
