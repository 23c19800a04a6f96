import type { MetricPoint } from '@millwright/contract';
import type { Ctx } from '#platform/auth';
import type { Platform } from '#platform/core';
import { fail } from '#platform/errors';
import { lockRun, runExists } from '../runs/store.ts';
import { addPoint, type MetricState, type NewMetricPoint, toStored } from './metric.ts';
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
  /** Appends; resolved after the points are durable. All of them or none. */
  logMetrics(ctx: Ctx, runId: string, points: readonly NewMetricPoint[]): Promise<void>;
  /** Errors: NOT_FOUND also for a metric without points. */
  metricHistory(ctx: Ctx, runId: string, key: string, limit: number): Promise<MetricHistory>;
}

/** Enough to know what an event is about. */
const keysInEvent = 20;

export const createMetrics = ({ database, changes }: Platform): Metrics => {
  const { db } = database;
  return {
    logMetrics: (ctx, runId, points) =>
      changes.change(ctx, async (change) => {
        // Locked, so that points are numbered without gaps and the summary tells of all of them.
        if ((await lockRun(change.db, ctx.project, runId)) === null)
          fail('NOT_FOUND', `There is no run '${runId}' in project '${ctx.project}'.`);
        const keys = [...new Set(points.map((point) => point.key))];
        const states: Map<string, MetricState> = await store.readStates(change.db, ctx.project, runId, keys);
        const rows = points.map(({ key, value, step = 0, at = change.now }): store.NewPoint => {
          const stored = toStored(value);
          const before = states.get(key);
          states.set(key, addPoint(before, stored, step));
          return { key, seq: before?.points ?? 0, step, at, stored };
        });
        await store.insertPoints(change.db, database.kind, ctx.project, runId, rows);
        await store.writeStates(change.db, ctx.project, runId, states);
        change.emit('experiments.metrics-logged', runId, { points: points.length, keys: keys.slice(0, keysInEvent) });
      }),
    async metricHistory(ctx, runId, key, limit) {
      if (!(await runExists(db, ctx.project, runId)))
        fail('NOT_FOUND', `There is no run '${runId}' in project '${ctx.project}'.`);
      const state =
        (await store.readStates(db, ctx.project, runId, [key])).get(key) ??
        fail('NOT_FOUND', `The run '${runId}' has no metric '${key}'.`);
      const { points: total } = state;
      if (total <= limit)
        return { key, total, sampled: false, points: await store.readAllPoints(db, ctx.project, runId, key) };
      const metric = { project: ctx.project, runId, key, total, hasSpecial: state.specialPoints > 0 };
      return { key, total, sampled: true, points: await store.readSampledPoints(db, metric, limit) };
    },
  };
};
