import type { MetricPoint } from '@millwright/contract';
import type { Ctx } from '#platform/auth';
import type { Platform } from '#platform/core';
import { fail } from '#platform/errors';
import { findRunNumber } from '../runs/store.ts';
import type { RunWriter } from '../runs/writer.ts';
import type { NewMetricPoint } from './metric.ts';
import { createSampler } from './sampling.ts';
import * as store from './store.ts';

export interface MetricHistory {
  key: string;
  /** How many points there are, however many are answered. */
  total: number;
  sampled: boolean;
  /** In the order of their steps. */
  points: MetricPoint[];
}

export interface Metrics {
  /** Resolved after the points are durable. All of them or none. A point told once more changes nothing. */
  logMetrics(ctx: Ctx, runId: string, points: readonly NewMetricPoint[]): Promise<void>;
  /** Errors: NOT_FOUND also for a metric without points. */
  metricHistory(ctx: Ctx, runId: string, key: string, limit: number): Promise<MetricHistory>;
  /** Points in the order of time, step and value. Empty for a metric nobody logged. Errors: NOT_FOUND for the run. */
  metricPage(
    ctx: Ctx,
    runId: string,
    key: string,
    page: { limit: number; after?: store.PointKey | null },
  ): Promise<{ points: MetricPoint[]; next: store.PointKey | null }>;
}

/** Rows read at once: SQLite answers in this very thread, which must get back to other requests. */
const rowsPerRead = 20_000;

export const createMetrics = ({ database: { db } }: Platform, { write }: { write: RunWriter }): Metrics => {
  const seriesOf = async (ctx: Ctx, runId: string, key: string): Promise<store.Series | null> => {
    const run =
      (await findRunNumber(db, ctx.project, runId)) ??
      fail('NOT_FOUND', `There is no run '${runId}' in project '${ctx.project}'.`);
    return (await store.readSeries(db, [run], [key]))[0] ?? null;
  };
  return {
    logMetrics: (ctx, runId, metrics) => write.log(ctx, { runId, metrics }),
    async metricHistory(ctx, runId, key, limit) {
      const { series, points: total } =
        (await seriesOf(ctx, runId, key)) ?? fail('NOT_FOUND', `The run '${runId}' has no metric '${key}'.`);
      if (total <= limit) {
        const points = await store.readPoints(db, series, { limit });
        points.sort((a, b) => a.step - b.step || a.at - b.at);
        return { key, total, sampled: false, points };
      }
      const sampler = createSampler(limit, total);
      for (let after: store.PointKey | null = null, more = true; more; ) {
        const part: MetricPoint[] = await store.readPoints(db, series, { after, limit: rowsPerRead });
        for (const point of part) sampler.add(point);
        const last = part.at(-1);
        if (last) after = store.keyOfPoint(last);
        more = part.length === rowsPerRead;
        if (more) await new Promise(setImmediate);
      }
      return { key, total, sampled: true, points: sampler.points() };
    },
    async metricPage(ctx, runId, key, { limit, after = null }) {
      const found = await seriesOf(ctx, runId, key);
      if (!found) return { points: [], next: null };
      const points = await store.readPoints(db, found.series, { after, limit: limit + 1 });
      if (points.length <= limit) return { points, next: null };
      points.pop();
      return { points, next: store.keyOfPoint(points.at(-1) as MetricPoint) };
    },
  };
};
