import type { Experiment } from '@millwright/contract';
import { Markdown } from '../../markdown/markdown.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Card, KeyValue } from '../../ui/card.tsx';
import { ShortId } from '../../ui/code.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { ForeignId } from './foreign-id.tsx';

/** What is known of an experiment besides its runs. */
const ExperimentOverview = ({ experiment }: { experiment: Experiment }) => {
  const tags = Object.entries(experiment.tags).filter(([key]) => key !== 'mlflow.note.content');
  return (
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
  );
};
export default ExperimentOverview;
