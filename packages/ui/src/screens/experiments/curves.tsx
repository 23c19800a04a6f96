import { type MetricPoint, type Run, getMetricHistories } from '@millwright/contract';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { queryFor } from '../../api/queries.ts';
import { useProject } from '../../app/location.ts';
import { SeriesChart } from '../../charts/draw/series-chart.tsx';
import { meanWithBand } from '../../charts/prepare/bands.ts';
import { metricPoints } from '../../charts/prepare/metric-points.ts';
import { type SeriesInput, prepareSeries } from '../../charts/prepare/series.ts';
import { ErrorState, Loading, Skeleton } from '../../ui/states.tsx';
import { ChartGrid } from './chart-grid.tsx';
import { type CurveFormState, useCurveForm } from './curve-form.tsx';
import { runTitle } from './run-values.ts';

const chartHeightPx = 220;
const rowHeightPx = 276;
/** Points of a row of charts, over all its runs. */
const pointsInAll = 60_000;
const linesAtMost = 200;

/** What a chart needs to know of a run. */
type CurveRun = Pick<Run, 'id' | 'name' | 'startedAt'>;
/** Runs drawn as one line: those with the same value of what they are grouped by. */
export interface CurveGroup {
  value: string;
  entity: string;
  runs: readonly Run[];
}
interface Props {
  runs: readonly CurveRun[];
  /** Metrics, a chart each. */
  keys: readonly string[];
  groups?: readonly CurveGroup[] | null;
}

type Histories = ReadonlyMap<string, readonly MetricPoint[]>;

const linesOf = (metric: string, { runs, groups }: Omit<Props, 'keys'>, histories: Histories, form: CurveFormState) => {
  const pointsOf = (run: CurveRun) =>
    metricPoints(histories.get(`${run.id} ${metric}`) ?? [], form.axis, run.startedAt);
  const having = (some: readonly CurveRun[]) => some.filter((run) => histories.has(`${run.id} ${metric}`));
  if (groups)
    return groups.map(
      (group): SeriesInput => ({
        entity: group.entity,
        label: group.value,
        points: meanWithBand(having(group.runs).map(pointsOf), form.band),
      }),
    );
  return having(runs).map(
    (run): SeriesInput => ({
      entity: runs.length === 1 ? metric : run.id,
      label: runs.length === 1 ? metric : runTitle(run),
      points: pointsOf(run),
    }),
  );
};

/** One metric of one or more runs. Bold is smoothed, pale is raw; a band spans what lies between the drawn points. */
const Curve = ({ metric, histories, runs, groups }: Omit<Props, 'keys'> & { metric: string; histories: Histories }) => {
  const { axis, smoothing, logarithmic, band } = useCurveForm();
  const prepared = useMemo(
    () =>
      prepareSeries(
        linesOf(metric, { runs, groups: groups ?? null }, histories, { axis, smoothing, logarithmic, band }),
        {
          what: metric,
          xKind: axis === 'relative' ? 'elapsed' : axis,
          smoothing,
          logarithmic,
          sparse: true,
          limit: linesAtMost,
        },
      ),
    [metric, runs, groups, histories, axis, smoothing, logarithmic, band],
  );
  return <SeriesChart title={metric} prepared={prepared} height={chartHeightPx} syncKey={`curves-${axis}`} />;
};

const CurveRow = ({ runs, keys, groups }: Props) => {
  const project = useProject();
  const points = Math.max(100, Math.min(1000, Math.floor(pointsInAll / (runs.length * keys.length))));
  const read = useQuery({
    ...queryFor(getMetricHistories, {
      params: { project },
      body: { runs: runs.map((run) => run.id), keys: [...keys], points },
    }),
    placeholderData: keepPreviousData,
  });
  const histories = useMemo(
    () => new Map(read.data?.histories.map((one) => [`${one.runId} ${one.key}`, one.points])),
    [read.data],
  );
  if (read.error) return <ErrorState error={read.error} onRetry={() => void read.refetch()} />;
  return keys.map((key) =>
    read.isPending ? (
      <Loading key={key} label={`Loading ${key}`}>
        <Skeleton className="mb-1 h-7 w-32" />
        <Skeleton className="h-[220px] w-full" />
      </Loading>
    ) : (
      <Curve key={key} metric={key} runs={runs} groups={groups ?? null} histories={histories} />
    ),
  );
};

/** A chart per metric; those in view are read, together per row, and kept up to date while their runs go on. */
export const Curves = ({ runs, keys, groups }: Props) => (
  <ChartGrid
    keys={keys}
    rowHeightPx={rowHeightPx}
    row={(some) => <CurveRow runs={runs} keys={some} groups={groups ?? null} />}
  />
);
