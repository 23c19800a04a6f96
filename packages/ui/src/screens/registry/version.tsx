import {
  type ModelVersion,
  downloadModel,
  getEvaluation,
  getModelVersion,
  getRun,
  getVersion,
} from '@millwright/contract';
import { useQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { client } from '../../api/client.ts';
import { queryFor, useRead } from '../../api/queries.ts';
import { ActivityList } from '../../app/activity-list.tsx';
import { ObjectLink, ScreenLink } from '../../app/links.tsx';
import { useParam, useProject } from '../../app/location.ts';
import { LineageGraph } from '../../graph/lineage-graph.tsx';
import { Markdown } from '../../markdown/markdown.tsx';
import { buttonClass } from '../../ui/button.tsx';
import { Card, KeyValue } from '../../ui/card.tsx';
import { ShortId } from '../../ui/code.tsx';
import { formatBytes } from '../../ui/format.ts';
import { ObjectPage } from '../../ui/object-header.tsx';
import { SignatureTable } from '../../ui/signature.tsx';
import { ErrorState, Loading, Skeleton } from '../../ui/states.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { AliasBadge } from './alias-chips.tsx';
import { ApprovalCard } from './approval-card.tsx';
import { FilesTab } from './files-tab.tsx';
import { GateSummary } from './gate-summary.tsx';
import { RequestsCard } from './requests-card.tsx';
import { TagList } from './tag-list.tsx';
import { TestsCard } from './tests-card.tsx';
import { VersionActions } from './version-actions.tsx';

/** The run and the data a version comes from, by their names as soon as those are read. */
const Origin = ({ version }: { version: ModelVersion }) => {
  const project = useProject();
  const { runId, datasetVersionId } = version;
  const run = useQuery({
    ...queryFor(getRun, { params: { project, run: runId ?? '' } }),
    enabled: runId !== null,
  });
  const data = useQuery({
    ...queryFor(getVersion, { params: { project, version: datasetVersionId ?? '' } }),
    enabled: datasetVersionId !== null,
  });
  return (
    <KeyValue
      pairs={[
        [
          'Run',
          runId ? (
            <ObjectLink key="run" type="run" id={runId}>
              {run.data?.name ?? runId}
            </ObjectLink>
          ) : (
            version.namedRun
          ),
        ],
        [
          'Data version',
          datasetVersionId ? (
            <ObjectLink key="data" type="dataset-version" id={datasetVersionId}>
              {data.data ? `${data.data.datasetName} v${data.data.number}` : datasetVersionId}
            </ObjectLink>
          ) : null,
        ],
        [
          'Evaluation',
          version.evaluationId ? (
            <ObjectLink key="evaluation" type="evaluation" id={version.evaluationId}>
              Gate report
            </ObjectLink>
          ) : null,
        ],
        ['Source', version.source ? <code key="source">{version.source}</code> : null],
        ['Digest', version.digest ? <ShortId key="digest" value={version.digest} length={16} /> : null],
        ['Size', version.sizeBytes === null ? null : formatBytes(version.sizeBytes)],
        ['Run elsewhere', version.runLink || null],
        ['Registered by', version.createdBy],
        ['Registered', <RelativeTime key="at" at={version.createdAt} />],
        ['Stage', version.stage === 'None' ? null : version.stage],
        ['Tags', <TagList key="tags" tags={version.tags} />],
      ]}
    />
  );
};

const VersionScreen = () => {
  const project = useProject();
  const params = { project, modelVersion: useParam('version') };
  const read = useRead(getModelVersion, { params });
  const evaluationId = read.data?.evaluationId ?? null;
  const evaluation = useQuery({
    ...queryFor(getEvaluation, { params: { project, evaluation: evaluationId ?? '' } }),
    enabled: evaluationId !== null,
  });
  if (read.error && !read.data)
    return (
      <>
        <h1 className="sr-only">Model version</h1>
        <ErrorState error={read.error} onRetry={() => void read.refetch()} />
      </>
    );
  if (!read.data)
    return (
      <Loading label="Loading the version">
        <Skeleton className="mt-7 mb-4 h-7 w-64" />
        <Skeleton className="h-96 w-full" />
      </Loading>
    );
  const version = read.data;
  const overview = () => (
    <div className="grid items-start gap-3 lg:grid-cols-2">
      <div className="flex min-w-0 flex-col gap-3">
        {version.note ? (
          <Card title="Description">
            <Markdown text={version.note} top={3} />
          </Card>
        ) : null}
        <ApprovalCard version={version} verdict={evaluation.data?.gate.verdict} />
        <RequestsCard version={version} />
        <TestsCard version={version} />
        <GateSummary
          evaluationId={evaluationId}
          evaluation={evaluation.data}
          error={evaluation.error}
          onRetry={() => void evaluation.refetch()}
        />
      </div>
      <div className="flex min-w-0 flex-col gap-3">
        <Card title="Made from">
          <Origin version={version} />
        </Card>
        {version.signature ? (
          <Card title="Signature" flush>
            <SignatureTable signature={version.signature} />
          </Card>
        ) : null}
      </div>
    </div>
  );
  return (
    <ObjectPage
      trail={[
        { label: 'Registry', path: 'registry' },
        { label: version.modelName, path: `registry/${version.modelId}` },
      ]}
      kind="Model version"
      name={version.modelName}
      version={`v${version.number}`}
      health={version.approval.state}
      facts={version.aliases.map((alias) => <AliasBadge key={alias} alias={alias} />)}
      actions={
        <>
          <ScreenLink to={`/p/${project}/registry/compare?to=${version.id}`} className={buttonClass()}>
            Compare
          </ScreenLink>
          {version.format === 'onnx' ? (
            <a href={client.address(downloadModel, { params })} download className={buttonClass()}>
              <Download aria-hidden size={14} /> Download
            </a>
          ) : null}
          <VersionActions version={version} />
        </>
      }
      tabs={[
        { id: 'overview', label: 'Overview', content: overview },
        { id: 'files', label: 'Files and signature', content: () => <FilesTab version={version} /> },
        { id: 'lineage', label: 'Lineage', content: () => <LineageGraph type="model-version" id={version.id} /> },
        {
          id: 'activity',
          label: 'Activity',
          content: () => <ActivityList resourceType="model-version" resourceId={version.id} />,
        },
      ]}
    />
  );
};
export default VersionScreen;
