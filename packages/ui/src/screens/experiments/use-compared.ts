import { type Run, listRuns } from '@millwright/contract';
import { useQueries } from '@tanstack/react-query';
import { queryFor } from '../../api/queries.ts';

/** As many ids as fit into a filter. */
const idsPerRequest = 50;

/** Runs by their ids, in that order, whether they are in the trash or not. */
export const useCompared = (project: string, ids: readonly string[]) => {
  const chunks = Array.from({ length: Math.ceil(ids.length / idsPerRequest) }, (_none, at) =>
    ids.slice(at * idsPerRequest, (at + 1) * idsPerRequest),
  );
  return useQueries({
    queries: chunks.map((chunk) =>
      queryFor(listRuns, {
        params: { project },
        query: { filter: `id in (${chunk.map((id) => `"${id}"`).join(',')})`, view: 'all', limit: idsPerRequest },
      }),
    ),
    combine: (results) => {
      const found = new Map(results.flatMap((result) => result.data?.items ?? []).map((run) => [run.id, run]));
      return {
        runs: ids.flatMap((id): Run[] => {
          const run = found.get(id);
          return run ? [run] : [];
        }),
        pending: results.some((result) => result.isPending),
        error: results.find((result) => result.error)?.error ?? null,
        retry: () => results.forEach((result) => void result.refetch()),
      };
    },
  });
};
