import type { Page, Pipeline, PipelineSpec } from '@millwright/contract';
import type { Ctx } from '#platform/auth';
import type { Change } from '#platform/change';
import type { Platform } from '#platform/core';
import { isUniqueViolation } from '#platform/db';
import { fail } from '#platform/errors';
import { lastRuns } from './runs/store.ts';
import type { PageFilter } from './service.ts';
import { checkSpec } from './spec-check.ts';
import * as store from './store.ts';
import type { StepKinds } from './step-kind.ts';

/** Job of a schedule that came due. */
export const scheduledJob = 'pipelines.scheduled';
const scheduleKey = (pipelineId: string): string => `pipeline:${pipelineId}:`;

export interface Definitions {
  save(
    ctx: Ctx,
    name: string,
    input: { description?: string; spec: PipelineSpec; enabled?: boolean },
  ): Promise<Pipeline>;
  /** Errors: NOT_FOUND. */
  find(ctx: Ctx, ref: string): Promise<store.SavedPipeline>;
  get(ctx: Ctx, ref: string): Promise<Pipeline>;
  list(ctx: Ctx, filter: PageFilter): Promise<Page<Pipeline>>;
}

export const createDefinitions = (platform: Platform, kinds: StepKinds): Definitions => {
  const { db } = platform.database;

  const shown = async (project: string, pipelines: readonly store.SavedPipeline[]): Promise<Pipeline[]> => {
    const last = await lastRuns(
      db,
      project,
      pipelines.map((pipeline) => pipeline.id),
    );
    return Promise.all(
      pipelines.map(async (pipeline) => ({
        ...pipeline,
        nextRunAt: await platform.scheduler.nextAt(scheduleKey(pipeline.id)),
        lastRun: last.get(pipeline.id) ?? null,
      })),
    );
  };
  const find: Definitions['find'] = async (ctx, ref) =>
    (await store.findPipeline(db, ctx.project, ref)) ??
    fail('NOT_FOUND', `There is no pipeline '${ref}' in project '${ctx.project}'.`);

  /** A pipeline that is switched off has no schedule; its events are still noted. */
  const listen = async (change: Change, project: string, pipeline: store.SavedPipeline): Promise<void> => {
    await store.replaceEventTriggers(change.db, project, pipeline);
    await platform.scheduler.remove(change, scheduleKey(pipeline.id));
    if (!pipeline.enabled) return;
    for (const [index, trigger] of (pipeline.spec.triggers ?? []).entries())
      if (trigger.kind === 'schedule') {
        const { cron, timeZone } = trigger;
        await platform.scheduler.put(change, {
          key: `${scheduleKey(pipeline.id)}${index}`,
          project,
          cron,
          timeZone,
          jobKind: scheduledJob,
          payload: { pipelineId: pipeline.id, cron, timeZone },
        });
      }
  };

  const saveOnce = (ctx: Ctx, name: string, input: Parameters<Definitions['save']>[2]): Promise<store.SavedPipeline> =>
    platform.changes.change(ctx, async (change) => {
      const known = await store.findPipeline(change.db, ctx.project, name);
      const before = known && (await store.lockPipeline(change.db, ctx.project, known.id));
      const pipeline: store.SavedPipeline = {
        id: before?.id ?? platform.ids.next('pl'),
        name,
        description: input.description ?? before?.description ?? '',
        revision: (before?.revision ?? 0) + 1,
        spec: input.spec,
        enabled: input.enabled ?? before?.enabled ?? true,
        owner: before?.owner ?? ctx.actor.name,
        createdAt: before?.createdAt ?? change.now,
        updatedAt: change.now,
      };
      if (before) await store.updatePipeline(change.db, ctx.project, pipeline);
      else await store.insertPipeline(change.db, ctx.project, pipeline);
      await store.insertRevision(change.db, ctx.project, pipeline, ctx.actor.name);
      await listen(change, ctx.project, pipeline);
      change.audit({
        verb: 'pipeline.save',
        resourceType: 'pipeline',
        resourceId: pipeline.id,
        detail: { name, revision: pipeline.revision, enabled: pipeline.enabled },
      });
      return pipeline;
    });

  return {
    find,
    async save(ctx, name, input) {
      const problems = checkSpec(input.spec, kinds.find).map((problem) => ({
        ...problem,
        path: `body/spec${problem.path}`,
      }));
      const [first] = problems;
      if (first) fail('INVALID_INPUT', `${first.path}: ${first.message}`, { problems });
      const saved = await saveOnce(ctx, name, input).catch((error: unknown) => {
        if (!isUniqueViolation(error)) throw error;
        // Somebody created it at the same moment: ours is the revision after theirs.
        return saveOnce(ctx, name, input);
      });
      return (await shown(ctx.project, [saved]))[0] as Pipeline;
    },
    async get(ctx, ref) {
      return (await shown(ctx.project, [await find(ctx, ref)]))[0] as Pipeline;
    },
    async list(ctx, filter) {
      const page = await store.listPipelines(db, ctx.project, filter);
      return { ...page, items: await shown(ctx.project, page.items) };
    },
  };
};
