import { MillwrightError, type MetricUpdate } from '@millwright/contract';
import type { FollowMetricsOptions } from '@millwright/sdk';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createMetricFeed } from './metric-feed.ts';

const update = (key: string, steps: number[], more: Partial<MetricUpdate> = {}): MetricUpdate => ({
  runId: 'run_1',
  key,
  total: steps.length,
  replaces: false,
  sampled: false,
  points: steps.map((step) => ({ step, at: step, value: step })),
  cursor: `${key} ${steps.at(-1)}`,
  ...more,
});

describe('a feed of metrics', () => {
  let opened: (FollowMetricsOptions & { closed: boolean })[] = [];
  beforeEach(() => {
    opened = [];
    vi.useFakeTimers();
  });
  afterEach(() => void vi.useRealTimers());
  const client = {
    followMetrics: (_project: string, options: FollowMetricsOptions) => {
      const connection = { ...options, closed: false };
      opened.push(connection);
      return { close: () => void (connection.closed = true) };
    },
  };
  const aFeed = (points = 100) => createMetricFeed(client, { project: 'default', runs: ['run_1'], points });
  const settle = () => vi.advanceTimersByTime(100);
  const stepsOf = (feed: ReturnType<typeof aFeed>, key: string) =>
    feed
      .state(key)
      .curves?.get('run_1')
      ?.map((point) => point.step);

  it('asks once for all metrics that come into view together', () => {
    const feed = aFeed();
    feed.want('loss', () => undefined);
    feed.want('auc', () => undefined);
    settle();
    expect(opened.map((one) => one.keys)).toEqual([['loss', 'auc']]);
    expect(feed.state('loss').curves).toBeNull();
    opened[0]?.onUpdates([update('loss', [1, 2], { replaces: true })], true);
    expect(stepsOf(feed, 'loss')).toEqual([1, 2]);
    expect(feed.state('auc').curves?.size).toBe(0);
  });

  it('adds points, tells those who show the metric, and goes on where it was with another metric', () => {
    const feed = aFeed();
    const told = vi.fn();
    feed.want('loss', told);
    settle();
    opened[0]?.onUpdates([update('loss', [1, 2], { replaces: true })], true);
    opened[0]?.onUpdates([update('loss', [3])], true);
    expect(stepsOf(feed, 'loss')).toEqual([1, 2, 3]);
    expect(told).toHaveBeenCalledTimes(2);
    feed.want('auc', () => undefined);
    settle();
    expect(opened[0]?.closed).toBe(true);
    expect(opened[1]).toMatchObject({
      keys: ['loss', 'auc'],
      from: [{ runId: 'run_1', key: 'loss', cursor: 'loss 3' }],
    });
  });

  it('holds no more points than it may, however long the run goes on', () => {
    const feed = aFeed(100);
    feed.want('loss', () => undefined);
    settle();
    for (let part = 0; part < 100; part++)
      opened[0]?.onUpdates(
        [
          update(
            'loss',
            Array.from({ length: 50 }, (_none, index) => part * 50 + index),
          ),
        ],
        true,
      );
    const steps = stepsOf(feed, 'loss') ?? [];
    expect(steps.length).toBeLessThanOrEqual(200);
    expect([steps[0], steps.at(-1)]).toEqual([0, 4999]);
  });

  it('lets go while nobody looks, and when nothing is shown any more', () => {
    const feed = aFeed();
    const leave = feed.want('loss', () => undefined);
    settle();
    feed.pause();
    expect(opened[0]?.closed).toBe(true);
    feed.resume();
    settle();
    expect(opened).toHaveLength(2);
    leave();
    settle();
    expect(opened[1]?.closed).toBe(true);
  });

  it('stays as it is after the last run has ended, until one goes on', () => {
    const feed = aFeed();
    feed.want('loss', () => undefined);
    settle();
    opened[0]?.onUpdates([update('loss', [1], { replaces: true })], true);
    opened[0]?.onEnded?.();
    settle();
    expect(opened).toHaveLength(1);
    feed.resume();
    settle();
    expect(opened).toHaveLength(2);
  });

  it('says why it is refused, and tries again when asked to', () => {
    const feed = aFeed();
    feed.want('loss', () => undefined);
    settle();
    opened[0]?.onRefused?.(new MillwrightError('PERMISSION_DENIED', 'no'));
    expect(feed.state('loss').error?.code).toBe('PERMISSION_DENIED');
    feed.resume();
    settle();
    opened[1]?.onUpdates([], true);
    expect(feed.state('loss')).toEqual({ curves: new Map(), error: null });
  });
});
