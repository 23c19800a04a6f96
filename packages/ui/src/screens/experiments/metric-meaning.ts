import { type Direction, type MetricMeaning, directionOf, listMetricMeanings } from '@millwright/contract';
import { useMemo } from 'react';
import { useRead } from '../../api/queries.ts';
import { useProject } from '../../app/location.ts';

/** What is known of metrics: said by somebody, or told by their names. */
export interface Meanings {
  of: (key: string) => MetricMeaning | undefined;
  directionOf: (key: string) => Direction | null;
}

const meaningsAtMost = 1000;

export const meaningsFrom = (said: readonly MetricMeaning[]): Meanings => {
  const byKey = new Map(said.map((meaning) => [meaning.key, meaning]));
  const directions = new Map<string, Direction | null>();
  return {
    of: (key) => byKey.get(key),
    // Asked for every cell of a table.
    directionOf(key) {
      const known = directions.get(key);
      if (known !== undefined) return known;
      const direction = directionOf(key, byKey.get(key));
      directions.set(key, direction);
      return direction;
    },
  };
};

const nothing: readonly MetricMeaning[] = [];
export const useMeanings = (): Meanings => {
  const project = useProject();
  const said = useRead(listMetricMeanings, { params: { project }, query: { limit: meaningsAtMost } }).data?.items;
  return useMemo(() => meaningsFrom(said ?? nothing), [said]);
};

/** Which value of a metric is shown. */
export type SummaryOf = (key: string) => 'last' | 'min' | 'max';
export type Summary = 'last' | 'min' | 'max' | 'best';
export const lastOf: SummaryOf = () => 'last';

/** The best of a metric without a direction is its last value. */
export const summaryFor =
  (summary: Summary, meanings: Meanings): SummaryOf =>
  (key) => {
    if (summary !== 'best') return summary;
    const direction = meanings.directionOf(key);
    return direction === 'maximize' ? 'max' : direction === 'minimize' ? 'min' : 'last';
  };

/** `auc ↑`, `latency ↓ (ms)`: what a metric is called where its values stand. */
export const metricTitle = (key: string, meanings: Meanings): string => {
  const direction = meanings.directionOf(key);
  const unit = meanings.of(key)?.unit;
  const arrow = direction === 'maximize' ? ' ↑' : direction === 'minimize' ? ' ↓' : '';
  return `${key}${arrow}${unit ? ` (${unit})` : ''}`;
};

export const directionWords: Record<Direction, string> = {
  maximize: 'more is better',
  minimize: 'less is better',
  none: 'neither more nor less is better',
};

/** Why a value cannot be right; null where it can. */
export const outsideRange = (value: unknown, meaning: MetricMeaning | undefined): string | null => {
  if (meaning === undefined || typeof value !== 'number') return null;
  if (meaning.low !== null && value < meaning.low) return `below the least valid value, ${meaning.low}`;
  if (meaning.high !== null && value > meaning.high) return `above the greatest valid value, ${meaning.high}`;
  return null;
};

/** The places of the best of some values; empty where nobody knows, or all are the same. */
export const bestPlaces = (values: readonly unknown[], direction: Direction | null): ReadonlySet<number> => {
  const numbers = values.flatMap((value, at) => (typeof value === 'number' ? [{ value, at }] : []));
  if ((direction !== 'maximize' && direction !== 'minimize') || numbers.length < 2) return new Set();
  const all = numbers.map(({ value }) => value);
  const [least, most] = [Math.min(...all), Math.max(...all)];
  const best = direction === 'maximize' ? most : least;
  return new Set(least === most ? [] : numbers.filter(({ value }) => value === best).map(({ at }) => at));
};
