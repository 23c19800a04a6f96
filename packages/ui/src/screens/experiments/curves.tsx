import type { MetricPoint, Run } from '@millwright/contract';
import { useMemo } from 'react';
import { useProject } from '../../app/location.ts';
import { SeriesChart } from '../../charts/draw/series-chart.tsx';
import { meanWithBand } from '../../charts/prepare/bands.ts';
import { type MetricAxis, metricPoints } from '../../charts/prepare/metric-points.ts';
import { type SeriesInput, prepareSeries } from '../../charts/prepare/series.ts';
import { thinPoints } from '../../charts/prepare/thin-points.ts';
import type { MetricFeed } from '../../live/metric-feed.ts';
import { useFedMetric, useMetricFeed } from '../../live/use-metric-feed.ts';
import { ErrorState, Loading, Skeleton } from '../../ui/states.tsx';
import { ChartGrid } from './chart-grid.tsx';
import { type CurveFormState, useCurveForm } from './curve-form.tsx';
import { metricTitle, useMeanings } from './metric-meaning.ts';
import { runTitle } from './run-values.ts';

const chartHeightPx = 220;
const rowHeightPx = 276;
/** Of one curve: fewer where many are drawn into one chart, which all have the same width. */
const pointsOfCurve = { atLeast: 100, atMost: 1000, inChart: 20_000 };
const linesAtMost = 200;
/** Of one line: more than its chart has pixels for. */
const drawnAtMost = 600;

/** What a chart needs to know of a run. */
type CurveRun = Pick<Run, 'id' | 'name' | 'startedAt' | 'endedAt'>;
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
  /** Default: what the form in the address says. */
  axis?: MetricAxis;
  /** How a chart is called; default as the meaning of its metric says. */
  titleOf?: (key: string) => string;
}

export type CurvesOfRuns = ReadonlyMap<string, readonly MetricPoint[]>;

const linesOf = (
  metric: string,
  title: string,
  { runs, groups }: Omit<Props, 'keys'>,
  curves: CurvesOfRuns,
  form: CurveFormState,
) => {
  const pointsOf = (points: readonly MetricPoint[], run: CurveRun) => metricPoints(points, form.axis, run.startedAt);
  const curveOf = (run: CurveRun) => curves.get(run.id) ?? [];
  const having = (some: readonly CurveRun[]) => some.filter((run) => curves.has(run.id));
  if (groups)
    return groups.map(
      (group): SeriesInput => ({
        entity: group.entity,
        label: group.value,
        points: meanWithBand(
          having(group.runs).map((run) => pointsOf(curveOf(run), run)),
          form.band,
        ),
      }),
    );
  return having(runs).map(
    (run): SeriesInput => ({
      entity: runs.length === 1 ? metric : run.id,
      label: runs.length === 1 ? title : runTitle(run),
      // Through the least and the greatest of each stretch, so that a spike is as high as it was.
      points: pointsOf(thinPoints(curveOf(run), drawnAtMost), run),
    }),
  );
};

/** One metric of one or more runs. Bold is smoothed, pale is raw; a band spans what lies between the drawn points. */
export const Curve = ({
  metric,
  title,
  curves,
  runs,
  groups,
  axis: given,
}: Omit<Props, 'keys' | 'titleOf'> & { metric: string; title: string; curves: CurvesOfRuns }) => {
  const { axis: chosen, smoothing, logarithmic, band } = useCurveForm();
  const axis = given ?? chosen;
  const prepared = useMemo(
    () =>
      prepareSeries(
        linesOf(metric, title, { runs, groups: groups ?? null }, curves, { axis, smoothing, logarithmic, band }),
        {
          what: title,
          xKind: axis === 'relative' ? 'elapsed' : axis,
          smoothing,
          logarithmic,
          sparse: true,
          limit: linesAtMost,
        },
      ),
    [metric, title, runs, groups, curves, axis, smoothing, logarithmic, band],
  );
  return <SeriesChart title={title} prepared={prepared} height={chartHeightPx} syncKey={`curves-${axis}`} />;
};

const FedCurve = ({ feed, titleOf, ...rest }: Omit<Props, 'keys'> & { feed: MetricFeed; metric: string }) => {
  const { curves, error } = useFedMetric(feed, rest.metric);
  const meanings = useMeanings();
  const title = titleOf?.(rest.metric) ?? metricTitle(rest.metric, meanings);
  if (curves) return <Curve {...rest} title={title} curves={curves} />;
  if (error) return <ErrorState error={error} onRetry={() => feed.resume()} />;
  return (
    <Loading label={`Loading ${rest.metric}`}>
      <Skeleton className="mb-1 h-7 w-32" />
      <Skeleton className="h-[220px] w-full" />
    </Loading>
  );
};

/** A chart per metric; of those in view what is there is read, and what comes while their runs go on is added. */
export const Curves = ({ runs, keys, groups, ...rest }: Props) => {
  const followed = useMemo(() => runs.slice(0, linesAtMost).map((run) => run.id), [runs]);
  const { atLeast, atMost, inChart } = pointsOfCurve;
  const points = Math.max(atLeast, Math.min(atMost, Math.floor(inChart / Math.max(1, followed.length))));
  const isOpen = runs.some((run) => run.endedAt === null);
  const feed = useMetricFeed(useProject(), followed, points, isOpen);
  return (
    <ChartGrid
      keys={keys}
      rowHeightPx={rowHeightPx}
      row={(some) =>
        some.map((key) => <FedCurve key={key} feed={feed} metric={key} runs={runs} groups={groups ?? null} {...rest} />)
      }
    />
  );
};
