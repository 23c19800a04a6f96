import { type MetricAttribution, type Run, attributeMetric } from '@millwright/contract';
import { useMemo } from 'react';
import { useRead } from '../../api/queries.ts';
import { useProject, useScreenSearch } from '../../app/location.ts';
import { WaterfallChart } from '../../charts/draw/waterfall-chart.tsx';
import { prepareWaterfall } from '../../charts/prepare/waterfall.ts';
import { Card } from '../../ui/card.tsx';
import { Select } from '../../ui/field.tsx';
import { ErrorState, Loading, Skeleton } from '../../ui/states.tsx';
import { runTitle } from './run-values.ts';

/** The begin of a commit tells it apart. */
const shown = (kind: string, value: string | null) =>
  value === null ? 'not set' : kind === 'code' ? value.replace(/[0-9a-f]{40,}/g, (id) => id.slice(0, 12)) : value;

const Parts = ({ found, from, to }: { found: MetricAttribution; from: Run; to: Run }) => {
  const prepared = prepareWaterfall(
    { label: runTitle(from), value: found.from },
    [
      ...found.factors.map(({ label, contribution, low, high }) => ({ label, value: contribution, low, high })),
      { label: 'Unexplained', value: found.remainder, low: null, high: null, isRest: true },
    ],
    { label: runTitle(to), value: found.to },
    found.metric,
  );
  const changes = found.factors.flatMap((factor) => factor.changes);
  return (
    <>
      <p className="mb-3">{found.sentence}</p>
      <WaterfallChart title={`${found.metric}, from ${runTitle(from)} to ${runTitle(to)}`} prepared={prepared} />
      {changes.length > 0 ? (
        <dl className="mt-3 flex flex-col gap-1 text-xs" aria-label="What changed">
          {changes.map((change) => (
            <div key={`${change.kind} ${change.key}`} className="grid grid-cols-[minmax(0,10rem)_minmax(0,1fr)] gap-3">
              <dt className="truncate text-muted" title={change.key}>
                {change.key}
              </dt>
              <dd className="font-mono break-all">
                {shown(change.kind, change.from)} → {shown(change.kind, change.to)}
              </dd>
            </div>
          ))}
        </dl>
      ) : null}
      <ul className="mt-3 list-disc pl-4 text-xs text-muted">
        {found.notes.map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
    </>
  );
};

const numberOf = (run: Run, metric: string) => typeof run.metrics[metric]?.last === 'number';

const isEqual = (a: Run, b: Run, metric: string) => a.metrics[metric]?.last === b.metrics[metric]?.last;

/** What the change of a metric between two of the runs is due to, by the other runs of their experiments. */
export const AttributionCard = ({ runs }: { runs: readonly Run[] }) => {
  const project = useProject();
  const [search, change] = useScreenSearch();
  const from = runs.find((run) => run.id === search['from']) ?? runs[0];
  const to =
    runs.find((run) => run.id === search['to'] && run.id !== from?.id) ?? runs.find((run) => run.id !== from?.id);
  const metrics = useMemo(
    () =>
      from && to
        ? Object.keys(from.metrics)
            .filter((key) => !key.startsWith('system/') && numberOf(from, key) && numberOf(to, key))
            .sort()
            // What did not change needs no reason.
            .sort((a, b) => Number(isEqual(from, to, a)) - Number(isEqual(from, to, b)))
        : [],
    [from, to],
  );
  const metric = metrics.find((key) => key === search['explained']) ?? metrics[0];
  if (!from || !to || metric === undefined) return null;
  const choices = runs.slice(0, 200).map((run) => ({ value: run.id, label: runTitle(run) }));
  return (
    <Card title="What is the change due to?">
      <div className="mb-3 flex flex-wrap gap-2">
        <Select
          label="The last value of"
          choices={metrics.slice(0, 500).map((key) => ({ value: key, label: key }))}
          value={metric}
          onChange={(event) => change({ explained: event.target.value })}
        />
        <Select
          label="From run"
          choices={choices.filter(({ value }) => value !== to.id)}
          value={from.id}
          onChange={(event) => change({ from: event.target.value })}
        />
        <Select
          label="To run"
          choices={choices.filter(({ value }) => value !== from.id)}
          value={to.id}
          onChange={(event) => change({ to: event.target.value })}
        />
      </div>
      <Explained project={project} from={from} to={to} metric={metric} />
    </Card>
  );
};

const Explained = ({ project, from, to, metric }: { project: string; from: Run; to: Run; metric: string }) => {
  const found = useRead(attributeMetric, { params: { project }, body: { from: from.id, to: to.id, metric } });
  if (found.error) return <ErrorState error={found.error} onRetry={() => void found.refetch()} />;
  if (!found.data)
    return (
      <Loading>
        <Skeleton className="h-40 w-full" />
      </Loading>
    );
  return <Parts found={found.data} from={from} to={to} />;
};
