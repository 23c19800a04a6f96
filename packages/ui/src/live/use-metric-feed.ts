import { startTransition, useEffect, useMemo, useState } from 'react';
import { client } from '../api/client.ts';
import { createMetricFeed, type FedMetric, type MetricFeed } from './metric-feed.ts';

/** `isOpen`: some run has not ended. The connection lasts as long as the page is looked at. */
export const useMetricFeed = (project: string, runs: readonly string[], points: number, isOpen: boolean) => {
  const ids = runs.join(' ');
  const feed = useMemo(
    () => createMetricFeed(client, { project, runs: ids === '' ? [] : ids.split(' '), points }),
    [project, ids, points],
  );
  useEffect(() => {
    const look = () => (document.hidden ? feed.pause() : feed.resume());
    document.addEventListener('visibilitychange', look);
    look();
    return () => {
      document.removeEventListener('visibilitychange', look);
      feed.pause();
    };
  }, [feed]);
  useEffect(() => {
    if (isOpen && !document.hidden) feed.resume();
  }, [feed, isOpen]);
  return feed;
};

/** Drawing many curves anew may wait for whatever the user does. */
export const useFedMetric = (feed: MetricFeed, key: string): FedMetric => {
  const [metric, setMetric] = useState(() => feed.state(key));
  useEffect(() => {
    const take = () => startTransition(() => setMetric(feed.state(key)));
    take();
    return feed.want(key, take);
  }, [feed, key]);
  return metric;
};
