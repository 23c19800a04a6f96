import { type Input, MillwrightError, type Operation, type Reply } from '@millwright/contract';
import {
  MutationCache,
  QueryCache,
  QueryClient,
  queryOptions,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { toast } from '../ui/toast.tsx';
import { client } from './client.ts';

type NoInput = Record<never, never>;
export type InputOf<O> = NoInput extends Input<O> ? [input?: Input<O>] : [input: Input<O>];

/** Every cached answer is found by the operation's id, so that live events can invalidate by operation. */
export const keyOf = (operation: Operation, input: unknown = {}) => [operation.id, input] as const;

/** Query options of an operation: for useQuery, prefetching and suspense. */
export const queryFor = <O extends Operation>(operation: O, ...[input]: InputOf<O>) =>
  queryOptions<Reply<O>, Error>({
    queryKey: keyOf(operation, input),
    queryFn: ({ signal }) => client.call(operation as Operation, input as never, { signal }) as Promise<Reply<O>>,
  });

/** Reads an operation and keeps it fresh. */
export const useRead = <O extends Operation>(operation: O, ...rest: InputOf<O>) =>
  useQuery(queryFor(operation, ...rest));

export interface ChangeOptions<O> {
  /** Shown as a toast when it worked. */
  done?: string | ((reply: Reply<O>) => string);
  onDone?: (reply: Reply<O>) => void;
  /** Read operations whose answers change with this one; without it everything on the page is read again. */
  refresh?: readonly Operation[];
  /** The caller shows errors itself, beside the field. */
  quiet?: boolean;
}

/** Calls an operation that changes something. */
export const useChange = <O extends Operation>(
  operation: O,
  { done, onDone, refresh, quiet }: ChangeOptions<O> = {},
) => {
  const queries = useQueryClient();
  return useMutation<Reply<O>, Error, Input<O>>({
    mutationFn: (input) => client.call(operation as Operation, input as never) as Promise<Reply<O>>,
    meta: { title: `${operation.summary}: that did not work`, quiet: quiet ?? false },
    onSuccess: async (reply) => {
      if (done) toast.done(typeof done === 'function' ? done(reply) : done);
      onDone?.(reply);
      if (refresh) await Promise.all(refresh.map((read) => queries.invalidateQueries({ queryKey: [read.id] })));
      else await queries.invalidateQueries();
    },
  });
};

const signedOutListeners = new Set<() => void>();
export const onSignedOut = (listener: () => void) => {
  signedOutListeners.add(listener);
  return () => void signedOutListeners.delete(listener);
};
const noticeSignOut = (error: unknown) => {
  if (error instanceof MillwrightError && error.status === 401) for (const listener of signedOutListeners) listener();
};
const worthRetrying = (count: number, error: unknown) =>
  count < 2 && !(error instanceof MillwrightError && error.status < 500);

export const createQueryClient = () =>
  new QueryClient({
    queryCache: new QueryCache({ onError: noticeSignOut }),
    mutationCache: new MutationCache({
      onError: (error, _input, _context, mutation) => {
        noticeSignOut(error);
        if (!mutation.meta?.['quiet']) toast.failed(String(mutation.meta?.['title'] ?? 'That did not work'), error);
      },
    }),
    defaultOptions: { queries: { staleTime: 15_000, retry: worthRetrying, refetchOnWindowFocus: true } },
  });
