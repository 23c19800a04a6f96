import { type Run, getMetricHistory } from '@millwright/contract';
import { useQueries } from '@tanstack/react-query';
import { useMemo } from 'react';
import { queryFor } from '../../api/queries.ts';
import { useProject, useScreenSearch } from '../../app/location.ts';
import { SeriesChart } from '../../charts/draw/series-chart.tsx';
import { type MetricAxis, metricPoints } from '../../charts/prepare/metric-points.ts';
import { prepareSeries } from '../../charts/prepare/series.ts';
import { Select } from '../../ui/field.tsx';
import { ErrorState, Loading, Skeleton } from '../../ui/states.tsx';
import { runTitle } from './run-values.ts';

const heightPx = 230;
const pointsAsked = 2000;

/** How curves are drawn; in the address, so that all of them and whoever gets the link see the same. */
export const useCurveForm = () => {
  const [search] = useScreenSearch();
  return { axis: (search['axis'] ?? 'step') as MetricAxis, smoothing: Number(search['smoothing'] ?? 0) / 100 };
};

export const CurveForm = () => {
  const [search, change] = useScreenSearch();
  const smoothing = search['smoothing'] ?? '0';
  return (
    <div className="mb-3 flex flex-wrap items-center gap-x-5 gap-y-2">
      <Select
        label="Across"
        hideLabel
        choices={[
          { value: 'step', label: 'By step' },
          { value: 'time', label: 'By time since the start' },
        ]}
        value={search['axis'] ?? 'step'}
        onChange={(event) => change({ axis: event.target.value === 'step' ? null : event.target.value })}
      />
      <label className="flex min-h-8 items-center gap-2 text-sm">
        Smoothing
        <input
          type="range"
          min={0}
          max={99}
          value={smoothing}
          onChange={(event) => change({ smoothing: event.target.value === '0' ? null : event.target.value })}
          className="w-36 accent-(--accent)"
        />
        <span className="w-9 tabular-nums">{(Number(smoothing) / 100).toFixed(2)}</span>
      </label>
    </div>
  );
};

/** One metric of one or more runs. Bold is smoothed, pale is raw; a band spans what lies between the drawn points. */
export const Curve = ({ metric, runs }: { metric: string; runs: readonly Run[] }) => {
  const project = useProject();
  const { axis, smoothing } = useCurveForm();
  const owners = useMemo(() => runs.filter((run) => metric in run.metrics), [runs, metric]);
  const histories = useQueries({
    queries: owners.map((run) =>
      queryFor(getMetricHistory, { params: { project, run: run.id }, query: { key: metric, points: pointsAsked } }),
    ),
    combine: (results) => ({
      data: results.map((result) => result.data),
      pending: results.some((result) => result.isPending),
      error: results.find((result) => result.error)?.error ?? null,
      retry: () => results.forEach((result) => void result.refetch()),
    }),
  });
  const prepared = useMemo(
    () =>
      prepareSeries(
        owners.map((run, index) => ({
          entity: runs.length === 1 ? metric : run.id,
          label: runs.length === 1 ? metric : runTitle(run),
          points: metricPoints(histories.data[index]?.points ?? [], axis, run.startedAt),
        })),
        { what: metric, xKind: axis === 'step' ? 'step' : 'elapsed', smoothing, limit: 20 },
      ),
    [owners, histories.data, axis, smoothing, metric, runs.length],
  );
  if (histories.error) return <ErrorState error={histories.error} onRetry={histories.retry} />;
  if (histories.pending)
    return (
      <Loading label={`Loading ${metric}`}>
        <Skeleton className="mb-1 h-7 w-32" />
        <Skeleton className="h-[230px] w-full" />
      </Loading>
    );
  return <SeriesChart title={metric} prepared={prepared} height={heightPx} syncKey={`curves-${axis}`} />;
};
