import type { MetricPoint, MillwrightError } from '@millwright/contract';
import type { Client } from '@millwright/sdk';
import { thinPoints } from '../charts/prepare/thin-points.ts';

/** The points of one metric per run; null while nothing was heard of it. */
export interface FedMetric {
  curves: ReadonlyMap<string, readonly MetricPoint[]> | null;
  error: MillwrightError | null;
}

export interface MetricFeed {
  state(key: string): FedMetric;
  /** Somebody shows this metric; tells them of every change. Returns how to stop. */
  want(key: string, listener: () => void): () => void;
  /** Connects again, where it is not: after an error, or when a run that had ended goes on. */
  resume(): void;
  /** Lets the connection go while nobody looks; what is known stays. */
  pause(): void;
}

/** Charts come into view together: one connection for all of them, and none per chart. */
const gatherMs = 60;
/** As many as the server follows at once. */
const keysAtMost = 50;

/**
 * Curves of some runs, of those metrics that somebody shows, over one connection. `points`: of one curve, at most twice
 * as many are held.
 */
export const createMetricFeed = (
  client: Pick<Client, 'followMetrics'>,
  { project, runs, points }: { project: string; runs: readonly string[]; points: number },
): MetricFeed => {
  const metrics = new Map<string, FedMetric>();
  const cursors = new Map<string, { runId: string; key: string; cursor: string }>();
  const listeners = new Map<string, Set<() => void>>();
  let connection: { keys: ReadonlySet<string>; close: () => void } | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isPaused = false;

  const set = (key: string, metric: FedMetric) => {
    metrics.set(key, metric);
    for (const listener of listeners.get(key) ?? []) listener();
  };
  const connect = () => {
    timer = undefined;
    const keys = new Set([...listeners.keys()].slice(-keysAtMost));
    connection?.close();
    connection = null;
    if (keys.size === 0 || isPaused) return;
    const following = client.followMetrics(project, {
      runs,
      keys: [...keys],
      points,
      from: [...cursors.values()].filter(({ key }) => keys.has(key)),
      onUpdates: (updates, isCurrent) => {
        const changed = new Map<string, Map<string, readonly MetricPoint[]>>();
        for (const { runId, key, replaces, points: sent, cursor } of updates) {
          const curves = changed.get(key) ?? new Map(metrics.get(key)?.curves);
          changed.set(key, curves);
          const all = replaces ? sent : [...(curves.get(runId) ?? []), ...sent];
          curves.set(runId, thinPoints(all, all.length > 2 * points ? points : all.length));
          cursors.set(`${runId} ${key}`, { runId, key, cursor });
        }
        for (const [key, curves] of changed) set(key, { curves, error: null });
        // Of the others there is nothing.
        if (isCurrent)
          for (const key of keys) if (!metrics.get(key)?.curves) set(key, { curves: new Map(), error: null });
      },
      onRefused: (error) => {
        if (connection?.keys === keys) connection = null;
        for (const key of keys) set(key, { curves: metrics.get(key)?.curves ?? null, error });
      },
      onEnded: () => {
        if (connection?.keys === keys) connection = null;
      },
    });
    connection = { keys, close: () => following.close() };
  };
  const connectSoon = () => {
    timer ??= setTimeout(connect, gatherMs);
  };
  return {
    state: (key) => metrics.get(key) ?? { curves: null, error: null },
    want(key, listener) {
      const known = listeners.get(key) ?? new Set();
      // Those that came last into view are the last.
      listeners.delete(key);
      listeners.set(key, known.add(listener));
      if (!connection?.keys.has(key)) connectSoon();
      return () => {
        known.delete(listener);
        if (known.size === 0 && listeners.get(key) === known) listeners.delete(key);
        if (listeners.size === 0) connectSoon();
      };
    },
    resume() {
      isPaused = false;
      if (connection === null) connectSoon();
    },
    pause() {
      isPaused = true;
      clearTimeout(timer);
      connect();
    },
  };
};
