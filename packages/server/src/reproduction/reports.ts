import { type Reproduction, reproductionTags, type Run } from '@millwright/contract';
import type { ExperimentsService } from '#experiments';
import type { Ctx } from '#platform/auth';
import { differencesOf, seedsAtLeast, summarise } from './differences.ts';

/** Newest first; more help nobody. */
const shownAtMost = 20;
const alikeAtMost = 20;
const defaultTolerance = 1e-6;

/** How the runs that repeat a run compare with it. */
export const createReports = (experiments: ExperimentsService) => {
  /** Runs with the same settings and other seeds: not those that repeat the same seed on purpose. */
  const alikeWith = async (ctx: Ctx, original: Run): Promise<Run[]> => {
    const ids = await experiments.runsLike(ctx, original.id, alikeAtMost);
    const runs = await Promise.all(ids.map((id) => experiments.getRun(ctx, id)));
    return runs.filter((run) => run.status === 'finished' && run.tags[reproductionTags.reproduces] === undefined);
  };

  const reportOf = (original: Run, run: Run, alike: readonly Run[], tolerance: number | undefined): Reproduction => {
    const metrics = differencesOf(original.metrics, run.metrics, {
      relative: tolerance ?? defaultTolerance,
      isGiven: tolerance !== undefined,
      alike: alike.length + 1 >= seedsAtLeast ? alike : [],
    });
    return {
      runId: run.id,
      runName: run.name,
      status: run.status,
      startedAt: run.startedAt,
      endedAt: run.endedAt,
      pipelineRunId: run.tags[reproductionTags.pipelineRun] ?? null,
      ...summarise(run.status, metrics),
      metrics,
    };
  };

  return {
    async one(ctx: Ctx, originalId: string, runId: string): Promise<Reproduction> {
      const original = await experiments.getRun(ctx, originalId);
      return reportOf(original, await experiments.getRun(ctx, runId), await alikeWith(ctx, original), undefined);
    },
    async list(ctx: Ctx, originalId: string, tolerance: number | undefined): Promise<Reproduction[]> {
      const original = await experiments.getRun(ctx, originalId);
      const { items } = await experiments.listRuns(ctx, {
        experiment: original.experimentId,
        filter: `tags."${reproductionTags.reproduces}" = "${original.id}"`,
        limit: shownAtMost,
      });
      if (items.length === 0) return [];
      const alike = await alikeWith(ctx, original);
      return items.map((run) => reportOf(original, run, alike, tolerance));
    },
  };
};
export type Reports = ReturnType<typeof createReports>;
