import type { SimilarRun } from '@millwright/contract';
import type { DataService } from '#data';
import type { Ctx } from '#platform/auth';
import type { Platform } from '#platform/core';
import { fail, referred } from '#platform/errors';
import type { Catalog } from '../catalog.ts';
import { readEntries } from '../runs/entries/store.ts';
import { findRunNumber, findRunNumbers } from '../runs/store.ts';
import type { Runs } from '../runs/service.ts';
import { compareSettings, distanceOf, fingerprintOf, settingsOf } from './settings.ts';
import * as store from './store.ts';

export interface TriedQuery {
  /** What this run is; itself is left out. */
  run?: string | undefined;
  datasetVersionId?: string | undefined;
  datasetDigest?: string | undefined;
  /** Id or name. */
  experiment?: string | undefined;
  parameters?: Readonly<Record<string, string | number | boolean>> | undefined;
  /** How far apart each number may be, relative to the greater; default 0.1. */
  within?: number | undefined;
  limit?: number | undefined;
}

export interface TriedRuns {
  /** Errors: NOT_FOUND for the run; INVALID_INPUT; INVALID_REFERENCE for data or an experiment that is not there. */
  findSimilarRuns(ctx: Ctx, query: TriedQuery): Promise<{ considered: number; items: SimilarRun[] }>;
  /** Ids of runs on the same data with the same parameters but for seeds, newest first, without this one. */
  runsLike(ctx: Ctx, runId: string, limit: number): Promise<string[]>;
  /** Digests of the data sets a run read, and the id of its data set version. */
  dataOfRuns(ctx: Ctx, runIds: readonly string[]): Promise<Map<string, string[]>>;
}

/** Near settings are looked for among so many of the newest runs on the data. */
const newestLookedAt = 1000;
const underWayLookedAt = 100;
const metricsShown = 5;

interface Asked {
  tried: store.Tried;
  settings: readonly [string, string][];
  fingerprint: string;
  self: string | null;
}

export const createTried = (
  { database: { db } }: Platform,
  { catalog, runs, data }: { catalog: Catalog; runs: Runs; data: DataService },
): TriedRuns => {
  const settingsOfRun = async (number: number): Promise<Record<string, string>> =>
    Object.fromEntries((await readEntries(db, 'run_parameters', [number])).get(number) ?? []);

  const askedBy = async (ctx: Ctx, runId: string, given: TriedQuery['parameters']): Promise<Asked> => {
    const number =
      (await findRunNumber(db, ctx.project, runId)) ??
      fail('NOT_FOUND', `There is no run '${runId}' in project '${ctx.project}'.`);
    const known = (await store.readData(db, [number])).get(number) ?? [];
    const experiment = known.length === 0 ? await runs.experimentOfRun(ctx, runId) : null;
    const parameters = given === undefined ? await settingsOfRun(number) : asTexts(given);
    const tried = { project: ctx.project, data: known, experiment };
    return { tried, settings: settingsOf(parameters), fingerprint: fingerprintOf(parameters), self: runId };
  };

  const askedFor = async (ctx: Ctx, query: TriedQuery): Promise<Asked> => {
    const known: string[] = [];
    if (query.datasetVersionId !== undefined) {
      const version = await referred(data.findVersion(ctx, query.datasetVersionId));
      known.push(version.id, version.digest);
    }
    if (query.datasetDigest !== undefined) known.push(query.datasetDigest);
    if (known.length === 0 && query.experiment === undefined)
      fail(
        'INVALID_INPUT',
        'Say what data it is about: a run, datasetVersionId or datasetDigest; or an experiment, for its runs that name no data.',
      );
    const experiment =
      query.experiment === undefined ? null : (await referred(catalog.findExperiment(ctx, query.experiment))).number;
    const parameters = asTexts(query.parameters ?? {});
    const tried = { project: ctx.project, data: known, experiment };
    return { tried, settings: settingsOf(parameters), fingerprint: fingerprintOf(parameters), self: null };
  };

  /** Ids of those near enough, best first, with how far they are. */
  const rank = async (
    ctx: Ctx,
    { settings, self }: Asked,
    same: ReadonlySet<string>,
    ids: readonly string[],
    within: number,
  ): Promise<{ id: string; distance: number }[]> => {
    const numbers = await findRunNumbers(db, ctx.project, ids);
    const entries = await readEntries(
      db,
      'run_parameters',
      [...numbers.values()],
      settings.map(([key]) => key),
    );
    return ids
      .flatMap((id) => {
        const number = numbers.get(id);
        if (number === undefined || id === self) return [];
        const { mean, greatest } = compareSettings(settings, Object.fromEntries(entries.get(number) ?? []));
        return greatest <= within || same.has(id) ? [{ id, distance: mean }] : [];
      })
      .sort(
        (a, b) => Number(same.has(b.id)) - Number(same.has(a.id)) || a.distance - b.distance || (a.id < b.id ? 1 : -1),
      );
  };

  return {
    async findSimilarRuns(ctx, query) {
      const { within = 0.1, limit = 10 } = query;
      const asked =
        query.run === undefined ? await askedFor(ctx, query) : await askedBy(ctx, query.run, query.parameters);
      // A run that says neither what it read nor what it was told was not tried before: nobody knows what it is.
      if (asked.self !== null && asked.settings.length === 0 && asked.tried.data.length === 0)
        return { considered: 0, items: [] };
      const same = new Set(await store.findSame(db, asked.tried, asked.fingerprint, limit + 1));
      const newest = await store.findNewest(db, asked.tried, newestLookedAt);
      const underWay = await store.findUnderWay(db, asked.tried, underWayLookedAt);
      const ids = [...new Set([...same, ...newest, ...underWay])];
      const ranked = (await rank(ctx, asked, same, ids, within)).slice(0, limit);
      const items = await Promise.all(
        ranked.map(async ({ id, distance }): Promise<SimilarRun> => {
          const run = await runs.getRun(ctx, id);
          const keys = new Set([
            ...asked.settings.map(([key]) => key),
            // Of a run all is known: what only the other one has is a difference, too.
            ...(asked.self === null ? [] : settingsOf(run.parameters).map(([key]) => key)),
          ]);
          const wanted = new Map(asked.settings);
          return {
            runId: id,
            runName: run.name,
            experimentId: run.experimentId,
            experimentName: run.experimentName,
            status: run.status,
            startedAt: run.startedAt,
            owner: run.owner,
            distance,
            same: fingerprintOf(run.parameters) === asked.fingerprint,
            differences: [...keys].flatMap((key) => {
              const [ours, had] = [wanted.get(key), run.parameters[key]];
              if (ours !== undefined && distanceOf(ours, had) === 0) return [];
              return [{ key, asked: ours ?? null, had: had ?? null }];
            }),
            metrics: Object.fromEntries(
              Object.entries(run.metrics)
                .filter(([key]) => !key.startsWith('system/'))
                .slice(0, metricsShown)
                .map(([key, { last }]) => [key, last]),
            ),
          };
        }),
      );
      return { considered: ids.filter((id) => id !== asked.self).length, items };
    },
    async runsLike(ctx, runId, limit) {
      const { tried, fingerprint } = await askedBy(ctx, runId, undefined);
      return (await store.findSame(db, tried, fingerprint, limit + 1)).filter((id) => id !== runId).slice(0, limit);
    },
    async dataOfRuns(ctx, runIds) {
      const numbers = await findRunNumbers(db, ctx.project, runIds);
      const known = await store.readData(db, [...numbers.values()]);
      return new Map([...numbers].map(([id, number]) => [id, known.get(number) ?? []]));
    },
  };
};

const asTexts = (values: Readonly<Record<string, string | number | boolean>>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, String(value)]));
