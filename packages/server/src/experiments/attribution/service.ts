import { type MetricAttribution, type Run, runFiles, runTags } from '@millwright/contract';
import { attributeChange, type AttributionRun } from '@millwright/stats';
import type { Ctx } from '#platform/auth';
import type { Platform } from '#platform/core';
import { fail } from '#platform/errors';
import { digestsAt } from '../artifacts/store.ts';
import type { Runs } from '../runs/service.ts';
import { isSeed } from '../tried/settings.ts';
import type { TriedRuns } from '../tried/service.ts';
import { chooseFactors, factorLabel, factorsOf, onlyFactors, toFactor } from './factors.ts';
import { notesOf, sentenceOf } from './words.ts';

export interface AttributionQuery {
  from: string;
  to: string;
  metric: string;
  summary?: 'last' | 'min' | 'max' | undefined;
}

export interface AttributionOfMetrics {
  /** Errors: NOT_FOUND for a run; INVALID_REFERENCE for a metric that one of them lacks or has no number of. */
  attributeMetric(ctx: Ctx, query: AttributionQuery): Promise<MetricAttribution>;
}

/** Bounds the time of the fit: some 100 ms. */
const runsLookedAt = 400;

const seedsOf = (run: Run): string =>
  JSON.stringify([run.tags[runTags.seeds], Object.entries(run.parameters).filter(([key]) => isSeed(key))]);

export const createAttribution = (
  { database: { db } }: Platform,
  { runs, tried }: { runs: Runs; tried: TriedRuns },
): AttributionOfMetrics => {
  /** The runs that the two can be understood by: of their experiments, finished, with the metric. */
  const comparable = async (ctx: Ctx, pair: readonly Run[], metric: string): Promise<Run[]> => {
    const page = await runs.searchRuns(ctx, {
      experiments: [...new Set(pair.map((run) => run.experimentNumber))],
      filter: null,
      limit: runsLookedAt,
    });
    const ids = new Set(pair.map(({ id }) => id));
    return page.items.filter((run) => !ids.has(run.id) && run.status === 'finished' && metric in run.metrics);
  };

  return {
    async attributeMetric(ctx, { from: fromId, to: toId, metric, summary = 'last' }) {
      if (fromId === toId) fail('INVALID_INPUT', 'A run does not differ from itself: name two runs.');
      const pair = [await runs.getRun(ctx, fromId), await runs.getRun(ctx, toId)] as const;
      const valueOf = (run: Run): number | null => {
        const value = run.metrics[metric]?.[summary];
        return typeof value === 'number' ? value : null;
      };
      const others = (await comparable(ctx, pair, metric)).filter((run) => valueOf(run) !== null);
      const all = [...pair, ...others];
      const ids = all.map(({ id }) => id);
      const data = await tried.dataOfRuns(ctx, ids);
      const diffs = await digestsAt(db, ctx.project, ids, runFiles.diff);
      const asRun = (run: Run): AttributionRun => ({
        value:
          valueOf(run) ??
          fail('INVALID_REFERENCE', `The run '${run.id}' has no number as the ${summary} value of '${metric}'.`),
        factors: factorsOf(run, data.get(run.id) ?? [], diffs.get(run.id)),
      });
      const [from, to, ...rest] = all.map(asRun) as [AttributionRun, AttributionRun, ...AttributionRun[]];
      const { kept, names } = chooseFactors(rest, from, to);
      const result = attributeChange(
        rest.map((run) => onlyFactors(run, kept)),
        onlyFactors(from, kept),
        onlyFactors(to, kept),
        { seed: 1, resamples: 200 },
      );
      const found = {
        metric,
        fromRunId: fromId,
        toRunId: toId,
        from: from.value,
        to: to.value,
        change: result.change,
        method: result.method,
        runs: result.runs,
        factors: result.contributions.map((one) => toFactor(one, from, to)),
        remainder: result.remainder,
        noise: result.noise,
        predicts: result.predicts,
      };
      const isSeedChanged = seedsOf(pair[0]) !== seedsOf(pair[1]);
      return { ...found, sentence: sentenceOf(found), notes: notesOf(found, names.map(factorLabel), isSeedChanged) };
    },
  };
};
