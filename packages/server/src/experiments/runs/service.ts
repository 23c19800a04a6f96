import { type Filter, type Page, parseFilter, type Run } from '@millwright/contract';
import type { DataService } from '#data';
import type { LineageService } from '#lineage';
import type { Ctx } from '#platform/auth';
import type { Change } from '#platform/change';
import type { Platform } from '#platform/core';
import { fail, isMillwrightError } from '#platform/errors';
import type { Catalog } from '../catalog.ts';
import { countRun, lockExperiment } from '../store.ts';
import { applyUpdate, conflictingParameters, type RunUpdate, refuseUnstorable } from './run.ts';
import * as store from './store.ts';

export interface NewRun {
  /** Id or name. */
  experiment: string;
  /** Default `run-<number in the experiment>`. */
  name?: string | undefined;
  parentRunId?: string | undefined;
  datasetVersionId?: string | undefined;
  parameters?: Record<string, string> | undefined;
  tags?: Record<string, string> | undefined;
  /** The same key again answers the run started with it. */
  originKey?: string | undefined;
}

export interface RunQuery {
  limit?: number | undefined;
  cursor?: string | undefined;
  /** Id or name. */
  experiment?: string | undefined;
  filter?: string | undefined;
}

export interface Runs {
  /** Errors: INVALID_REFERENCE for an experiment, a parent or a data set version that does not exist; INVALID_INPUT. */
  startRun(ctx: Ctx, input: NewRun): Promise<Run>;
  getRun(ctx: Ctx, runId: string): Promise<Run>;
  /** Newest first. Errors: INVALID_FILTER. */
  listRuns(ctx: Ctx, query: RunQuery): Promise<Page<Run>>;
  /** Errors: CONFLICT for a parameter that has another value and for a run that ended otherwise; INVALID_INPUT. */
  updateRun(ctx: Ctx, runId: string, update: RunUpdate): Promise<Run>;
  /** Ending a run again in the same way changes nothing. Errors: CONFLICT. */
  endRun(
    ctx: Ctx,
    runId: string,
    status: Exclude<Run['status'], 'running'>,
    more?: Pick<RunUpdate, 'parameters' | 'tags'>,
  ): Promise<Run>;
}

export const createRuns = (
  { database, changes, ids }: Platform,
  { lineage, data, catalog }: { lineage: LineageService; data: DataService; catalog: Catalog },
): Runs => {
  const { db } = database;
  const getRun = async (ctx: Ctx, runId: string): Promise<Run> =>
    (await store.findRun(db, ctx.project, { id: runId })) ??
    fail('NOT_FOUND', `There is no run '${runId}' in project '${ctx.project}'.`);

  /** What a request refers to must exist, which is its own mistake and not a missing page. */
  const referred = async <T>(find: Promise<T>): Promise<T> => {
    try {
      return await find;
    } catch (error) {
      if (isMillwrightError(error) && error.code === 'NOT_FOUND') return fail('INVALID_REFERENCE', error.message);
      throw error;
    }
  };

  const linkInputs = async (change: Change, project: string, input: NewRun, runId: string): Promise<void> => {
    const to = { type: 'run', id: runId };
    if (input.datasetVersionId !== undefined)
      await lineage.link(change, {
        project,
        from: { type: 'dataset-version', id: input.datasetVersionId },
        to,
        kind: 'input',
      });
    if (input.parentRunId !== undefined)
      await lineage.link(change, { project, from: { type: 'run', id: input.parentRunId }, to, kind: 'parent' });
  };

  const runs: Runs = {
    async startRun(ctx, input) {
      const { project } = ctx;
      const { originKey = null, parentRunId = null, datasetVersionId = null, parameters = {}, tags = {} } = input;
      refuseUnstorable({ parameters, tags });
      const experiment = await referred(catalog.findExperiment(ctx, input.experiment));
      if (parentRunId !== null && !(await store.runExists(db, project, parentRunId)))
        fail('INVALID_REFERENCE', `There is no run '${parentRunId}' to be the parent.`);
      if (datasetVersionId !== null) await referred(data.findVersion(ctx, datasetVersionId));
      return changes.change(ctx, async (change) => {
        // Asked under the lock of the experiment: two attempts of one step start one run.
        if (originKey !== null) {
          await lockExperiment(change.db, project, experiment.id);
          const known = await store.findRun(change.db, project, { originKey });
          if (known) return known;
        }
        const number = await countRun(change.db, project, experiment.id, change.now);
        const id = ids.next('run');
        const { name = `run-${number}` } = input;
        await store.insertRun(change.db, project, {
          id,
          experimentId: experiment.id,
          name,
          parentRunId,
          datasetVersionId,
          startedAt: change.now,
          owner: ctx.actor.name,
          originKey,
        });
        await store.writeEntries(change.db, 'run_parameters', project, id, parameters);
        await store.writeEntries(change.db, 'run_tags', project, id, tags);
        await linkInputs(change, project, input, id);
        const detail = { name, experiment: experiment.name };
        change.audit({ verb: 'run.create', resourceType: 'run', resourceId: id, detail });
        change.emit('experiments.run-started', id, { experimentId: experiment.id, name });
        return (await store.findRun(change.db, project, { id })) as Run;
      });
    },
    getRun,
    async listRuns(ctx, { experiment, filter, ...page }) {
      const experimentId = experiment === undefined ? null : (await catalog.findExperiment(ctx, experiment)).id;
      return store.listRuns(db, database.kind, ctx.project, { ...page, experimentId, filter: readFilter(filter) });
    },
    async updateRun(ctx, runId, update) {
      const { parameters = {}, tags = {} } = update;
      refuseUnstorable({ parameters, tags });
      return changes.change(ctx, async (change) => {
        const known =
          (await store.lockRun(change.db, ctx.project, runId)) ??
          fail('NOT_FOUND', `There is no run '${runId}' in project '${ctx.project}'.`);
        const conflicts = conflictingParameters(await store.readParameters(change.db, ctx.project, runId), parameters);
        if (conflicts.length > 0) fail('CONFLICT', `${conflicts.join('; ')}. Start another run, or use another name.`);
        const run = applyUpdate(known, update, change.now);
        await store.updateRun(change.db, ctx.project, run);
        await store.writeEntries(change.db, 'run_parameters', ctx.project, runId, parameters);
        await store.writeEntries(change.db, 'run_tags', ctx.project, runId, tags);
        const { status, name, note, endedAt } = update;
        const detail = { status, name, note, endedAt, parameters: Object.keys(parameters), tags: Object.keys(tags) };
        change.audit({ verb: 'run.update', resourceType: 'run', resourceId: runId, detail });
        if (run.status !== known.status && run.status !== 'running')
          change.emit('experiments.run-ended', runId, { status: run.status });
        return (await store.findRun(change.db, ctx.project, { id: runId })) as Run;
      });
    },
    endRun: (ctx, runId, status, more = {}) => runs.updateRun(ctx, runId, { ...more, status }),
  };
  return runs;
};

const readFilter = (text = ''): Filter | null => {
  const result = parseFilter(text);
  if ('filter' in result) return result.filter;
  const { message, position } = result.problem;
  return fail('INVALID_FILTER', `${message} (at character ${position + 1}).`, { position });
};
