import { type Reproduction, type Run, listReproductions, reproductionTags } from '@millwright/contract';
import { useRead } from '../../api/queries.ts';
import { ObjectLink } from '../../app/links.tsx';
import { useProject } from '../../app/location.ts';
import { BulletBars } from '../../charts/draw/bullet-bars.tsx';
import { type BulletInput, prepareBullets } from '../../charts/prepare/bullet.ts';
import { Status } from '../../ui/badge.tsx';
import { Card } from '../../ui/card.tsx';
import { formatNumber } from '../../ui/format.ts';
import { EmptyState, ErrorState, Loading, Skeleton } from '../../ui/states.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { ReproducibilityCard } from './reproducibility-card.tsx';

const drawnAtMost = 12;
const states = { running: 'running', failed: 'failed', same: 'passed', within: 'passed', different: 'warning' };
const words = { same: 'Exactly the same', within: 'Within the tolerance', different: 'Different' };

/** How far each metric lies from that of the original, beside how far it may. */
const barsOf = (metrics: Reproduction['metrics']): BulletInput[] =>
  metrics
    .filter(({ difference, tolerance }) => difference !== null && tolerance !== null)
    .slice(0, drawnAtMost)
    .map(({ key, difference, tolerance, original, reproduced, outcome, basis }) => ({
      label: key,
      value: Math.abs(difference ?? 0),
      threshold: tolerance,
      direction: 'at-most',
      ownScale: true,
      passed: outcome !== 'different',
      message: `${formatNumber(original)} before, ${formatNumber(reproduced)} now${
        basis === 'seeds' ? '; may differ as runs with other seeds do' : ''
      }`,
    }));

const Report = ({ found }: { found: Reproduction }) => {
  const bars = barsOf(found.metrics);
  const missing = found.metrics.filter(({ outcome }) => outcome === 'missing');
  return (
    <li className="border-b border-line px-3 py-3 last:border-0">
      <div className="mb-1 flex flex-wrap items-center gap-2">
        <Status
          state={states[found.outcome]}
          {...(found.outcome in words ? { label: words[found.outcome as keyof typeof words] } : {})}
        />
        <ObjectLink type="run" id={found.runId}>
          {found.runName}
        </ObjectLink>
        {found.pipelineRunId ? (
          <ObjectLink type="pipeline-run" id={found.pipelineRunId}>
            its pipeline run
          </ObjectLink>
        ) : null}
        <span className="flex-1" />
        <span className="text-xs text-muted">
          <RelativeTime at={found.startedAt} />
        </span>
      </div>
      <p className="mb-2">{found.sentence}</p>
      {bars.length > 0 && found.outcome !== 'running' && found.outcome !== 'failed' ? (
        <BulletBars title="How far the metrics lie apart" prepared={prepareBullets(bars)} />
      ) : null}
      {missing.length > 0 ? (
        <p className="mt-2 text-xs text-muted">
          In one of the two runs only:{' '}
          {missing
            .slice(0, 10)
            .map(({ key }) => key)
            .join(', ')}
          {missing.length > 10 ? ', …' : ''}.
        </p>
      ) : null}
    </li>
  );
};

const Reports = ({ run }: { run: Run }) => {
  // A run that repeats another is shown beside that one.
  const original = run.tags[reproductionTags.reproduces];
  const found = useRead(listReproductions, { params: { project: useProject(), run: original ?? run.id }, query: {} });
  const items = (found.data?.items ?? []).filter((one) => original === undefined || one.runId === run.id);
  const title =
    original === undefined ? (
      'Runs that repeat this one'
    ) : (
      <>
        Compared with{' '}
        <ObjectLink type="run" id={original}>
          the run it repeats
        </ObjectLink>
      </>
    );
  return (
    <Card title={title} flush={items.length > 0}>
      {found.error ? (
        <ErrorState error={found.error} onRetry={() => void found.refetch()} />
      ) : !found.data ? (
        <Loading>
          <Skeleton className="h-40 w-full" />
        </Loading>
      ) : items.length === 0 ? (
        <EmptyState
          title="Nobody has run it again yet"
          text="Reproduce it to see whether the same code, data, packages and seed give the same metrics."
        />
      ) : (
        <ul>
          {items.map((one) => (
            <Report key={one.runId} found={one} />
          ))}
        </ul>
      )}
    </Card>
  );
};

const RunReproduction = ({ run }: { run: Run }) => (
  <div className="grid items-start gap-3 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
    <Reports run={run} />
    <ReproducibilityCard run={run} />
  </div>
);
export default RunReproduction;
