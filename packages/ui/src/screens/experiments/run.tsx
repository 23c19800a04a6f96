import { type Run, deleteRun, getRun, restoreRun } from '@millwright/contract';
import { Pencil, RotateCcw, Trash2 } from 'lucide-react';
import { type ReactNode, Suspense, lazy, useState } from 'react';
import { useRead } from '../../api/queries.ts';
import { ActivityList } from '../../app/activity-list.tsx';
import { useParam, useProject } from '../../app/location.ts';
import { useMay } from '../../app/session.tsx';
import { LineageGraph } from '../../graph/lineage-graph.tsx';
import { ActionDialog } from '../../ui/action-dialog.tsx';
import { Button } from '../../ui/button.tsx';
import { LoadedPage } from '../../ui/loaded.tsx';
import { ObjectPage } from '../../ui/object-header.tsx';
import { Loading, Skeleton } from '../../ui/states.tsx';
import { EditRun } from './edit-run.tsx';
import { RunOverview } from './run-overview.tsx';
import { ownMetricsOf, runTitle } from './run-values.ts';
import { TrashNote } from './trash-note.tsx';

const RunCurves = lazy(() => import('./run-curves.tsx'));
const RunArtifacts = lazy(() => import('./run-artifacts.tsx'));
const RunReproduction = lazy(() => import('./run-reproduction.tsx'));
const Environment = lazy(() => import('./context/environment.tsx'));
const Output = lazy(() => import('./context/output.tsx'));
const System = lazy(() => import('./context/system.tsx'));
const Media = lazy(() => import('./context/media.tsx'));
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
  const project = useProject();
  const [open, setOpen] = useState<'edit' | 'move' | null>(null);
  const close = () => setOpen(null);
  const isDeleted = run.deletedAt !== null;
  const rights = { disabled: !may, title: may ? undefined : 'Needs run:write' };
  return (
    <>
      <TrashNote what="This run" since={run.deletedAt} />
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
          <>
            {isDeleted ? null : (
              <Button icon={<Pencil aria-hidden size={13} />} {...rights} onClick={() => setOpen('edit')}>
                Edit
              </Button>
            )}
            <Button
              tone={isDeleted ? 'primary' : 'danger'}
              icon={isDeleted ? <RotateCcw aria-hidden size={13} /> : <Trash2 aria-hidden size={13} />}
              {...rights}
              onClick={() => setOpen('move')}
            >
              {isDeleted ? 'Restore' : 'Delete'}
            </Button>
          </>
        }
        tabs={[
          { id: 'overview', label: 'Overview', content: () => <RunOverview run={run} /> },
          {
            id: 'metrics',
            label: 'Metrics',
            count: ownMetricsOf(run.metrics).length,
            content: () => later(<RunCurves run={run} />),
          },
          { id: 'media', label: 'Media', content: () => later(<Media run={run} />) },
          { id: 'environment', label: 'Environment', content: () => later(<Environment run={run} />) },
          { id: 'output', label: 'Output', content: () => later(<Output run={run} />) },
          { id: 'system', label: 'System', content: () => later(<System run={run} />) },
          { id: 'artifacts', label: 'Artifacts', content: () => later(<RunArtifacts run={run} />) },
          { id: 'reproduce', label: 'Reproduce', content: () => later(<RunReproduction run={run} />) },
          { id: 'lineage', label: 'Lineage', content: () => <LineageGraph type="run" id={run.id} /> },
          {
            id: 'activity',
            label: 'Activity',
            content: () => <ActivityList resourceType="run" resourceId={run.id} />,
          },
        ]}
      />
      {open === 'edit' ? <EditRun run={run} onClose={close} /> : null}
      {open === 'move' ? (
        <ActionDialog
          operation={isDeleted ? restoreRun : deleteRun}
          input={{ params: { project, run: run.id } }}
          title={`${isDeleted ? 'Restore' : 'Delete'} ${runTitle(run)}`}
          plan={
            isDeleted
              ? 'Takes the run out of the trash, as it was.'
              : 'Moves the run into the trash, with its metrics and files. Restoring takes one click there.'
          }
          action={isDeleted ? 'Restore' : 'Delete'}
          danger={!isDeleted}
          done={isDeleted ? 'The run was restored' : 'The run is in the trash'}
          onClose={close}
        />
      ) : null}
    </>
  );
};

const RunScreen = () => {
  const run = useRead(getRun, { params: { project: useProject(), run: useParam('run') } });
  return <LoadedPage query={run}>{(data) => <RunPage run={data} />}</LoadedPage>;
};
export default RunScreen;
