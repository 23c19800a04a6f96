import { type Experiment, getExperiment } from '@millwright/contract';
import { useRead } from '../../api/queries.ts';
import { ActivityList } from '../../app/activity-list.tsx';
import { useParam, useProject } from '../../app/location.ts';
import { Card, KeyValue } from '../../ui/card.tsx';
import { ShortId } from '../../ui/code.tsx';
import { LoadedPage } from '../../ui/loaded.tsx';
import { ObjectPage } from '../../ui/object-header.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { RunsTable } from './runs-table.tsx';

const ExperimentPage = ({ experiment }: { experiment: Experiment }) => (
  <ObjectPage
    trail={[{ label: 'Experiments', path: 'experiments/list' }]}
    kind="Experiment"
    name={experiment.name}
    owner={experiment.owner}
    tabs={[
      {
        id: 'runs',
        label: 'Runs',
        count: experiment.runCount,
        content: () => <RunsTable experiment={experiment.id} />,
      },
      {
        id: 'overview',
        label: 'Overview',
        content: () => (
          <Card title="This experiment">
            <KeyValue
              columns={2}
              pairs={[
                ['Id', <ShortId key="id" value={experiment.id} />],
                ['Description', experiment.description || null],
                ['Runs', experiment.runCount],
                ['Last run', <RelativeTime key="last" at={experiment.lastRunAt} />],
                ['Created', <RelativeTime key="created" at={experiment.createdAt} />],
              ]}
            />
          </Card>
        ),
      },
      {
        id: 'activity',
        label: 'Activity',
        content: () => <ActivityList resourceType="experiment" resourceId={experiment.id} />,
      },
    ]}
  />
);

const ExperimentScreen = () => {
  const experiment = useRead(getExperiment, { params: { project: useProject(), experiment: useParam('experiment') } });
  return <LoadedPage query={experiment}>{(data) => <ExperimentPage experiment={data} />}</LoadedPage>;
};
export default ExperimentScreen;
