import { type MetricUpdate, addressOf, followMetrics } from '@millwright/contract';
import { type Connection, streamInit } from './follow.ts';
import { type Following, reconnecting, type StreamWatcher } from './reconnecting.ts';

export interface FollowMetricsOptions extends StreamWatcher {
  runs: readonly string[];
  keys: readonly string[];
  /** Of one metric at a time, at most; the server's default is 500. */
  points?: number;
  /** What is known already: the cursor of the last update of each metric. */
  from?: readonly { runId: string; key: string; cursor: string }[];
  /** `isCurrent`: with these everything was told that had been committed. */
  onUpdates: (updates: readonly MetricUpdate[], isCurrent: boolean) => void;
  /** All runs have ended, and everything was said. */
  onEnded?: () => void;
}

/** Follows metrics of runs while they train; each goes on at its own place after a lost connection. */
export const followRunMetrics = (
  { base, headers, send, project }: Connection,
  { runs, keys, points, from = [], onUpdates, onEnded, ...watcher }: FollowMetricsOptions,
): Following => {
  const cursors = new Map(from.map((one) => [`${one.runId} ${one.key}`, one]));
  return reconnecting({
    ...watcher,
    request: (signal) =>
      send(base + addressOf(followMetrics, { project }), {
        ...streamInit({ ...headers, 'content-type': 'application/json' }, signal),
        method: followMetrics.method,
        body: JSON.stringify({ runs, keys, ...(points === undefined ? {} : { points }), from: [...cursors.values()] }),
      }),
    take: (message) => {
      if (message.type === 'ended') {
        onEnded?.();
        return true;
      }
      if (message.type !== 'metrics') return false;
      const { updates, isCurrent } = JSON.parse(message.data) as { updates: MetricUpdate[]; isCurrent: boolean };
      for (const { runId, key, cursor } of updates) cursors.set(`${runId} ${key}`, { runId, key, cursor });
      onUpdates(updates, isCurrent);
      return false;
    },
  });
};
