import { type Run, listEvaluations, runTags } from '@millwright/contract';
import { useRead } from '../../api/queries.ts';
import { ObjectLink } from '../../app/links.tsx';
import { useProject } from '../../app/location.ts';
import { mlflowIdOf } from '../../app/mlflow-id.ts';
import { Status } from '../../ui/badge.tsx';
import { Card, KeyValue } from '../../ui/card.tsx';
import { ShortId } from '../../ui/code.tsx';
import { formatCount } from '../../ui/format.ts';
import { Duration, RelativeTime } from '../../ui/time.tsx';
import { ChildRuns, ParentRun } from './child-runs.tsx';
import { FactList } from './fact-list.tsx';
import { ForeignId } from './foreign-id.tsx';
import { RunMetrics } from './run-metrics.tsx';
import { AddTag, RunNote } from './run-notes.tsx';
import { TriedCard } from './tried-card.tsx';

const Evaluations = ({ run }: { run: Run }) => {
  const evaluations = useRead(listEvaluations, { params: { project: useProject() }, query: { runId: run.id } });
  if (!evaluations.data || evaluations.data.items.length === 0) return null;
  return (
    <Card title="Gate reports" flush>
      <ul>
        {evaluations.data.items.map((evaluation) => (
          <li
            key={evaluation.id}
            className="flex flex-wrap items-center gap-3 border-b border-line px-3 py-1.5 last:border-0"
          >
            <Status state={evaluation.gate.verdict} />
            <ObjectLink type="evaluation" id={evaluation.id}>
              Evaluation on {formatCount(evaluation.rows)} rows
            </ObjectLink>
            <span className="text-xs text-faint">
              <RelativeTime at={evaluation.createdAt} />
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
};

/** What other tabs show as what it is. */
const shownElsewhere = new Set<string>([...Object.values(runTags), 'mlflow.note.content']);
const tagsShown = (run: Run) =>
  Object.fromEntries(Object.entries(run.tags).filter(([key]) => !shownElsewhere.has(key)));

export const RunOverview = ({ run }: { run: Run }) => (
  <div className="grid items-start gap-3 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
    <div className="flex min-w-0 flex-col gap-3">
      <RunMetrics run={run} />
      <ChildRuns run={run} />
      <RunNote run={run} />
      <Evaluations run={run} />
    </div>
    <div className="flex min-w-0 flex-col gap-3">
      <Card title="This run">
        <KeyValue
          pairs={[
            ['Id', <ShortId key="id" value={run.id} />],
            ["MLflow's run id", <ForeignId key="mlflow" value={mlflowIdOf(run.id)} />],
            [
              'Experiment',
              <span key="experiment">
                <ObjectLink type="experiment" id={run.experimentId}>
                  {run.experimentName}
                </ObjectLink>{' '}
                <span className="text-faint" title="What MLflow's clients call the experiment id">
                  number {run.experimentNumber}
                </span>
              </span>,
            ],
            ['Started', <RelativeTime key="started" at={run.startedAt} />],
            ['Took', <Duration key="took" from={run.startedAt} to={run.endedAt} />],
            ['User', run.userId && run.userId !== run.owner ? run.userId : null],
            ['Part of', run.parentRunId ? <ParentRun key="parent" id={run.parentRunId} /> : null],
          ]}
        />
      </Card>
      <TriedCard run={run} />
      <FactList title="Parameters" values={run.parameters} />
      <FactList title="Tags" values={tagsShown(run)}>
        <AddTag run={run} />
      </FactList>
    </div>
  </div>
);
