import type { MetricPoint } from '@millwright/contract';
import { createSampler } from '@millwright/stats';
import type { Db } from '#platform/db';
import type { Int64 } from './metric.ts';
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

const stepOf = ({ step, exactStep }: MetricPoint): Int64 => (exactStep === undefined ? step : BigInt(exactStep));
const compare = (a: MetricPoint, b: MetricPoint): number => {
  const [left, right] = [stepOf(a), stepOf(b)];
  return left < right ? -1 : left > right ? 1 : a.at - b.at;
};
const inOrder = (points: MetricPoint[]): MetricPoint[] => points.sort(compare);

/** Which of so many rows stand at the beginning of as many stretches of equal length, the last of them being the last row. */
export const evenly = (count: number, limit: number): number[] => {
  const stretches = Math.min(count, limit);
  if (stretches === 0) return [];
  const [length, longer] = [Math.floor(count / stretches), count % stretches];
  const picked = Array.from({ length: stretches }, (_, index) => index * length + Math.min(index, longer));
  picked[stretches - 1] = count - 1;
  return picked;
};

/**
 * At most so many points of some steps, as far from one another as can be in the order of their steps. It is read twice
 * rather than held, unless times go another way than steps.
 */
export const readEvenly = async (
  db: Db,
  series: number,
  { range, limit }: { range: { from: Int64; to: Int64 } | null; limit: number },
): Promise<MetricPoint[]> => {
  const isIn = (point: MetricPoint): boolean =>
    range === null || (stepOf(point) >= range.from && stepOf(point) <= range.to);
  let count = 0;
  let isOrdered = true;
  let before: MetricPoint | null = null;
  const { last } = await readInPieces(db, series, null, (point) => {
    if (!isIn(point)) return;
    count += 1;
    if (before !== null && compare(before, point) > 0) isOrdered = false;
    before = point;
  });
  if (last === null) return [];
  const wanted = evenly(count, limit);
  const held: MetricPoint[] = [];
  let row = 0;
  await readInPieces(db, series, null, (point) => {
    if (!isIn(point)) return;
    if (!isOrdered || row === wanted[held.length]) held.push(point);
    row += 1;
  });
  if (isOrdered) return held;
  inOrder(held);
  return evenly(held.length, limit).map((index) => held[index] as MetricPoint);
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
