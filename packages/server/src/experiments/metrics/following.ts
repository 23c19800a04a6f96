import { setTimeout as pause } from 'node:timers/promises';
import type { MetricUpdate } from '@millwright/contract';
import type { Ctx } from '#platform/auth';
import type { Platform } from '#platform/core';
import { decodeCursor, encodeCursor } from '#platform/db';
import { fail } from '#platform/errors';
import { lastSeq } from '#platform/events';
import { areOpen, findRunNumbers } from '../runs/store.ts';
import { readSampled } from './reading.ts';
import * as store from './store.ts';

export interface FollowedMetrics {
  runs: readonly string[];
  keys: readonly string[];
  /** Points of one metric in one update, at most. */
  limit: number;
  /** Where a reader goes on, who had all up to there. */
  from?: readonly { runId: string; key: string; cursor: string }[] | undefined;
}

export interface MetricNews {
  updates: MetricUpdate[];
  /** With these everything was told that had been committed. */
  isCurrent: boolean;
}

export interface Following {
  /**
   * What there is of the metrics, then what is committed from now on, in groups that are read only when they are asked
   * for; ends when all runs ended. Runs that do not exist are left out. Errors: INVALID_CURSOR.
   */
  followMetrics(ctx: Ctx, followed: FollowedMetrics): Promise<(signal: AbortSignal) => AsyncIterable<MetricNews>>;
}

const shortestGapMs = 500;
const longestGapMs = 10_000;
/** Of its time a follower reads at most a fifth, so that many of them leave the server its own. */
const restFactor = 4;
const pointsPerGroup = 2000;

/** How many points were sent, and the last of them in the order of the table. */
interface Position {
  count: number;
  last: store.PointKey | null;
}
type Sent = Omit<MetricUpdate, 'runId' | 'key' | 'cursor'> & { position: Position };

const positionOf = (cursor: string): Position => {
  const [count, ...last] = decodeCursor(cursor) ?? [0];
  if (Number.isSafeInteger(count) && (last.length === 0 || store.isPointKey(last)))
    return { count: count as number, last: store.isPointKey(last) ? last : null };
  return fail('INVALID_CURSOR', 'The cursor is not one of a metric. Leave it out to get all points again.');
};

export const createFollowing = ({ database: { db }, events, clock }: Platform): Following => {
  const whole = async ({ series, points: total }: store.Series, limit: number): Promise<Sent> => {
    const { points, count, last } = await readSampled(db, series, { after: null, total, limit });
    return { points, total: count, replaces: true, sampled: points.length < count, position: { count, last } };
  };
  /**
   * The points after a position; all of them once more when some were added before it, which is seen by their count.
   * No more are read than were counted: what is committed meanwhile may lie on either side.
   */
  const news = async (series: store.Series, before: Position, limit: number): Promise<Sent> => {
    const added = series.points - before.count;
    if (added < 0) return whole(series, limit);
    const asked = { after: before.last, total: added, limit, atMost: added };
    const { points, count, last } = await readSampled(db, series.series, asked);
    if (count < added) return whole(series, limit);
    const position = { count: series.points, last };
    return { points, total: position.count, replaces: false, sampled: points.length < count, position };
  };

  async function* follow(
    numbers: ReadonlyMap<string, number>,
    { keys, limit }: FollowedMetrics,
    positions: Map<string, Position>,
    signal: AbortSignal,
  ): AsyncGenerator<MetricNews> {
    const idOf = new Map([...numbers].map(([id, number]) => [number, id]));
    /** Runs of which there may be something new. */
    let due = new Set(numbers.values());
    let wake: () => void = () => undefined;
    const stop = events.follow(
      ({ type, subjectId }) => {
        const run = numbers.get(subjectId);
        if (run === undefined || (type !== 'experiments.metrics-logged' && type !== 'experiments.run-ended')) return;
        due.add(run);
        wake();
      },
      await lastSeq(db),
    );
    signal.addEventListener('abort', () => wake());
    try {
      while (!signal.aborted) {
        const begun = clock.now();
        const runs = [...due];
        due = new Set();
        // Asked before the points are read: of a run that had ended by then there are no more.
        const isOver = !(await areOpen(db, [...numbers.values()]));
        let updates: MetricUpdate[] = [];
        for (const series of await store.readSeries(db, runs, keys)) {
          if (signal.aborted) return;
          const runId = idOf.get(series.run) as string;
          const name = `${runId} ${series.key}`;
          const before = positions.get(name);
          if (before?.count === series.points) continue;
          const { position, ...update } = await (before ? news(series, before, limit) : whole(series, limit));
          positions.set(name, position);
          const cursor = encodeCursor(position.count, ...(position.last ?? []));
          updates.push({ runId, key: series.key, ...update, cursor });
          if (updates.reduce((sum, { points }) => sum + points.length, 0) < pointsPerGroup) continue;
          yield { updates, isCurrent: false };
          updates = [];
        }
        yield { updates, isCurrent: true };
        if (isOver && due.size === 0) return;
        const gapMs = Math.min(longestGapMs, Math.max(shortestGapMs, restFactor * (clock.now() - begun)));
        await pause(gapMs, undefined, { signal, ref: false }).catch(() => undefined);
        while (due.size === 0 && !signal.aborted) await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      stop();
    }
  }

  return {
    async followMetrics(ctx, followed) {
      const positions = new Map(
        (followed.from ?? []).map(({ runId, key, cursor }) => [`${runId} ${key}`, positionOf(cursor)]),
      );
      const numbers = await findRunNumbers(db, ctx.project, followed.runs);
      return (signal) => follow(numbers, followed, positions, signal);
    },
  };
};
