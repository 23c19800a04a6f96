import { type Run, getRun } from '@millwright/contract';
import { Pencil } from 'lucide-react';
import { useState } from 'react';
import { useRead } from '../../api/queries.ts';
import { ActivityList } from '../../app/activity-list.tsx';
import { useParam, useProject } from '../../app/location.ts';
import { useMay } from '../../app/session.tsx';
import { LineageGraph } from '../../graph/lineage-graph.tsx';
import { Button } from '../../ui/button.tsx';
import { LoadedPage } from '../../ui/loaded.tsx';
import { ObjectPage } from '../../ui/object-header.tsx';
import { EmptyState } from '../../ui/states.tsx';
import { CurveForm, Curve } from './curves.tsx';
import { EditRun } from './edit-run.tsx';
import { RunArtifacts } from './run-artifacts.tsx';
import { RunOverview } from './run-overview.tsx';
import { runTitle } from './run-values.ts';

const Curves = ({ run }: { run: Run }) => {
  const keys = Object.keys(run.metrics);
  if (keys.length === 0)
    return (
      <EmptyState
        title="No metric was logged yet"
        text={run.status === 'running' ? 'Curves appear here while the run goes on.' : 'This run ended without one.'}
      />
    );
  return (
    <>
      <CurveForm />
      <div className="grid gap-5 xl:grid-cols-2">
        {keys.map((key) => (
          <Curve key={key} metric={key} runs={[run]} />
        ))}
      </div>
    </>
  );
};

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
            content: () => <Curves run={run} />,
          },
          { id: 'artifacts', label: 'Artifacts', content: () => <RunArtifacts run={run} /> },
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
