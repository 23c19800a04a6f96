import { type Filter, type Page, parseFilter, type Run } from '@millwright/contract';
import type { DataService } from '#data';
import type { LineageService } from '#lineage';
import type { Ctx } from '#platform/auth';
import type { Change } from '#platform/change';
import type { Platform } from '#platform/core';
import { fail, isMillwrightError, referred } from '#platform/errors';
import type { Catalog } from '../catalog.ts';
import type { BestFinder } from '../metrics/meanings/service.ts';
import { lockExperiment } from '../store.ts';
import { deleteTag, listKeys, readEntries, writeTags } from './entries/store.ts';
import type { RunLog } from './logging.ts';
import { applyUpdate, refuseUnstorable, type RunState, type RunUpdate } from './run.ts';
import { type RunKeys, readKeys } from './keys.ts';
import { readOrder } from './order.ts';
import type { RunOrder } from './ordering/store.ts';
import { findRuns } from './search/store.ts';
import { countRuns } from './selection/store.ts';
import { type RunStart, type Started, startRuns } from './starting.ts';
import type { FoundRun } from './walk/store.ts';
import * as store from './store.ts';
import type { RunWriter } from './writer.ts';
import { noRun, runInTrash } from '../refusals.ts';

export interface NewRun {
  /** Given out by its client, who may ask twice: the same id again answers the run started with it. */
  id?: string | undefined;
  /** Id or name, or its number, which need not be looked up. */
  experiment: string | { number: number };
  /** Default `run-<number in the experiment>`. */
  name?: string | undefined;
  status?: Run['status'] | undefined;
  parentRunId?: string | undefined;
  datasetVersionId?: string | undefined;
  /** Epoch ms, as its client tells it; default now. */
  startedAt?: number | undefined;
  /** Whom its client names as the user; default the caller. */
  userId?: string | undefined;
  note?: string | undefined;
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
  /** `metrics.auc desc, startedAt`; default the newest first. */
  order?: string | undefined;
  view?: 'active' | 'deleted' | 'all' | undefined;
  /** Only these parameters, metrics and tags: `metrics.auc,parameters.lr`. */
  keys?: string | undefined;
}

export interface RunSearchQuery {
  /** Numbers of experiments; null: all of the project. */
  experiments: readonly number[] | null;
  filter: Filter | null;
  order?: readonly RunOrder[] | undefined;
  view?: 'active' | 'deleted' | 'all' | undefined;
  limit: number;
  cursor?: string | undefined;
  /** What is answered of each run; default everything. */
  keys?: RunKeys | undefined;
}

export interface Runs {
  /**
   * Errors: INVALID_REFERENCE for an experiment, a parent or a data set version that does not exist; INVALID_INPUT;
   * CONFLICT for an id that another run has, and for an experiment in the trash.
   */
  startRun(ctx: Ctx, input: NewRun): Promise<Run>;
  getRun(ctx: Ctx, runId: string): Promise<Run>;
  runExists(ctx: Ctx, runId: string): Promise<boolean>;
  /** The number of the experiment a run belongs to, null where there is no such run. */
  experimentOfRun(ctx: Ctx, runId: string): Promise<number | null>;
  /** Newest first, without the trash. Errors: INVALID_FILTER. */
  listRuns(ctx: Ctx, query: RunQuery): Promise<Page<Run>>;
  /** Errors: INVALID_FILTER. */
  countRuns(ctx: Ctx, query: Pick<RunQuery, 'experiment' | 'filter' | 'view'>): Promise<number>;
  /** What runs of an experiment have logged, in the order of keys. */
  runKeys(ctx: Ctx, experiment: string): Promise<{ metrics: string[]; parameters: string[]; tags: string[] }>;
  /** In any order, across experiments. Errors: INVALID_FILTER, INVALID_CURSOR. */
  searchRuns(ctx: Ctx, query: RunSearchQuery): Promise<Page<Run>>;
  /** The same, without what belongs to the runs: whoever keeps that asks `readRuns` for what has changed. */
  findRuns(ctx: Ctx, query: Omit<RunSearchQuery, 'keys'>): Promise<Page<FoundRun>>;
  /** By number, of runs that were found, in the order asked for. What is gone by now is left out. */
  readRuns(ctx: Ctx, numbers: readonly number[]): Promise<Map<number, Run>>;
  /** Errors: CONFLICT for a parameter that has another value and for a run that ended otherwise; INVALID_INPUT. */
  updateRun(ctx: Ctx, runId: string, update: RunUpdate): Promise<Run>;
  /** Adds parameters, tags, metric points and changes of the run's state in one go. Errors: NOT_FOUND, CONFLICT. */
  logToRun(ctx: Ctx, log: Omit<RunLog, 'project'>): Promise<void>;
  /** Sets a tag from what it is (null: not there), under the lock of the run. Errors: NOT_FOUND, CONFLICT. */
  changeRunTag(ctx: Ctx, runId: string, key: string, valueFrom: (value: string | null) => string): Promise<void>;
  /** `update`: what goes with it of the run itself. Errors: NOT_FOUND also for a tag the run does not have. */
  deleteRunTag(
    ctx: Ctx,
    runId: string,
    key: string,
    update?: Partial<Pick<RunState, 'note' | 'parentRunId'>>,
  ): Promise<void>;
  /** Into the trash, or out of it. Nothing happens where the run is there already. */
  setRunDeleted(ctx: Ctx, runId: string, isDeleted: boolean): Promise<void>;
  /** Ending a run again in the same way changes nothing. Errors: CONFLICT. */
  endRun(
    ctx: Ctx,
    runId: string,
    status: Exclude<Run['status'], 'running' | 'scheduled'>,
    more?: Pick<RunUpdate, 'parameters' | 'tags'>,
  ): Promise<Run>;
}

export const createRuns = (
  { database: { db }, changes, ids, clock }: Platform,
  {
    lineage,
    data,
    catalog,
    write,
    findBest,
  }: { lineage: LineageService; data: DataService; catalog: Catalog; write: RunWriter; findBest: BestFinder },
): Runs => {
  const getRun = async (ctx: Ctx, runId: string): Promise<Run> =>
    (await store.findRun(db, ctx.project, { id: runId })) ?? noRun(ctx.project, runId);

  const numbersOf = async (ctx: Ctx, experiment: string | undefined): Promise<number[] | null> =>
    experiment === undefined ? null : [(await catalog.findExperiment(ctx, experiment)).number];

  const complete = async (
    { project }: Ctx,
    { items, nextCursor }: Page<FoundRun>,
    keys: RunKeys | undefined,
  ): Promise<Page<Run>> => {
    const numbers = items.map(({ number }) => number);
    return { items: [...(await store.readRuns(db, project, numbers, keys)).values()], nextCursor };
  };

  /** Two attempts of one step start one run: asked under the lock of the experiment. */
  const startOnce = (ctx: Ctx, start: RunStart, key: { id: string } | { originKey: string }): Promise<Run> =>
    changes.change(ctx, async (change) => {
      await lockExperiment(change.db, start.experiment);
      const known = await store.findRun(change.db, ctx.project, key);
      const isTaken =
        known === null
          ? await store.isRunIdTaken(change.db, start.id)
          : 'id' in key && known.experimentNumber !== start.experiment;
      if (isTaken) fail('CONFLICT', `Another run has the id '${start.id}'.`);
      if (known) return known;
      const [started] = await startRuns(change, lineage, [start], () => change, null);
      if (isMillwrightError(started)) throw started;
      return (await store.findRun(change.db, ctx.project, { id: start.id })) as Run;
    });

  const changeTags = (
    ctx: Ctx,
    runId: string,
    run: (change: Change, state: RunState) => Promise<Record<string, unknown>>,
  ): Promise<void> =>
    changes.change(ctx, async (change) => {
      const state = (await store.lockRun(change.db, ctx.project, runId)) ?? noRun(ctx.project, runId);
      if (state.deletedAt !== null) runInTrash(runId, 'you change it');
      const detail = await run(change, state);
      change.audit({ verb: 'run.update', resourceType: 'run', resourceId: runId, detail });
    });

  const runs: Runs = {
    async startRun(ctx, input) {
      const { project } = ctx;
      const { originKey = null, parentRunId = null, datasetVersionId = null, parameters = {}, tags = {} } = input;
      refuseUnstorable({ parameters, tags });
      const { number: experiment } =
        typeof input.experiment === 'string'
          ? await referred(catalog.findExperiment(ctx, input.experiment))
          : input.experiment;
      if (parentRunId !== null && (await store.findRunNumber(db, project, parentRunId)) === null)
        fail('INVALID_REFERENCE', `There is no run '${parentRunId}' to be the parent.`);
      if (datasetVersionId !== null) await referred(data.findVersion(ctx, datasetVersionId));
      const start: RunStart = {
        id: input.id ?? ids.next('run'),
        project,
        owner: ctx.actor.name,
        experiment,
        name: input.name,
        status: input.status ?? 'running',
        parentRunId,
        datasetVersionId,
        startedAt: input.startedAt,
        userId: input.userId ?? ctx.actor.name,
        note: input.note ?? '',
        parameters,
        tags,
        originKey,
      };
      if (input.id !== undefined) return startOnce(ctx, start, { id: input.id });
      if (originKey !== null) return startOnce(ctx, start, { originKey });
      return toRun(start, await write.start(ctx, start));
    },
    getRun,
    runExists: async (ctx, runId) => (await store.findRunNumber(db, ctx.project, runId)) !== null,
    experimentOfRun: async (ctx, runId) => (await store.findRunState(db, ctx.project, runId))?.experiment ?? null,
    async listRuns(ctx, { experiment, filter, order, keys, view = 'active', limit = 100, cursor }) {
      const { project } = ctx;
      const experiments = await numbersOf(ctx, experiment);
      const asked = { filter: readFilter(filter, clock.now()), order: readOrder(order) };
      const best = await findBest(project, asked, { strict: true });
      const found = await findRuns(db, { project, experiments, ...asked, best, view, limit, cursor });
      return complete(ctx, found, keys === undefined ? undefined : readKeys(keys));
    },
    async countRuns(ctx, { experiment, filter, view = 'active' }) {
      const { project } = ctx;
      const experiments = await numbersOf(ctx, experiment);
      const asked = { filter: readFilter(filter, clock.now()) };
      const best = await findBest(project, asked, { strict: true });
      return countRuns(db, { project, experiments, ...asked, best, view });
    },
    async runKeys(ctx, experiment) {
      const { number } = await catalog.findExperiment(ctx, experiment);
      return {
        metrics: await listKeys(db, 'run_metrics', number),
        parameters: await listKeys(db, 'run_parameters', number),
        tags: await listKeys(db, 'run_tags', number),
      };
    },
    searchRuns: async (ctx, { keys, ...query }) => complete(ctx, await runs.findRuns(ctx, query), keys),
    async findRuns(ctx, { view = 'active', order = [], ...query }) {
      // Whoever speaks another protocol may mean a metric of that very name.
      const best = await findBest(ctx.project, { filter: query.filter, order }, { strict: false });
      return findRuns(db, { project: ctx.project, best, view, order, ...query });
    },
    readRuns: (ctx, numbers) => store.readRuns(db, ctx.project, numbers),
    async updateRun(ctx, runId, update) {
      const { parameters = {}, tags = {} } = update;
      refuseUnstorable({ parameters, tags });
      await write.log(ctx, { runId, parameters, tags, update: (run, now) => applyUpdate(run, update, now) });
      return getRun(ctx, runId);
    },
    async logToRun(ctx, log) {
      refuseUnstorable({ parameters: log.parameters ?? {}, tags: log.tags ?? {} });
      await write.log(ctx, log);
    },
    changeRunTag: (ctx, runId, key, valueFrom) =>
      changeTags(ctx, runId, async (change, { number, experiment, startedAt }) => {
        const known = await readEntries(change.db, 'run_tags', [number], [key]);
        const value = valueFrom(known.get(number)?.[0]?.[1] ?? null);
        refuseUnstorable({ parameters: {}, tags: { [key]: value } });
        await writeTags(change.db, [{ run: number, experiment, startedAt, key, value }]);
        return { tags: [key] };
      }),
    deleteRunTag: (ctx, runId, key, update) =>
      changeTags(ctx, runId, async (change, state) => {
        if (!(await deleteTag(change.db, state.number, key)))
          fail('NOT_FOUND', `The run '${runId}' has no tag '${key}'.`, { about: { noTag: key, run: runId } });
        if (update) await store.updateRun(change.db, { ...state, ...update });
        return { ...update, deletedTag: key };
      }),
    async setRunDeleted(ctx, runId, isDeleted) {
      const run = (await store.findRunState(db, ctx.project, runId)) ?? noRun(ctx.project, runId);
      if ((run.deletedAt !== null) === isDeleted) return;
      const update: RunLog['update'] = (known, now) => ({ ...known, deletedAt: isDeleted ? now : null });
      await write.log(ctx, { runId, update, evenDeleted: true });
    },
    endRun: (ctx, runId, status, more = {}) => runs.updateRun(ctx, runId, { ...more, status }),
  };
  return runs;
};

/** A run as it is right after it began, without asking the database for what was just written. */
const toRun = (start: RunStart, started: Started): Run => ({
  id: start.id,
  experimentId: started.experiment.id,
  experimentName: started.experiment.name,
  experimentNumber: start.experiment,
  name: started.name,
  status: start.status,
  parentRunId: start.parentRunId,
  startedAt: started.startedAt,
  endedAt: null,
  deletedAt: null,
  owner: start.owner,
  userId: start.userId,
  note: start.note,
  parameters: { ...start.parameters },
  metrics: {},
  tags: { ...start.tags },
});

const readFilter = (text: string | undefined, now: number): Filter | null => {
  const result = parseFilter(text ?? '', now);
  if ('filter' in result) return result.filter;
  const { message, position } = result.problem;
  return fail('INVALID_FILTER', `${message} (at character ${position + 1}).`, { position });
};
