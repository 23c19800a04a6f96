import { type DatasetVersion, getVersion, listDatasets, listVersions } from '@millwright/contract';
import { skipToken, useQuery } from '@tanstack/react-query';
import { queryFor, useRead } from '../api/queries.ts';
import { useProject } from '../app/location.ts';
import { Select } from '../ui/field.tsx';
import { formatCount } from '../ui/format.ts';

const labelOf = ({ number, rowCount, note }: DatasetVersion): string =>
  `v${number}, ${formatCount(rowCount)} rows${note === '' ? '' : `, ${note}`}`;

/** A data set and one of its versions; the version alone is what is picked. */
export const DatasetVersionPicker = ({ id, onPick }: { id: string | null; onPick: (id: string) => void }) => {
  const project = useProject();
  const datasets = useRead(listDatasets, { params: { project }, query: { limit: 1000 } });
  const versionQuery = queryFor(getVersion, { params: { project, version: id ?? '' } });
  const version = useQuery({ ...versionQuery, ...(id === null ? { queryFn: skipToken } : {}) });
  const datasetId = version.data?.datasetId ?? '';
  const versionsQuery = queryFor(listVersions, { params: { project, dataset: datasetId }, query: { limit: 200 } });
  const versions = useQuery({ ...versionsQuery, ...(datasetId === '' ? { queryFn: skipToken } : {}) });
  const known = versions.data?.items ?? [];
  const all = version.data && !known.some((one) => one.id === id) ? [version.data, ...known] : known;
  const withVersions = (datasets.data?.items ?? []).filter(({ latestVersion }) => latestVersion !== null);
  return (
    <div className="flex flex-wrap items-end gap-2">
      <Select
        label="Data set"
        value={datasetId}
        choices={[
          ...(datasetId === '' ? [{ value: '', label: 'Choose' }] : []),
          ...withVersions.map((dataset) => ({ value: dataset.id, label: dataset.name })),
        ]}
        onChange={(event) => {
          const latest = withVersions.find((dataset) => dataset.id === event.target.value)?.latestVersion;
          if (latest) onPick(latest.id);
        }}
      />
      <Select
        label="Version"
        value={id ?? ''}
        choices={all.map((one) => ({ value: one.id, label: labelOf(one) }))}
        onChange={(event) => onPick(event.target.value)}
      />
    </div>
  );
};
