import { compareModelVersions } from '@millwright/contract';
import { skipToken, useQuery } from '@tanstack/react-query';
import { queryFor } from '../../api/queries.ts';
import { useProject, useScreenSearch } from '../../app/location.ts';
import { ModelVersionPicker } from '../../pickers/model-version-picker.tsx';
import { PageHeader } from '../../ui/card.tsx';
import { Checkbox } from '../../ui/field.tsx';
import { EmptyState, ErrorState, Loading, Skeleton } from '../../ui/states.tsx';
import { Comparison } from './comparison.tsx';
import { RegistryTabs } from './tabs.tsx';

/** Any two versions side by side, of one model or of two; which ones is in the address. */
const Compare = () => {
  const project = useProject();
  const [search, change] = useScreenSearch();
  const [from, to] = [search['from'] ?? null, search['to'] ?? null];
  const query = queryFor(compareModelVersions, {
    params: { project, modelVersion: from ?? '' },
    query: { with: to ?? '' },
  });
  const found = useQuery({ ...query, ...(from === null || to === null ? { queryFn: skipToken } : {}) });
  const all = search['all'] === 'yes';
  return (
    <>
      <PageHeader
        title="Compare versions"
        text="What differs between two versions: signature, files, data, environment, numbers."
      />
      <RegistryTabs current="registry/compare" />
      <div className="mb-3 flex flex-wrap items-end gap-x-6 gap-y-3">
        <ModelVersionPicker label="From" id={from} onPick={(id) => change({ from: id })} />
        <ModelVersionPicker label="To" id={to} onPick={(id) => change({ to: id })} />
        <Checkbox
          label="Differences only"
          checked={!all}
          onChange={(event) => change({ all: event.target.checked ? null : 'yes' })}
        />
      </div>
      {from === null || to === null ? (
        <EmptyState title="Choose two versions" text="Of the same model, or of two." />
      ) : found.error ? (
        <ErrorState error={found.error} onRetry={() => void found.refetch()} />
      ) : found.data ? (
        <Comparison comparison={found.data} all={all} />
      ) : (
        <Loading label="Comparing">
          <div className="grid gap-3 xl:grid-cols-2">
            {[0, 1, 2, 3].map((index) => (
              <Skeleton key={index} className="h-40 w-full" />
            ))}
          </div>
        </Loading>
      )}
    </>
  );
};
export default Compare;
