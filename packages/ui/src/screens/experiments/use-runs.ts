import { type Run, countRuns, getRun, listExperiments, listRunKeys, listRuns } from '@millwright/contract';
import { useQueries, useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { client } from '../../api/client.ts';
import { queryFor } from '../../api/queries.ts';
import { type TableColumn, columnList, readSort } from '../../tables/columns.ts';
import { quoteKey } from '../../tables/completion.ts';
import type { PageRequest } from '../../tables/paged-rows.ts';
import { usePagedRows } from '../../tables/use-paged-rows.ts';
import type { SummaryOf } from './metric-meaning.ts';
import { type RunKeys, metricKeys, parameterKeys, tagKeys } from './run-values.ts';

export interface RunsAsked {
  project: string;
  experiment: string | undefined;
  filter: string | undefined;
  view: 'active' | 'deleted';
}
export const queryOf = ({ experiment, filter, view }: RunsAsked) => ({
  ...(experiment ? { experiment } : {}),
  ...(filter ? { filter } : {}),
  view,
});

const nothing: readonly Run[] = [];
/** The newest experiments of a project: whose keys can be columns of all its runs. */
const experimentsAsked = 12;
const union = (...lists: readonly (readonly string[])[]): string[] => [...new Set(lists.flat())];
/** With everything they have, which may be thousands of metrics each. */
const sampledRuns = 10;

/** What columns there can be, and some runs that tell which of them are worth showing. */
export const useRunKeys = ({
  project,
  experiment,
}: RunsAsked): { keys: RunKeys; sample: readonly Run[]; ready: boolean; error: unknown } => {
  const sampled = useQuery({
    queryKey: ['sampleOfRuns', project, experiment],
    queryFn: ({ signal }) =>
      client.call(
        listRuns,
        { params: { project }, query: { ...(experiment ? { experiment } : {}), view: 'all', limit: sampledRuns } },
        { signal },
      ),
    staleTime: 60_000,
  });
  const latest = useQuery({
    ...queryFor(listExperiments, { params: { project }, query: { limit: experimentsAsked, view: 'all' } }),
    enabled: experiment === undefined,
  });
  const asked = experiment === undefined ? (latest.data?.items.map((one) => one.id) ?? []) : [experiment];
  const listed = useQueries({
    queries: asked.map((one) => queryFor(listRunKeys, { params: { project, experiment: one } })),
    combine: (results) => ({
      keys: results.flatMap((result) => result.data ?? []),
      pending: results.some((result) => result.isPending),
      error: results.find((result) => result.error)?.error ?? null,
    }),
  });
  const sample = sampled.data?.items ?? nothing;
  const keys = useMemo(
    () => ({
      metrics: union(metricKeys(sample), ...listed.keys.map((one) => one.metrics)),
      parameters: union(parameterKeys(sample), ...listed.keys.map((one) => one.parameters)),
      tags: union(tagKeys(sample), ...listed.keys.map((one) => one.tags)),
    }),
    [listed.keys, sample],
  );
  const ready = !sampled.isPending && !listed.pending && (experiment !== undefined || !latest.isPending);
  return { keys, sample, ready, error: sampled.error ?? latest.error ?? listed.error };
};

/** What the server is to answer of each run for these columns. */
export const keysFor = (columns: readonly Pick<TableColumn<Run>, 'id'>[]): string =>
  columnList(columns.map(({ id }) => id).filter((id) => /^(?:metrics|parameters|tags)\./.test(id)));

/** The order of a column as the server reads it. */
export const orderFor = (sortText: string | undefined, summary: SummaryOf): string | undefined => {
  const sort = readSort(sortText);
  if (sort === null) return undefined;
  const shown = sort.id.startsWith('metrics.') ? summary(sort.id.slice('metrics.'.length)) : 'last';
  const part = shown === 'last' ? '' : `.${shown}`;
  return `${quoteKey(sort.id)}${part}${sort.descending ? ' desc' : ''}`;
};

const restedMs = 250;
const watchedAtMost = 50;
const isOpen = (run: Run) => run.status === 'running' || run.status === 'scheduled';

/** Runs by pages. Those in view that are under way are kept up to date where they stand; new ones wait to be asked for. */
export const useRuns = (
  asked: RunsAsked,
  { order, keys, ready }: { order: string | undefined; keys: string; ready: boolean },
) => {
  const { project } = asked;
  const query = queryOf(asked);
  const listKey = JSON.stringify([project, query, order]);
  const read = ({ cursor, limit, whole, signal }: PageRequest) =>
    client.call(
      listRuns,
      {
        params: { project },
        query: {
          ...query,
          ...(order ? { order } : {}),
          ...(cursor ? { cursor } : {}),
          limit,
          keys: whole ? keys : '',
        },
      },
      { signal },
    );
  const rows = usePagedRows<Run>(listKey, keys, {
    read: ready ? read : null,
    idOf: (run) => run.id,
  });

  const count = useQuery(queryFor(countRuns, { params: { project }, query })).data?.count ?? null;
  const [shown, setShown] = useState<{ listKey: string; count: number } | null>(null);
  if (count !== null && shown?.listKey !== listKey) setShown({ listKey, count });
  const total = shown?.listKey === listKey ? shown.count : null;
  const restart = useCallback(() => {
    rows.restart();
    setShown(null);
  }, [rows]);

  const [watched, setWatched] = useState<readonly string[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const onRange = useCallback(
    (first: number, last: number) => {
      clearTimeout(timer.current);
      timer.current = setTimeout(() => {
        const open: string[] = [];
        for (let at = first; at <= last && open.length < watchedAtMost; at += 1) {
          const row = rows.rowAt(at);
          if (row && isOpen(row.row)) open.push(row.id);
        }
        setWatched((before) => (before.join() === open.join() ? before : open));
      }, restedMs);
    },
    [rows],
  );
  const states = useQuery({
    ...queryFor(listRuns, {
      params: { project },
      query: {
        filter: `id in (${watched.map((id) => `"${id}"`).join(', ')})`,
        view: 'all',
        limit: watchedAtMost,
        keys,
      },
    }),
    enabled: watched.length > 0,
  });
  const newer = states.data?.items;
  useEffect(() => {
    if (newer) rows.patch(newer);
  }, [newer, rows]);

  return {
    rows,
    total,
    waiting: total === null || count === null ? 0 : Math.max(0, count - total),
    restart,
    onRange,
  };
};

/** The run that others are compared with, whole. */
export const useBaseline = (project: string, id: string | undefined): Run | undefined =>
  useQuery({ ...queryFor(getRun, { params: { project, run: id ?? '' } }), enabled: id !== undefined }).data;
