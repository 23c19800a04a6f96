import type { MetricPoint } from '@millwright/contract';
import type { Ctx } from '#platform/auth';
import type { Platform } from '#platform/core';
import { fail } from '#platform/errors';
import { findRunNumber, findRunNumbers } from '../runs/store.ts';
import type { RunWriter } from '../runs/writer.ts';
import type { Int64, NewMetricPoint } from './metric.ts';
import { createFollowing, type Following } from './following.ts';
import { readEvenly, readSampled } from './reading.ts';
import * as store from './store.ts';
import { noRun } from '../refusals.ts';

export interface MetricHistory {
  key: string;
  /** How many points there are, however many are answered. */
  total: number;
  sampled: boolean;
  /** In the order of their steps. */
  points: MetricPoint[];
}

export interface Metrics extends Following {
  /** Resolved after the points are durable. All of them or none. A point told once more changes nothing. */
  logMetrics(ctx: Ctx, runId: string, points: readonly NewMetricPoint[]): Promise<void>;
  /** Errors: NOT_FOUND also for a metric without points. */
  metricHistory(ctx: Ctx, runId: string, key: string, limit: number): Promise<MetricHistory>;
  /** Of every run every key that it has logged. Runs that do not exist are left out. */
  metricHistories(
    ctx: Ctx,
    query: { runs: readonly string[]; keys: readonly string[]; limit: number },
  ): Promise<(MetricHistory & { runId: string })[]>;
  /** At most `limit` points, of all steps or of some, as far from one another as can be; spikes between them are lost. Empty for a metric nobody logged. Errors: NOT_FOUND for the run. */
  metricSamples(
    ctx: Ctx,
    runId: string,
    key: string,
    query: { range: { from: Int64; to: Int64 } | null; limit: number },
  ): Promise<MetricPoint[]>;
  /** Points in the order of time, step and value. Empty for a metric nobody logged, and for a run that is not there. */
  metricPage(
    ctx: Ctx,
    runId: string,
    key: string,
    page: { limit: number; after?: store.PointKey | null },
  ): Promise<{ points: MetricPoint[]; next: store.PointKey | null }>;
}

export const createMetrics = (platform: Platform, { write }: { write: RunWriter }): Metrics => {
  const { db } = platform.database;
  const seriesOf = async (ctx: Ctx, runId: string, key: string): Promise<store.Series | null> => {
    const run = (await findRunNumber(db, ctx.project, runId)) ?? noRun(ctx.project, runId);
    return (await store.readSeries(db, [run], [key]))[0] ?? null;
  };
  const sample = async ({ series, points: total }: store.Series, limit: number): Promise<MetricPoint[]> =>
    (await readSampled(db, series, { after: null, total, limit })).points;
  return {
    ...createFollowing(platform),
    logMetrics: (ctx, runId, metrics) => write.log(ctx, { runId, metrics }),
    async metricHistory(ctx, runId, key, limit) {
      const found =
        (await seriesOf(ctx, runId, key)) ?? fail('NOT_FOUND', `The run '${runId}' has no metric '${key}'.`);
      const { points: total } = found;
      return { key, total, sampled: total > limit, points: await sample(found, limit) };
    },
    async metricHistories(ctx, { runs, keys, limit }) {
      const numbers = await findRunNumbers(db, ctx.project, runs);
      const idOf = new Map([...numbers].map(([id, number]) => [number, id]));
      const histories: (MetricHistory & { runId: string })[] = [];
      for (const found of await store.readSeries(db, [...numbers.values()], keys)) {
        const { key, points: total } = found;
        const points = await sample(found, limit);
        histories.push({ runId: idOf.get(found.run) as string, key, total, sampled: total > limit, points });
      }
      return histories;
    },
    async metricSamples(ctx, runId, key, { range, limit }) {
      const found = await seriesOf(ctx, runId, key);
      if (!found) return [];
      return readEvenly(db, found.series, { range, limit });
    },
    async metricPage(ctx, runId, key, { limit, after = null }) {
      const of = { project: ctx.project, runId, key };
      const points = await store.readPoints(db, of, { after, limit: limit + 1 });
      if (points.length <= limit) return { points, next: null };
      points.pop();
      return { points, next: store.keyOfPoint(points.at(-1) as MetricPoint) };
    },
  };
};
