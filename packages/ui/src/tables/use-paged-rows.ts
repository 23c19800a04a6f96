import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { type PagedOptions, type PagedRows, type ReadPage, createPagedRows } from './paged-rows.ts';

/**
 * Rows read page by page. `listKey` says which rows and in which order, `columnsKey` what is read of each; `read` null:
 * not yet. After a change of the list its former rows stay until the first of the new ones are there.
 */
export const usePagedRows = <Row>(
  listKey: string,
  columnsKey: string,
  { read, idOf }: Pick<PagedOptions<Row>, 'idOf'> & { read: ReadPage<Row> | null },
): PagedRows<Row> => {
  const make = () => createPagedRows<Row>({ idOf });
  const [state, setState] = useState(() => ({ listKey, next: make(), shown: null as PagedRows<Row> | null }));
  if (state.listKey !== listKey)
    setState({ listKey, next: make(), shown: state.next.loading() ? state.shown : state.next });
  const { next, shown } = state;
  useSyncExternalStore(next.subscribe, next.version);
  useEffect(() => {
    if (read !== null) next.readWith(read);
  });
  const ready = read !== null;
  useEffect(() => {
    if (ready) next.open();
    return () => next.close();
  }, [next, ready]);
  const drawn = useRef(columnsKey);
  useEffect(() => {
    if (drawn.current === columnsKey) return;
    drawn.current = columnsKey;
    next.refresh();
  }, [columnsKey, next]);
  return next.loading() && shown !== null ? shown : next;
};
