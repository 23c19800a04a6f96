import { useCallback } from 'react';
import { useScreenSearch } from '../app/location.ts';

export interface TableSearch {
  filter?: string | undefined;
  sort?: string | undefined;
  columns?: string | undefined;
  peek?: string | undefined;
}
const keys = ['filter', 'sort', 'columns', 'peek'] as const;
export type TableKey = (typeof keys)[number];

/** The state of a table, kept in the address. `prefix` keeps several tables of one screen apart. */
export const useTableSearch = (
  prefix = '',
): [TableSearch, (patch: Partial<Record<TableKey, string | null>>) => void] => {
  const [search, change] = useScreenSearch();
  const key = useCallback((name: string) => (prefix ? `${prefix}.${name}` : name), [prefix]);
  const state: TableSearch = Object.fromEntries(keys.map((name) => [name, search[key(name)]]));
  const set = useCallback(
    (patch: Partial<Record<TableKey, string | null>>) =>
      change(Object.fromEntries(Object.entries(patch).map(([name, value]) => [key(name), value ?? null]))),
    [change, key],
  );
  return [state, set];
};
