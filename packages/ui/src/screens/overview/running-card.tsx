import { type PipelineRun, type Rollout, listPipelineRuns, listRollouts } from '@millwright/contract';
import { useRead } from '../../api/queries.ts';
import { ObjectLink } from '../../app/links.tsx';
import { useProject } from '../../app/location.ts';
import { Status } from '../../ui/badge.tsx';
import { Card } from '../../ui/card.tsx';
import { formatPercent } from '../../ui/format.ts';
import { ErrorState, Loading, Skeleton } from '../../ui/states.tsx';
import { statusLook } from '../../ui/status.ts';
import { RelativeTime } from '../../ui/time.tsx';

const fills = { good: 'bg-good', warn: 'bg-warn', bad: 'bg-bad', info: 'bg-info', idle: 'bg-line-strong/50' };
const underWay = (run: PipelineRun) => run.state === 'running' || run.state === 'queued';

const Steps = ({ run }: { run: PipelineRun }) => (
  <ol aria-label="Steps" className="mt-1 flex gap-0.5">
    {run.steps.map((step) => {
      const { tone, word } = statusLook(step.state);
      return (
        <li key={step.name} title={`${step.name}: ${word}`} className={`h-1.5 flex-1 rounded-full ${fills[tone]}`}>
          <span className="sr-only">
            {step.name}: {word}
          </span>
        </li>
      );
    })}
  </ol>
);

const RunRow = ({ run }: { run: PipelineRun }) => (
  <li className="border-b border-line px-3 py-2 last:border-0">
    <div className="flex flex-wrap items-center gap-x-3">
      <Status state={run.state} />
      <ObjectLink
        type="pipeline-run"
        id={run.id}
        className="inline-flex min-h-6 items-center font-medium hover:text-accent hover:underline"
      >
        {run.pipelineName} #{run.number}
      </ObjectLink>
      <span className="min-w-0 flex-1 truncate text-xs text-muted">{run.trigger.reason || run.trigger.kind}</span>
      <span className="text-xs text-faint">
        <RelativeTime at={run.startedAt} />
      </span>
    </div>
    <Steps run={run} />
  </li>
);

const RolloutRow = ({ rollout }: { rollout: Rollout }) => (
  <li className="border-b border-line px-3 py-2 last:border-0">
    <div className="flex flex-wrap items-center gap-x-3">
      <Status state={rollout.state} />
      <ObjectLink
        type="rollout"
        id={rollout.id}
        className="inline-flex min-h-6 items-center font-medium hover:text-accent hover:underline"
      >
        {rollout.endpointName}: v{rollout.champion.number} to v{rollout.challenger.number}
      </ObjectLink>
      <span className="flex-1 text-xs text-muted">
        {formatPercent(rollout.weight)} of the traffic, {rollout.challenger.labelled} labels
      </span>
      <span className="text-xs text-faint">
        <RelativeTime at={rollout.startedAt} />
      </span>
    </div>
    <div aria-hidden className="mt-1 h-1.5 overflow-hidden rounded-full bg-(--series-1)">
      <div className="ml-auto h-full bg-(--series-2)" style={{ width: `${rollout.weight * 100}%` }} />
    </div>
  </li>
);

/** Pipelines and rollouts under way; when none is, the last ones. */
export const RunningCard = () => {
  const params = { project: useProject() };
  const runs = useRead(listPipelineRuns, { params, query: { limit: 20 } });
  const rollouts = useRead(listRollouts, { params, query: { limit: 20 } });
  const active = {
    runs: runs.data?.items.filter(underWay) ?? [],
    rollouts: rollouts.data?.items.filter((one) => one.state === 'running' || one.state === 'paused') ?? [],
  };
  const quiet = active.runs.length === 0 && active.rollouts.length === 0;
  const shown = quiet
    ? { runs: runs.data?.items.slice(0, 3) ?? [], rollouts: rollouts.data?.items.slice(0, 2) ?? [] }
    : active;
  const error = runs.error ?? rollouts.error;
  return (
    <Card title={quiet ? 'Last pipelines and rollouts' : 'Pipelines and rollouts under way'} flush>
      {error ? (
        <div className="p-3">
          <ErrorState
            error={error}
            onRetry={() => {
              void runs.refetch();
              void rollouts.refetch();
            }}
          />
        </div>
      ) : !runs.data || !rollouts.data ? (
        <Loading>
          <Skeleton className="m-3 h-12" />
        </Loading>
      ) : shown.runs.length + shown.rollouts.length === 0 ? (
        <p className="px-3 py-4 text-muted">No pipeline has run yet.</p>
      ) : (
        <ul>
          {shown.rollouts.map((rollout) => (
            <RolloutRow key={rollout.id} rollout={rollout} />
          ))}
          {shown.runs.map((run) => (
            <RunRow key={run.id} run={run} />
          ))}
        </ul>
      )}
    </Card>
  );
};
