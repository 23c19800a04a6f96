import type { Page, PipelineRun } from '@millwright/contract';
import type { LineageService } from '#lineage';
import type { Ctx } from '#platform/auth';
import type { Platform } from '#platform/core';
import { fail } from '#platform/errors';
import type { Definitions } from '../definitions.ts';
import { isDeeperThan } from '../references.ts';
import type { PipelinesService } from '../service.ts';
import { deepestInput, parametersOf } from '../spec-check.ts';
import { lockPipeline } from '../store.ts';
import type { StepRunner } from './running.ts';
import { cancelRun, isUnderWay } from './settling.ts';
import { startRun } from './starting.ts';
import { type LogLine, type SavedRun, activeRun, findRun, listRuns, lockRun, readLogs, stepsOf } from './store.ts';

type Runs = Pick<PipelinesService, 'startPipeline' | 'getPipelineRun' | 'listPipelineRuns' | 'cancelPipelineRun'>;

export const createRuns = (
  platform: Platform,
  lineage: LineageService,
  definitions: Definitions,
  runner: StepRunner,
): Runs => {
  const { db } = platform.database;

  const shown = async (project: string, runs: readonly SavedRun[], withLogs: boolean): Promise<PipelineRun[]> => {
    const steps = await stepsOf(
      db,
      project,
      runs.map((run) => run.id),
    );
    const logs = withLogs
      ? await readLogs(
          db,
          project,
          steps.map((step) => step.id),
        )
      : new Map<string, LogLine[]>();
    const byRun = Map.groupBy(steps, (step) => step.runId);
    return runs.map(({ project: _project, actorId: _actorId, ...run }) => ({
      ...run,
      steps: (byRun.get(run.id) ?? []).map(
        ({ id, runId: _runId, project: _stepProject, failures: _failures, ...step }) => ({
          ...step,
          log: logs.get(id) ?? [],
        }),
      ),
    }));
  };
  const one = async (run: SavedRun): Promise<PipelineRun> => (await shown(run.project, [run], true))[0] as PipelineRun;
  const noSuchRun = (ctx: Ctx, id: string): never =>
    fail('NOT_FOUND', `There is no pipeline run '${id}' in project '${ctx.project}'.`);

  return {
    async startPipeline(ctx, ref, input = {}) {
      const { id } = await definitions.find(ctx, ref);
      if (isDeeperThan(input.parameters, deepestInput))
        fail('INVALID_INPUT', `The parameters are nested deeper than ${deepestInput} levels.`);
      const reason = input.reason?.trim() || `Started by ${ctx.actor.name}.`;
      const run = await platform.changes.change(ctx, async (change) => {
        const pipeline =
          (await lockPipeline(change.db, ctx.project, id)) ??
          fail('NOT_FOUND', `There is no pipeline '${ref}' in project '${ctx.project}'.`);
        const running = await activeRun(change.db, ctx.project, id);
        if (running)
          fail(
            'CONFLICT',
            `Run ${running.number} of '${pipeline.name}' is still under way. Wait until it ends, or cancel it.`,
            { pipelineRunId: running.id },
          );
        const parameters = input.parameters ?? {};
        const missing = parametersOf(pipeline.spec).filter(
          (name) => name !== 'reason' && !Object.hasOwn(parameters, name),
        );
        if (missing.length > 0)
          fail('INVALID_INPUT', `The pipeline '${pipeline.name}' needs the parameters ${missing.join(', ')}.`);
        return startRun(platform, lineage, change, {
          project: ctx.project,
          pipeline,
          actorId: ctx.actor.id,
          trigger: { kind: 'manual', by: ctx.actor.name, eventId: null, reason },
          parameters,
        });
      });
      return one(run);
    },
    getPipelineRun: async (ctx, id) => one((await findRun(db, ctx.project, id)) ?? noSuchRun(ctx, id)),
    async listPipelineRuns(ctx, filter): Promise<Page<PipelineRun>> {
      const pipelineId = filter.pipeline === undefined ? undefined : (await definitions.find(ctx, filter.pipeline)).id;
      const page = await listRuns(db, ctx.project, { limit: filter.limit, cursor: filter.cursor, pipelineId });
      return { ...page, items: await shown(ctx.project, page.items, false) };
    },
    async cancelPipelineRun(ctx, id) {
      const message = `Cancelled by ${ctx.actor.name}.`;
      const steps = await platform.changes.change(ctx, async (change) => {
        const run = (await lockRun(change.db, ctx.project, id)) ?? noSuchRun(ctx, id);
        if (!isUnderWay(run.state))
          fail(
            'CONFLICT',
            `The run has ended already: it ${run.state === 'cancelled' ? 'was cancelled' : run.state === 'stopped' ? 'was stopped' : run.state}.`,
          );
        change.audit({
          verb: 'pipeline-run.cancel',
          resourceType: 'pipeline-run',
          resourceId: id,
          detail: { pipelineId: run.pipelineId, number: run.number },
        });
        return cancelRun(change, run, message);
      });
      runner.abort(
        steps.map((step) => step.id),
        message,
      );
      return this.getPipelineRun(ctx, id);
    },
  };
};
