import { type Dataset, getDataset, getVersion } from '@millwright/contract';
import { useQuery } from '@tanstack/react-query';
import { Upload } from 'lucide-react';
import { useState } from 'react';
import { queryFor, useRead } from '../../api/queries.ts';
import { ActivityList } from '../../app/activity-list.tsx';
import { useParam, useProject } from '../../app/location.ts';
import { useMay } from '../../app/session.tsx';
import { LineageGraph } from '../../graph/lineage-graph.tsx';
import { Button } from '../../ui/button.tsx';
import { Loaded, LoadedPage } from '../../ui/loaded.tsx';
import { ObjectPage } from '../../ui/object-header.tsx';
import { EmptyState } from '../../ui/states.tsx';
import { Checks } from './checks.tsx';
import { Overview } from './overview.tsx';
import { Profile } from './profile.tsx';
import { Quarantine } from './quarantine.tsx';
import { RowsPreview } from './rows-preview.tsx';
import { UploadDialog } from './upload-dialog.tsx';
import { Versions } from './versions.tsx';

const NoVersion = ({ dataset }: { dataset: Dataset }) => (
  <EmptyState
    title="No version yet"
    text="Upload a CSV or Parquet file: its types, profile and checks are worked out from it."
    command={`millwright datasets upload ${dataset.name} --project ${useProject()} --file ${dataset.name}.csv`}
  />
);

const DatasetPage = ({ dataset }: { dataset: Dataset }) => {
  const project = useProject();
  const may = useMay('data:write');
  const [uploading, setUploading] = useState(false);
  const latestId = dataset.latestVersion?.id;
  const latest = useQuery({
    ...queryFor(getVersion, { params: { project, version: latestId ?? '' } }),
    enabled: latestId !== undefined,
  });
  const ofLatest = (content: (version: NonNullable<typeof latest.data>) => React.ReactNode) => () =>
    latestId === undefined ? (
      <NoVersion dataset={dataset} />
    ) : (
      <Loaded query={latest} height={480}>
        {content}
      </Loaded>
    );
  return (
    <>
      <ObjectPage
        trail={[{ label: 'Data', path: 'data' }]}
        kind="Data set"
        name={dataset.name}
        {...(dataset.latestVersion ? { version: `v${dataset.latestVersion.number}` } : {})}
        health={dataset.health}
        owner={dataset.owner}
        actions={
          <Button
            tone="primary"
            icon={<Upload aria-hidden size={14} />}
            disabled={!may}
            title={may ? undefined : 'Needs data:write'}
            onClick={() => setUploading(true)}
          >
            Upload a version
          </Button>
        }
        tabs={[
          {
            id: 'overview',
            label: 'Overview',
            content: ofLatest((version) => <Overview dataset={dataset} version={version} />),
          },
          {
            id: 'lineage',
            label: 'Lineage',
            content: ofLatest((version) => <LineageGraph type="dataset-version" id={version.id} />),
          },
          {
            id: 'versions',
            label: 'Versions',
            count: dataset.latestVersion?.number ?? 0,
            content: () => (latestId === undefined ? <NoVersion dataset={dataset} /> : <Versions dataset={dataset} />),
          },
          {
            id: 'profile',
            label: 'Profile',
            content: ofLatest((version) => <Profile version={version} />),
          },
          { id: 'checks', label: 'Checks', content: () => <Checks dataset={dataset} /> },
          { id: 'quarantine', label: 'Quarantine', content: () => <Quarantine dataset={dataset} /> },
          { id: 'rows', label: 'Rows', content: ofLatest((version) => <RowsPreview versionId={version.id} />) },
          {
            id: 'activity',
            label: 'Activity',
            content: () => <ActivityList resourceType="dataset" resourceId={dataset.id} />,
          },
        ]}
      />
      {uploading ? <UploadDialog dataset={dataset} onClose={() => setUploading(false)} /> : null}
    </>
  );
};

const DatasetScreen = () => {
  const dataset = useRead(getDataset, { params: { project: useProject(), dataset: useParam('dataset') } });
  return <LoadedPage query={dataset}>{(data) => <DatasetPage dataset={data} />}</LoadedPage>;
};
export default DatasetScreen;
