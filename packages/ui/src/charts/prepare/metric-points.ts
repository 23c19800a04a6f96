import type { MetricPoint } from '@millwright/contract';
import type { SeriesPoint } from './series.ts';

/** `relative`: time since the start of the run. */
export type MetricAxis = 'step' | 'time' | 'relative';

const valueOf = ({ value }: MetricPoint): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : null;

/**
 * Points of a metric for a chart, at most `limit` of them. With more, each is the mean of a stretch of the x axis with
 * its least and greatest value as band, so that no spike is hidden.
 */
export const metricPoints = (
  points: readonly MetricPoint[],
  axis: MetricAxis,
  startedAt: number,
  limit = 600,
): SeriesPoint[] => {
  const place = (point: MetricPoint) =>
    axis === 'step' ? point.step : axis === 'time' ? point.at : Math.max(0, point.at - startedAt);
  const placed = points.map((point) => ({ x: place(point), y: valueOf(point) })).sort((a, b) => a.x - b.x);
  if (placed.length <= limit) return placed;
  const low = placed[0]?.x ?? 0;
  const width = (placed.at(-1)?.x ?? 0) - low || 1;
  const buckets = Map.groupBy(placed, ({ x }) => Math.min(limit - 1, Math.floor(((x - low) / width) * limit)));
  return [...buckets.values()].map((bucket) => {
    const values = bucket.flatMap(({ y }) => y ?? []);
    const x = bucket[Math.floor(bucket.length / 2)]?.x ?? low;
    if (values.length === 0) return { x, y: null };
    return {
      x,
      y: values.reduce((sum, value) => sum + value, 0) / values.length,
      low: Math.min(...values),
      high: Math.max(...values),
    };
  });
};
