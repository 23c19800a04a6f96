import { type Run, getRun } from '@millwright/contract';
import { Pencil } from 'lucide-react';
import { type ReactNode, Suspense, lazy, useState } from 'react';
import { useRead } from '../../api/queries.ts';
import { ActivityList } from '../../app/activity-list.tsx';
import { useParam, useProject } from '../../app/location.ts';
import { useMay } from '../../app/session.tsx';
import { LineageGraph } from '../../graph/lineage-graph.tsx';
import { Button } from '../../ui/button.tsx';
import { LoadedPage } from '../../ui/loaded.tsx';
import { ObjectPage } from '../../ui/object-header.tsx';
import { Loading, Skeleton } from '../../ui/states.tsx';
import { EditRun } from './edit-run.tsx';
import { RunOverview } from './run-overview.tsx';
import { runTitle } from './run-values.ts';

const RunCurves = lazy(() => import('./run-curves.tsx'));
const RunArtifacts = lazy(() => import('./run-artifacts.tsx'));
const later = (content: ReactNode) => (
  <Suspense
    fallback={
      <Loading>
        <Skeleton className="h-80 w-full" />
      </Loading>
    }
  >
    {content}
  </Suspense>
);

const RunPage = ({ run }: { run: Run }) => {
  const may = useMay('run:write');
  const [editing, setEditing] = useState(false);
  return (
    <>
      <ObjectPage
        trail={[
          { label: 'Experiments', path: 'experiments/list' },
          { label: run.experimentName, path: `experiments/${run.experimentId}` },
        ]}
        kind="Run"
        name={runTitle(run)}
        health={run.status}
        owner={run.owner}
        actions={
          <Button
            icon={<Pencil aria-hidden size={13} />}
            disabled={!may}
            title={may ? undefined : 'Needs run:write'}
            onClick={() => setEditing(true)}
          >
            Edit
          </Button>
        }
        tabs={[
          { id: 'overview', label: 'Overview', content: () => <RunOverview run={run} /> },
          {
            id: 'metrics',
            label: 'Metrics',
            count: Object.keys(run.metrics).length,
            content: () => later(<RunCurves run={run} />),
          },
          { id: 'artifacts', label: 'Artifacts', content: () => later(<RunArtifacts run={run} />) },
          { id: 'lineage', label: 'Lineage', content: () => <LineageGraph type="run" id={run.id} /> },
          {
            id: 'activity',
            label: 'Activity',
            content: () => <ActivityList resourceType="run" resourceId={run.id} />,
          },
        ]}
      />
      {editing ? <EditRun run={run} onClose={() => setEditing(false)} /> : null}
    </>
  );
};

const RunScreen = () => {
  const run = useRead(getRun, { params: { project: useProject(), run: useParam('run') } });
  return <LoadedPage query={run}>{(data) => <RunPage run={data} />}</LoadedPage>;
};
export default RunScreen;
