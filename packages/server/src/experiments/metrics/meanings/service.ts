import { bestAsked, bestKey, directionOf, type Filter, type MetricMeaning, type Page } from '@millwright/contract';
import type { Ctx } from '#platform/auth';
import type { Change } from '#platform/change';
import type { Platform } from '#platform/core';
import { fail } from '#platform/errors';
import type { BestValues } from '../metric.ts';
import * as store from './store.ts';

export type MeaningChange = {
  [Field in Exclude<keyof MetricMeaning, 'key'>]?: MetricMeaning[Field] | undefined;
};

export interface Meanings {
  /** What was said, in the order of keys. */
  listMetricMeanings(
    ctx: Ctx,
    page: { limit?: number | undefined; cursor?: string | undefined },
  ): Promise<Page<MetricMeaning>>;
  /** What is left out stays. Errors: INVALID_INPUT for a range whose ends are the wrong way round. */
  describeMetric(ctx: Ctx, key: string, said: MeaningChange): Promise<MetricMeaning>;
  /** Errors: NOT_FOUND. */
  forgetMetric(ctx: Ctx, key: string): Promise<void>;
}

const nothingSaid = { direction: null, unit: '', low: null, high: null, description: '' } as const;

/** Within a change of somebody else's. Errors: INVALID_INPUT. */
export const saveMeaning = async (
  change: Change,
  project: string,
  key: string,
  said: MeaningChange,
): Promise<MetricMeaning> => {
  const known = (await store.findMeanings(change.db, project, [key])).get(key) ?? { key, ...nothingSaid };
  const given = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
  const meaning: MetricMeaning = { ...known, ...given };
  if (meaning.low !== null && meaning.high !== null && meaning.low > meaning.high)
    fail('INVALID_INPUT', `The least valid value of '${key}', ${meaning.low}, is above the greatest, ${meaning.high}.`);
  await store.writeMeaning(change.db, project, meaning, change.now);
  change.audit({ verb: 'metric.describe', resourceType: 'metric', resourceId: key, detail: given });
  return meaning;
};

export const createMeanings = ({ database: { db }, changes }: Platform): Meanings => ({
  listMetricMeanings: (ctx, { limit = 100, cursor }) => store.listMeanings(db, ctx.project, { limit, cursor }),
  describeMetric: (ctx, key, said) => changes.change(ctx, (change) => saveMeaning(change, ctx.project, key, said)),
  forgetMetric: (ctx, key) =>
    changes.change(ctx, async (change) => {
      if (!(await store.deleteMeaning(change.db, ctx.project, key)))
        fail('NOT_FOUND', `Nothing was said of the metric '${key}'.`);
      change.audit({ verb: 'metric.forget', resourceType: 'metric', resourceId: key });
    }),
});

export type BestFinder = (
  project: string,
  asked: { filter: Filter | null; order?: readonly { path: readonly string[]; at?: number }[] | undefined },
  options: {
    /** Refuses to guess where nobody knows the direction; otherwise such a metric has no best value. */
    strict: boolean;
  },
) => Promise<BestValues>;

const none: BestValues = new Map();

/** Which of the least and the greatest is the best, for the metrics a filter and an order ask for. Errors: INVALID_FILTER. */
export const createBestFinder =
  ({ database: { db } }: Platform): BestFinder =>
  async (project, { filter, order = [] }, { strict }) => {
    const asked = bestAsked(filter);
    for (const { path, at } of order) {
      const key = bestKey(path);
      if (key !== null) asked.push({ key, at });
    }
    if (asked.length === 0) return none;
    const meanings = await store.findMeanings(db, project, [...new Set(asked.map(({ key }) => key))]);
    const best = new Map<string, 'min' | 'max'>();
    for (const { key, at } of asked) {
      const direction = directionOf(key, meanings.get(key));
      if (direction === 'maximize' || direction === 'minimize') best.set(key, direction === 'maximize' ? 'max' : 'min');
      else if (strict) unknownDirection(key, at);
    }
    return best;
  };

const unknownDirection = (key: string, at: number | undefined): never =>
  fail(
    'INVALID_FILTER',
    `Nobody said whether more or less of '${key}' is better: say so (millwright metrics describe --key '${key}' --direction maximize), or ask for .min or .max${at === undefined ? '' : ` (at character ${at + 1})`}.`,
    at === undefined ? {} : { position: at },
  );
