import {
  type ModelVersion,
  compareModelVersions,
  getModelVersion,
  listModelVersions,
  listModels,
} from '@millwright/contract';
import { skipToken, useQuery } from '@tanstack/react-query';
import { client } from '../../api/client.ts';
import { queryFor, useRead } from '../../api/queries.ts';
import { useProject, useScreenSearch } from '../../app/location.ts';
import { PageHeader } from '../../ui/card.tsx';
import { Checkbox, Select } from '../../ui/field.tsx';
import { EmptyState, ErrorState, Loading, Skeleton } from '../../ui/states.tsx';
import { Comparison } from './comparison.tsx';
import { RegistryTabs } from './tabs.tsx';

const labelOf = ({ number, approval, aliases }: ModelVersion): string =>
  `v${number}, ${[...aliases, approval.state].join(', ')}`;

/** A model and one of its versions; the version alone is in the address. */
const Picker = ({ side, id, onPick }: { side: string; id: string | null; onPick: (id: string) => void }) => {
  const project = useProject();
  const models = useRead(listModels, { params: { project }, query: { limit: 1000 } });
  const versionQuery = queryFor(getModelVersion, { params: { project, modelVersion: id ?? '' } });
  const version = useQuery({ ...versionQuery, ...(id === null ? { queryFn: skipToken } : {}) });
  const modelId = version.data?.modelId ?? '';
  const versionsQuery = queryFor(listModelVersions, { params: { project, model: modelId }, query: { limit: 200 } });
  const versions = useQuery({ ...versionsQuery, ...(modelId === '' ? { queryFn: skipToken } : {}) });
  const pickModel = async (model: string) => {
    const { items } = await client.call(listModelVersions, { params: { project, model }, query: { limit: 1 } });
    if (items[0]) onPick(items[0].id);
  };
  const known = versions.data?.items ?? [];
  const all = version.data && !known.some((one) => one.id === id) ? [version.data, ...known] : known;
  return (
    <div className="flex flex-wrap items-end gap-2">
      <Select
        label={`${side}: model`}
        value={modelId}
        choices={[
          ...(modelId === '' ? [{ value: '', label: 'Choose' }] : []),
          ...(models.data?.items ?? [])
            .filter(({ versionCount }) => versionCount > 0)
            .map((model) => ({ value: model.id, label: model.name })),
        ]}
        onChange={(event) => void pickModel(event.target.value)}
      />
      <Select
        label={`${side}: version`}
        value={id ?? ''}
        choices={all.map((one) => ({ value: one.id, label: labelOf(one) }))}
        onChange={(event) => onPick(event.target.value)}
      />
    </div>
  );
};

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
        <Picker side="From" id={from} onPick={(id) => change({ from: id })} />
        <Picker side="To" id={to} onPick={(id) => change({ to: id })} />
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
