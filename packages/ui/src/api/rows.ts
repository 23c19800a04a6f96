import type { Input, Operation, Page, Reply } from '@millwright/contract';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { client } from './client.ts';
import { holdBack } from './hold-back.ts';
import { keyOf } from './queries.ts';

export type RowOf<O> = Reply<O> extends { items: (infer Row)[] } ? Row : never;
/** What a table needs to know about its rows, wherever they come from. */
export interface Rows<Row> {
  rows: readonly Row[];
  loading: boolean;
  error: unknown;
  retry: () => void;
  hasMore: boolean;
  loadingMore: boolean;
  loadMore: () => void;
  /** Rows that arrived since and wait for a click, so that nothing jumps. */
  waiting: number;
  showWaiting: () => void;
}

const nothing: readonly never[] = [];

/** All pages of a list operation read so far. New rows at the top are held back until somebody asks for them. */
export const useRows = <O extends Operation>(
  operation: O,
  input: Input<O>,
  idOf: (row: RowOf<O>) => string,
  options: { enabled?: boolean; pageSize?: number } = {},
): Rows<RowOf<O>> => {
  const parts = input as { params?: unknown; query?: Record<string, unknown> };
  const limit = options.pageSize ?? 200;
  const query = useInfiniteQuery({
    queryKey: keyOf(operation, { ...parts, rows: limit }),
    initialPageParam: null as string | null,
    enabled: options.enabled ?? true,
    placeholderData: (previous) => previous,
    queryFn: ({ pageParam, signal }) =>
      client.call(
        operation as Operation,
        { ...parts, query: { ...parts.query, limit, ...(pageParam ? { cursor: pageParam } : {}) } } as never,
        {
          signal,
        },
      ) as Promise<unknown> as Promise<Page<RowOf<O>>>,
    getNextPageParam: (page: Page<RowOf<O>>) => page.nextCursor,
  });
  const [accepted, setAccepted] = useState<{ key: string; ids: ReadonlySet<string> }>({ key: '', ids: new Set() });
  const key = JSON.stringify([operation.id, parts]);
  const all = useMemo(
    () => query.data?.pages.flatMap((page) => page.items) ?? (nothing as readonly RowOf<O>[]),
    [query.data],
  );
  const seen = accepted.key === key ? accepted.ids : null;
  const { shown, waiting } = useMemo(() => holdBack(all, seen, idOf), [all, seen, idOf]);
  const accept = (rows: readonly RowOf<O>[]) => setAccepted({ key, ids: new Set(rows.map(idOf)) });
  const unseen = useMemo(
    () => (seen === null ? shown.length > 0 : shown.some((row) => !seen.has(idOf(row)))),
    [shown, seen, idOf],
  );
  if (unseen && !query.isPlaceholderData) accept(shown);
  return {
    rows: shown,
    loading: query.isPending,
    error: query.error,
    retry: () => void query.refetch(),
    hasMore: query.hasNextPage,
    loadingMore: query.isFetchingNextPage,
    loadMore: () => void query.fetchNextPage(),
    waiting,
    showWaiting: () => accept(all),
  };
};

/** Rows that are all there already, e.g. a part of an object. */
export const fixedRows = <Row>(rows: readonly Row[]): Rows<Row> => ({
  rows,
  loading: false,
  error: null,
  retry: () => undefined,
  hasMore: false,
  loadingMore: false,
  loadMore: () => undefined,
  waiting: 0,
  showWaiting: () => undefined,
});
