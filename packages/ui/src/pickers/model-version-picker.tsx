import { type ModelVersion, getModelVersion, listModelVersions, listModels } from '@millwright/contract';
import { skipToken, useQuery } from '@tanstack/react-query';
import { client } from '../api/client.ts';
import { queryFor, useRead } from '../api/queries.ts';
import { useProject } from '../app/location.ts';
import { Select } from '../ui/field.tsx';

const labelOf = ({ number, approval, aliases }: ModelVersion): string =>
  `v${number}, ${[...aliases, approval.state].join(', ')}`;

/** A model and one of its versions; the version alone is what is picked. */
export const ModelVersionPicker = ({
  label,
  id,
  onPick,
}: {
  /** Before the names of both fields. */
  label?: string;
  id: string | null;
  onPick: (id: string) => void;
}) => {
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
        label={label === undefined ? 'Model' : `${label}: model`}
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
        label={label === undefined ? 'Version' : `${label}: version`}
        value={id ?? ''}
        choices={all.map((one) => ({ value: one.id, label: labelOf(one) }))}
        onChange={(event) => onPick(event.target.value)}
      />
    </div>
  );
};
