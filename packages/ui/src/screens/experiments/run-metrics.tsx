import type { MetricSummary, Run } from '@millwright/contract';
import { useMemo } from 'react';
import { fixedRows } from '../../api/rows.ts';
import { useProject } from '../../app/location.ts';
import { Sparkline } from '../../charts/draw/sparkline.tsx';
import { metricPoints } from '../../charts/prepare/metric-points.ts';
import type { MetricFeed } from '../../live/metric-feed.ts';
import { useFedMetric, useMetricFeed } from '../../live/use-metric-feed.ts';
import type { TableColumn } from '../../tables/columns.ts';
import { DataTable } from '../../tables/data-table.tsx';
import { type Meanings, metricTitle, useMeanings } from './metric-meaning.ts';
import { MetricValue } from './metric-value.tsx';
import { ownMetricsOf } from './run-values.ts';

type Row = MetricSummary & { key: string };
const idOf = (row: Row) => row.key;
/** Of values that are all NaN or infinite there is neither a least nor a greatest. */
const finite = (value: MetricSummary['last']) => (value === 'NaN' ? null : value);
const number = (value: MetricSummary['last']) => (typeof value === 'number' ? value : null);
const heightPx = 460;
const sparklinePoints = 100;

const Course = ({ feed, runId, metric }: { feed: MetricFeed; runId: string; metric: string }) => {
  const { curves } = useFedMetric(feed, metric);
  const values = metricPoints(curves?.get(runId) ?? [], 'step', 0, sparklinePoints).map((point) => point.y);
  return values.length > 1 ? (
    <Sparkline values={values} label={`${metric} over ${values.length} points`} />
  ) : (
    <span aria-hidden className="inline-block h-6 w-24" />
  );
};

const value = (of: (row: Row) => MetricSummary['last'] | null, meanings: Meanings) =>
  function Value(row: Row) {
    return <MetricValue value={of(row)} meaning={meanings.of(row.key)} />;
  };

const columnsOf = (feed: MetricFeed, runId: string, meanings: Meanings): TableColumn<Row>[] => [
  {
    id: 'key',
    header: 'Metric',
    value: (row) => row.key,
    cell: (row) => <span title={meanings.of(row.key)?.description}>{metricTitle(row.key, meanings)}</span>,
    width: 170,
    grow: true,
  },
  {
    id: 'curve',
    header: 'Curve',
    width: 116,
    sortable: false,
    value: (row) => row.points,
    cell: (row) => (row.points > 1 ? <Course feed={feed} runId={runId} metric={row.key} /> : null),
  },
  {
    id: 'last',
    header: 'Last',
    numeric: true,
    width: 100,
    value: (row) => number(row.last),
    cell: (row) => (
      <span className="font-medium">
        <MetricValue value={row.last} meaning={meanings.of(row.key)} />
      </span>
    ),
  },
  {
    id: 'min',
    header: 'Min',
    numeric: true,
    width: 100,
    value: (row) => number(row.min),
    cell: value((row) => finite(row.min), meanings),
  },
  {
    id: 'max',
    header: 'Max',
    numeric: true,
    width: 100,
    value: (row) => number(row.max),
    cell: value((row) => finite(row.max), meanings),
  },
  { id: 'lastStep', header: 'Step', numeric: true, width: 80, value: (row) => row.lastStep, hidden: true },
  { id: 'points', header: 'Points', numeric: true, width: 80, value: (row) => row.points },
];

/** The metrics of a run as a table; the curves of those in view are read. */
export const RunMetrics = ({ run }: { run: Run }) => {
  const rows = useMemo(
    () =>
      ownMetricsOf(run.metrics).flatMap((key): Row[] => {
        const metric = run.metrics[key];
        return metric ? [{ ...metric, key }] : [];
      }),
    [run],
  );
  const feed = useMetricFeed(useProject(), [run.id], sparklinePoints, run.endedAt === null);
  const meanings = useMeanings();
  const columns = useMemo(() => columnsOf(feed, run.id, meanings), [feed, run.id, meanings]);
  return (
    <DataTable
      name="run-metrics"
      label="Metrics"
      prefix="metric"
      rows={fixedRows(rows)}
      idOf={idOf}
      columns={columns}
      filterExample='key ~ "loss" and last < 0.1'
      maxHeight={heightPx}
      empty={{ title: 'No metric was logged', text: 'Training code logs them as it goes.' }}
    />
  );
};
