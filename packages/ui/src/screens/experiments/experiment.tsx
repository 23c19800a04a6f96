import { type Experiment, countRuns, getExperiment } from '@millwright/contract';
import { useRead } from '../../api/queries.ts';
import { ActivityList } from '../../app/activity-list.tsx';
import { useParam, useProject } from '../../app/location.ts';
import { Markdown } from '../../markdown/markdown.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Card, KeyValue } from '../../ui/card.tsx';
import { ShortId } from '../../ui/code.tsx';
import { LoadedPage } from '../../ui/loaded.tsx';
import { ObjectPage } from '../../ui/object-header.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { ExperimentActions } from './experiment-actions.tsx';
import { ForeignId } from './foreign-id.tsx';
import { RunsTable } from './runs-table.tsx';
import { TrashNote } from './trash-note.tsx';

const ExperimentPage = ({ experiment }: { experiment: Experiment }) => {
  const tags = Object.entries(experiment.tags).filter(([key]) => key !== 'mlflow.note.content');
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
              <Card title="This experiment">
                <KeyValue
                  columns={2}
                  pairs={[
                    ['Id', <ShortId key="id" value={experiment.id} />],
                    ["MLflow's id", <ForeignId key="number" value={String(experiment.number)} />],
                    [
                      'Description',
                      experiment.description ? <Markdown key="text" text={experiment.description} top={3} /> : null,
                    ],
                    ['Runs, with the trash', experiment.runCount],
                    ['Last run', <RelativeTime key="last" at={experiment.lastRunAt} />],
                    [
                      'Tags',
                      tags.length > 0
                        ? tags.map(([key, value]) => <Badge key={key} className="mr-1">{`${key}: ${value}`}</Badge>)
                        : null,
                    ],
                    ['Files of its clients', experiment.artifactLocation],
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
    </>
  );
};

const ExperimentScreen = () => {
  const experiment = useRead(getExperiment, { params: { project: useProject(), experiment: useParam('experiment') } });
  return <LoadedPage query={experiment}>{(data) => <ExperimentPage experiment={data} />}</LoadedPage>;
};
export default ExperimentScreen;
