import type { MetricState } from './metric.ts';

/** A metric of a run: the series of its points, and what is known of them; undefined while there are none. */
export interface KnownMetric {
  series: number;
  state: MetricState | undefined;
}

/**
 * Metrics of runs that were logged to lately, as they are at a revision of their run. Whoever changes a run moves its
 * revision, in this process or in another one: what is known at one is right for as long as the run has it. So the next
 * points of a run that only we log to need not be told from the database how they stand.
 */
export interface KnownMetrics {
  /** What is known at that revision; a key that is missing may be there nevertheless. */
  at(run: number, revision: number): ReadonlyMap<string, KnownMetric>;
  /** The revision was moved by a change that left the metrics alone. */
  moved(run: number, revision: number): void;
  /** After the change that moved the run to that revision. */
  keep(run: number, revision: number, metrics: ReadonlyMap<string, KnownMetric>): void;
}

/** Some 8 MB. */
const mostKept = 40_000;
const nothing: ReadonlyMap<string, KnownMetric> = new Map();

export const createKnownMetrics = (most = mostKept): KnownMetrics => {
  // The one that was used last stands last.
  const runs = new Map<number, { revision: number; metrics: Map<string, KnownMetric> }>();
  let count = 0;
  const forget = (run: number): void => {
    count -= runs.get(run)?.metrics.size ?? 0;
    runs.delete(run);
  };
  return {
    at(run, revision) {
      const known = runs.get(run);
      return known?.revision === revision ? known.metrics : nothing;
    },
    moved(run, revision) {
      const known = runs.get(run);
      if (known?.revision === revision - 1) known.revision = revision;
    },
    keep(run, revision, metrics) {
      const known = runs.get(run);
      const isNext = known !== undefined && (known.revision === revision || known.revision === revision - 1);
      const kept = isNext ? known.metrics : new Map<string, KnownMetric>();
      forget(run);
      for (const [key, metric] of metrics) kept.set(key, metric);
      runs.set(run, { revision, metrics: kept });
      count += kept.size;
      while (count > most) forget(runs.keys().next().value as number);
    },
  };
};
