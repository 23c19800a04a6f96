import type { MetricPoint } from '@millwright/contract';
import { createSampler } from '@millwright/stats';
import type { Db } from '#platform/db';
import * as store from './store.ts';

/** Rows read at once: SQLite answers in this very thread, which must get back to other requests. */
const rowsPerRead = 20_000;

/** In the order of time, after a point or from the first on; at most so many. */
export const readInPieces = async (
  db: Db,
  series: number,
  from: store.PointKey | null,
  take: (point: MetricPoint) => void,
  atMost = Number.POSITIVE_INFINITY,
): Promise<{ count: number; last: store.PointKey | null }> => {
  let count = 0;
  let last = from;
  for (;;) {
    const limit = Math.min(rowsPerRead, atMost - count);
    const part = limit > 0 ? await store.readPoints(db, series, { after: last, limit }) : [];
    for (const point of part) take(point);
    count += part.length;
    const end = part.at(-1);
    if (end) last = store.keyOfPoint(end);
    if (part.length < rowsPerRead) return { count, last };
    await new Promise(setImmediate);
  }
};

const inOrder = (points: MetricPoint[]): MetricPoint[] => points.sort((a, b) => a.step - b.step || a.at - b.at);

/** Points in memory, at most so many of them. */
export const sampled = (points: MetricPoint[], limit: number): MetricPoint[] => {
  inOrder(points);
  if (points.length <= limit) return points;
  const sampler = createSampler<MetricPoint>(limit, points.length);
  for (const point of points) sampler.add(point);
  return sampler.points();
};

/** All points after one, about `total` of them, as at most `limit`; no more are held at any moment. */
export const readSampled = async (
  db: Db,
  series: number,
  { after, total, limit, atMost }: { after: store.PointKey | null; total: number; limit: number; atMost?: number },
): Promise<{ points: MetricPoint[]; count: number; last: store.PointKey | null }> => {
  const few: MetricPoint[] = [];
  const sampler = total > limit ? createSampler<MetricPoint>(limit, total) : null;
  const read = await readInPieces(
    db,
    series,
    after,
    (point) => (sampler ? sampler.add(point) : few.push(point)),
    atMost,
  );
  return { points: sampler ? sampler.points() : inOrder(few), ...read };
};
