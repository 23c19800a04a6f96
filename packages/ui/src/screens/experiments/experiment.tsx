import { type Experiment, countRuns, getExperiment } from '@millwright/contract';
import { Suspense, lazy } from 'react';
import { useRead } from '../../api/queries.ts';
import { ActivityList } from '../../app/activity-list.tsx';
import { useParam, useProject } from '../../app/location.ts';
import { LoadedPage } from '../../ui/loaded.tsx';
import { ObjectPage } from '../../ui/object-header.tsx';
import { Loading, Skeleton } from '../../ui/states.tsx';
import { ExperimentActions } from './experiment-actions.tsx';
import { RunsTable } from './runs-table.tsx';
import { TrashNote } from './trash-note.tsx';

const ExperimentOverview = lazy(() => import('./experiment-overview.tsx'));

const ExperimentPage = ({ experiment }: { experiment: Experiment }) => {
  const { id } = experiment;
  // Without those in the trash, which the experiment goes on counting.
  const active = useRead(countRuns, { params: { project: useProject() }, query: { experiment: id, view: 'active' } });
  return (
    <>
      <TrashNote what="This experiment" since={experiment.deletedAt} />
      <ObjectPage
        trail={[{ label: 'Experiments', path: 'experiments/list' }]}
        kind="Experiment"
        name={experiment.name}
        owner={experiment.owner}
        actions={<ExperimentActions experiment={experiment} />}
        tabs={[
          {
            id: 'runs',
            label: 'Runs',
            ...(active.data ? { count: active.data.count } : {}),
            content: () => <RunsTable experiment={experiment} />,
          },
          {
            id: 'overview',
            label: 'Overview',
            content: () => (
              <Suspense
                fallback={
                  <Loading>
                    <Skeleton className="h-64 w-full" />
                  </Loading>
                }
              >
                <ExperimentOverview experiment={experiment} />
              </Suspense>
            ),
          },
          {
            id: 'activity',
            label: 'Activity',
            content: () => <ActivityList resourceType="experiment" resourceId={experiment.id} />,
          },
        ]}
      />
    </>
  );
};

const ExperimentScreen = () => {
  const experiment = useRead(getExperiment, { params: { project: useProject(), experiment: useParam('experiment') } });
  return <LoadedPage query={experiment}>{(data) => <ExperimentPage experiment={data} />}</LoadedPage>;
};
export default ExperimentScreen;
