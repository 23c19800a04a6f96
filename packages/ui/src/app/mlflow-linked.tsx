import { type Experiment, listExperiments } from '@millwright/contract';
import { useQuery } from '@tanstack/react-query';
import { Navigate } from '@tanstack/react-router';
import { client } from '../api/client.ts';
import { keyOf } from '../api/queries.ts';
import { EmptyState, ErrorState } from '../ui/states.tsx';
import { pathOf } from './links.tsx';
import type { MlflowLink } from './mlflow-id.ts';

/** Clients that name no workspace write into this one. */
const project = 'default';

const findByNumber = async (number: number, signal: AbortSignal): Promise<Experiment | null> => {
  for (let cursor: string | null = null, more = true; more; ) {
    const page: { items: Experiment[]; nextCursor: string | null } = await client.call(
      listExperiments,
      { params: { project }, query: { limit: 1000, view: 'all', ...(cursor ? { cursor } : {}) } },
      { signal },
    );
    const found = page.items.find((experiment) => experiment.number === number);
    if (found) return found;
    cursor = page.nextCursor;
    more = cursor !== null;
  }
  return null;
};

/** Goes from an address that MLflow's client printed to the page of what it is about. */
export const MlflowLinked = ({ link }: { link: MlflowLink }) => {
  const number = 'experiment' in link ? link.experiment : null;
  const found = useQuery({
    queryKey: [...keyOf(listExperiments), 'number', number],
    queryFn: ({ signal }) => findByNumber(number ?? 0, signal),
    enabled: number !== null,
  });
  const to =
    'run' in link
      ? pathOf(project, 'run', link.run)
      : 'model' in link
        ? pathOf(project, 'model', link.model)
        : found.data && pathOf(project, 'experiment', found.data.id);
  if (to) return <Navigate to={to} hash="" replace />;
  return (
    <main className="p-6">
      <h1 className="sr-only">Millwright</h1>
      {found.error ? (
        <ErrorState error={found.error} onRetry={() => void found.refetch()} />
      ) : found.data === null ? (
        <EmptyState
          title={`There is no experiment ${number}`}
          text="It may have been deleted for good, or belong to another server."
          action={
            <a href={`/p/${project}/experiments/list`} className="text-accent underline">
              To the experiments
            </a>
          }
        />
      ) : (
        <div role="status" aria-label="Loading" />
      )}
    </main>
  );
};
