import { type Rollout, getEndpoint, getRollout } from '@millwright/contract';
import { useQuery } from '@tanstack/react-query';
import { CircleCheck, CirclePause, CirclePlay, RotateCcw } from 'lucide-react';
import { useState } from 'react';
import { queryFor, useRead } from '../../api/queries.ts';
import { ActivityList } from '../../app/activity-list.tsx';
import { ObjectLink } from '../../app/links.tsx';
import { useParam, useProject } from '../../app/location.ts';
import { useMay } from '../../app/session.tsx';
import { EvidenceBars } from '../../charts/draw/evidence-bars.tsx';
import { TrafficBar } from '../../charts/draw/traffic-bar.tsx';
import { prepareEvidence } from '../../charts/prepare/evidence.ts';
import { prepareShares } from '../../charts/prepare/shares.ts';
import { LineageGraph } from '../../graph/lineage-graph.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card, KeyValue } from '../../ui/card.tsx';
import { formatCount, formatNumber, formatPercent } from '../../ui/format.ts';
import { ObjectPage } from '../../ui/object-header.tsx';
import { ErrorState, Loading, Skeleton } from '../../ui/states.tsx';
import type { Tone } from '../../ui/status.ts';
import { Duration, RelativeTime } from '../../ui/time.tsx';
import { Timeline } from '../../ui/timeline.tsx';
import { DecideRollout, type ManualDecision, decisionWords } from './decide-dialog.tsx';
import { RolloutArms } from './rollout-arms.tsx';
import { RolloutSteps } from './rollout-steps.tsx';
import { rolloutTraffic } from './traffic.ts';

const allowed: Record<string, readonly ManualDecision[]> = {
  running: ['promote', 'pause', 'roll-back'],
  paused: ['promote', 'resume', 'roll-back'],
};
const icons = { promote: CircleCheck, pause: CirclePause, resume: CirclePlay, 'roll-back': RotateCcw };
const tones: Record<Rollout['decisions'][number]['decision'], Tone> = {
  start: 'info',
  advance: 'info',
  promote: 'good',
  'roll-back': 'bad',
  pause: 'warn',
  resume: 'info',
  abort: 'idle',
};
const words: Record<Rollout['decisions'][number]['decision'], string> = {
  start: 'Started',
  advance: 'Advanced',
  promote: 'Promoted',
  'roll-back': 'Rolled back',
  pause: 'Paused',
  resume: 'Resumed',
  abort: 'Aborted',
};

const Decisions = ({ rollout }: { rollout: Rollout }) => (
  <Card title="Decisions">
    <Timeline
      label="Decisions"
      entries={[...rollout.decisions].reverse().map((entry, index) => ({
        id: `${entry.at}-${index}`,
        at: entry.at,
        tone: tones[entry.decision],
        title: (
          <>
            <span className="font-medium">{words[entry.decision]}</span>
            <Badge>{formatPercent(entry.weight)}</Badge>
            <span className="text-xs text-muted">by {entry.by}</span>
          </>
        ),
        text: entry.reason,
      }))}
    />
  </Card>
);

const Policy = ({ rollout }: { rollout: Rollout }) => {
  const { policy } = rollout;
  return (
    <Card title="Policy">
      <KeyValue
        pairs={[
          ['Alpha', formatNumber(policy.alpha)],
          ['Loss margin', formatNumber(policy.lossMargin)],
          ['Failure margin', formatNumber(policy.errorMargin)],
          ['Labels per step', policy.minLabelsPerStep === undefined ? null : formatCount(policy.minLabelsPerStep)],
          ['Pauses after', policy.maxLabels === undefined ? null : `${formatCount(policy.maxLabels)} labels`],
          [
            'Pipeline run',
            rollout.pipelineRunId ? (
              <ObjectLink key="run" type="pipeline-run" id={rollout.pipelineRunId}>
                started it
              </ObjectLink>
            ) : null,
          ],
          ['Started', <RelativeTime key="started" at={rollout.startedAt} />],
          ['Took', <Duration key="took" from={rollout.startedAt} to={rollout.endedAt} />],
        ]}
      />
    </Card>
  );
};

const RolloutScreen = () => {
  const project = useProject();
  const read = useRead(getRollout, { params: { project, rollout: useParam('rollout') } });
  const endpointId = read.data?.endpointId ?? '';
  const endpoint = useQuery({
    ...queryFor(getEndpoint, { params: { project, endpoint: endpointId } }),
    enabled: endpointId !== '',
  });
  const may = useMay('rollout:decide');
  const [open, setOpen] = useState<ManualDecision | null>(null);
  if (read.error && !read.data)
    return (
      <>
        <h1 className="sr-only">Rollout</h1>
        <ErrorState error={read.error} onRetry={() => void read.refetch()} />
      </>
    );
  if (!read.data)
    return (
      <Loading label="Loading the rollout">
        <Skeleton className="mt-7 mb-4 h-7 w-64" />
        <Skeleton className="h-96 w-full" />
      </Loading>
    );
  const rollout = read.data;
  const task = endpoint.data?.signature?.task;
  const overview = () => (
    <div className="flex flex-col gap-3">
      <Card>
        <TrafficBar title="Traffic" prepared={prepareShares(rolloutTraffic(rollout), 'Traffic')} />
        <div className="mt-4">
          <RolloutSteps rollout={rollout} />
        </div>
      </Card>
      <div className="grid items-start gap-3 lg:grid-cols-2">
        <div className="flex min-w-0 flex-col gap-3">
          <Card title="Champion and challenger">
            <RolloutArms rollout={rollout} task={task} />
          </Card>
          <Card>
            <EvidenceBars title="Evidence" prepared={prepareEvidence(rollout)} />
            {task === 'regression' ? (
              <p className="mt-2 text-xs text-muted">
                Losses that are numbers are decided by bounds: their bars jump to the threshold once a bound is crossed.
              </p>
            ) : null}
          </Card>
        </div>
        <div className="flex min-w-0 flex-col gap-3">
          <Decisions rollout={rollout} />
          <Policy rollout={rollout} />
        </div>
      </div>
    </div>
  );
  return (
    <>
      <ObjectPage
        trail={[
          { label: 'Serving', path: 'serving' },
          { label: rollout.endpointName, path: `serving/${rollout.endpointId}` },
        ]}
        kind="Rollout"
        name={`v${rollout.champion.number} to v${rollout.challenger.number}`}
        health={rollout.state}
        facts={<span className="text-muted">{rollout.endedAt === null ? null : rollout.reason}</span>}
        actions={allowed[rollout.state]?.map((decision) => {
          const Icon = icons[decision];
          return (
            <Button
              key={decision}
              tone={decision === 'promote' ? 'primary' : decision === 'roll-back' ? 'danger' : 'plain'}
              disabled={!may}
              title={may ? undefined : 'Needs rollout:decide'}
              icon={<Icon aria-hidden size={14} />}
              onClick={() => setOpen(decision)}
            >
              {decisionWords[decision]}
            </Button>
          );
        })}
        tabs={[
          { id: 'overview', label: 'Overview', content: overview },
          { id: 'lineage', label: 'Lineage', content: () => <LineageGraph type="rollout" id={rollout.id} /> },
          {
            id: 'activity',
            label: 'Activity',
            content: () => <ActivityList resourceType="rollout" resourceId={rollout.id} />,
          },
        ]}
      />
      {open ? <DecideRollout rollout={rollout} decision={open} onClose={() => setOpen(null)} /> : null}
    </>
  );
};
export default RolloutScreen;
