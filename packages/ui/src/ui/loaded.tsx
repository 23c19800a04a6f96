import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ErrorState, Loading, Skeleton } from './states.tsx';

export interface LoadedProps<T> {
  query: Pick<UseQueryResult<T>, 'data' | 'error' | 'refetch'>;
  /** Pixels of what comes, so that nothing jumps. */
  height: number;
  children: (data: T) => ReactNode;
}

/** What was read, or why it was not, or a place of its size while it is being read. */
export const Loaded = <T,>({ query, height, children }: LoadedProps<T>) => {
  if (query.data !== undefined) return children(query.data);
  if (query.error) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <Loading>
      <div style={{ height }} className="overflow-hidden">
        <Skeleton className="h-full w-full" />
      </div>
    </Loading>
  );
};

/** The same for the page of one object, whose header is not known yet. */
export const LoadedPage = <T,>({ query, children }: Omit<LoadedProps<T>, 'height'>) => {
  if (query.data !== undefined) return children(query.data);
  return (
    <>
      <h1 className="sr-only">{query.error ? 'Not to be shown' : 'Loading'}</h1>
      {query.error ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <Loading>
          <Skeleton className="mb-2 h-4 w-40" />
          <Skeleton className="mb-4 h-8 w-72 max-w-full" />
          <Skeleton className="mb-4 h-9 w-full" />
          <Skeleton className="h-80 w-full" />
        </Loading>
      )}
    </>
  );
};
