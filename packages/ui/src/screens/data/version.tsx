import { type DatasetVersion, getVersion } from '@millwright/contract';
import { useRead } from '../../api/queries.ts';
import { ActivityList } from '../../app/activity-list.tsx';
import { ObjectLink } from '../../app/links.tsx';
import { useParam, useProject } from '../../app/location.ts';
import { LineageGraph } from '../../graph/lineage-graph.tsx';
import { Card } from '../../ui/card.tsx';
import { LoadedPage } from '../../ui/loaded.tsx';
import { ObjectPage } from '../../ui/object-header.tsx';
import { worstOf } from '../../ui/status.ts';
import { BrokenChecks, resultState } from './overview.tsx';
import { Profile } from './profile.tsx';
import { RowsPreview } from './rows-preview.tsx';
import { SchemaTable } from './schema-table.tsx';
import { DownloadLink, VersionFacts } from './version-facts.tsx';

const VersionPage = ({ version }: { version: DatasetVersion }) => (
  <ObjectPage
    trail={[
      { label: 'Data', path: 'data' },
      { label: version.datasetName, path: `data/${version.datasetId}` },
    ]}
    kind="Data set version"
    name={version.datasetName}
    version={`v${version.number}`}
    health={worstOf(version.checkResults.map(resultState))}
    owner={version.createdBy}
    actions={<DownloadLink version={version} />}
    tabs={[
      {
        id: 'overview',
        label: 'Overview',
        content: () => (
          <div className="flex flex-col gap-3">
            <Card
              title="This version"
              aside={
                <span className="text-xs">
                  <ObjectLink type="dataset" id={version.datasetId}>
                    All versions
                  </ObjectLink>
                </span>
              }
            >
              <VersionFacts version={version} />
            </Card>
            <Card title="Checks" flush>
              <BrokenChecks results={version.checkResults} />
            </Card>
            <SchemaTable version={version} />
          </div>
        ),
      },
      { id: 'lineage', label: 'Lineage', content: () => <LineageGraph type="dataset-version" id={version.id} /> },
      { id: 'profile', label: 'Profile', content: () => <Profile version={version} /> },
      { id: 'rows', label: 'Rows', content: () => <RowsPreview versionId={version.id} /> },
      {
        id: 'activity',
        label: 'Activity',
        content: () => <ActivityList resourceType="dataset-version" resourceId={version.id} />,
      },
    ]}
  />
);

const VersionScreen = () => {
  const version = useRead(getVersion, { params: { project: useProject(), version: useParam('version') } });
  return <LoadedPage query={version}>{(data) => <VersionPage version={data} />}</LoadedPage>;
};
export default VersionScreen;
