import {
  type Model,
  type ModelVersion,
  getModel,
  getModelPolicy,
  listEndpoints,
  listModelVersions,
} from '@millwright/contract';
import { useRead } from '../../api/queries.ts';
import { useRows } from '../../api/rows.ts';
import { ActivityList } from '../../app/activity-list.tsx';
import { ObjectLink } from '../../app/links.tsx';
import { useParam, useProject } from '../../app/location.ts';
import { Markdown } from '../../markdown/markdown.tsx';
import { Status } from '../../ui/badge.tsx';
import { Card, KeyValue } from '../../ui/card.tsx';
import { ObjectPage } from '../../ui/object-header.tsx';
import { EmptyState, ErrorState, Loading, Skeleton } from '../../ui/states.tsx';
import { worstOf } from '../../ui/status.ts';
import { RelativeTime } from '../../ui/time.tsx';
import { AliasesCard } from './aliases-card.tsx';
import { ModelActions } from './model-actions.tsx';
import { ModelLineage } from './model-lineage.tsx';
import { PolicyCard } from './policy-card.tsx';
import { TagList } from './tag-list.tsx';
import { TestMatrix } from './test-matrix.tsx';
import { VersionTimeline } from './version-timeline.tsx';
import { approvalWords } from './words.ts';

/** Who approves: where a policy names people, its rules hold and not the mode of the model. */
const ApprovalMode = ({ model }: { model: Model }) => {
  const policy = useRead(getModelPolicy, { params: { project: useProject(), model: model.id } });
  const people = (policy.data?.effective.approvals.length ?? 0) > 0;
  return people ? 'By people: see Approvals and protection' : approvalWords[model.approval];
};

const idOf = (version: ModelVersion) => version.id;

const ModelScreen = () => {
  const project = useProject();
  const params = { project, model: useParam('model') };
  const model = useRead(getModel, { params });
  const versions = useRows(listModelVersions, { params }, idOf, { pageSize: 50 });
  const everywhere = useRead(listEndpoints, { params: { project }, query: { limit: 1000 } });
  if (model.error && !model.data)
    return (
      <>
        <h1 className="sr-only">Model</h1>
        <ErrorState error={model.error} onRetry={() => void model.refetch()} />
      </>
    );
  if (!model.data)
    return (
      <Loading label="Loading the model">
        <Skeleton className="mt-7 mb-4 h-7 w-64" />
        <Skeleton className="h-96 w-full" />
      </Loading>
    );
  const one = model.data;
  const endpoints = everywhere.data?.items.filter((endpoint) => endpoint.modelId === one.id) ?? [];
  const timeline = versions.error ? (
    <ErrorState error={versions.error} onRetry={versions.retry} />
  ) : versions.loading ? (
    <Loading label="Loading versions">
      {[0, 1, 2, 3].map((index) => (
        <Skeleton key={index} className="mb-3 h-11 w-full" />
      ))}
    </Loading>
  ) : versions.rows.length === 0 ? (
    <EmptyState
      title="No versions yet"
      text="Register the model of a training run."
      command={`millwright models register ${one.name} --run-id RUN --project ${project}`}
    />
  ) : (
    <VersionTimeline rows={versions} />
  );
  const overview = () => (
    <div className="grid items-start gap-3 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
      <div className="flex min-w-0 flex-col gap-3">
        {one.description ? (
          <Card title="Description">
            <Markdown text={one.description} top={3} />
          </Card>
        ) : null}
        <Card title="Versions">{timeline}</Card>
      </div>
      <div className="flex min-w-0 flex-col gap-3">
        <AliasesCard model={one} versions={versions.rows} endpoints={endpoints} />
        <PolicyCard model={one} />
        <Card title="Served by" flush>
          {endpoints.length === 0 ? (
            <p className="px-3 py-4 text-muted">No endpoint serves this model.</p>
          ) : (
            <ul>
              {endpoints.map((endpoint) => (
                <li key={endpoint.id} className="flex items-center gap-3 border-b border-line px-3 py-2 last:border-0">
                  <Status state={endpoint.health} />
                  <ObjectLink type="endpoint" id={endpoint.id}>
                    {endpoint.name}
                  </ObjectLink>
                </li>
              ))}
            </ul>
          )}
        </Card>
        <Card title="Facts">
          <KeyValue
            pairs={[
              ['Approval', <ApprovalMode key="mode" model={one} />],
              ['Tags', <TagList key="tags" tags={one.tags} />],
              ['Versions', one.versionCount],
              ['Created', <RelativeTime key="created" at={one.createdAt} />],
              ['Changed', <RelativeTime key="changed" at={one.updatedAt} />],
            ]}
          />
        </Card>
      </div>
    </div>
  );
  return (
    <ObjectPage
      trail={[{ label: 'Registry', path: 'registry' }]}
      kind="Model"
      name={one.name}
      {...(one.aliases['champion'] ? { version: `champion v${one.aliases['champion'].number}` } : {})}
      health={worstOf(endpoints.map((endpoint) => endpoint.health))}
      owner={one.owner}
      actions={<ModelActions model={one} servedBy={endpoints.map((endpoint) => endpoint.name)} />}
      tabs={[
        { id: 'overview', label: 'Overview', content: overview },
        { id: 'tests', label: 'Tests', content: () => <TestMatrix model={one} /> },
        { id: 'lineage', label: 'Lineage', content: () => <ModelLineage model={one} versions={versions.rows} /> },
        {
          id: 'activity',
          label: 'Activity',
          content: () => <ActivityList resourceType="model" resourceId={one.id} />,
        },
      ]}
    />
  );
};
export default ModelScreen;
