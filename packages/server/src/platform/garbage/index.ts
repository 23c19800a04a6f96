import { collectGarbage, type GarbageCollection, getGarbage } from '@millwright/contract';
import type { ChangeContext } from '#platform/change';
import type { Platform } from '#platform/core';
import { fail, isMillwrightError } from '#platform/errors';
import type { Api } from '#platform/http';
import { collect } from './collecting.ts';
import * as store from './store.ts';

export { type Contents, createContents, type DigestColumn } from './contents.ts';

const collectJob = 'garbage.collect';
const nightlyJob = 'garbage.start';
const hourMs = 3_600_000;
/** A collection that did not get on for so long was given up by its job. */
const stalledMs = hourMs;

const shown = ({ graceMs: _graceMs, position: _position, movedAt: _movedAt, ...collection }: store.Collection) =>
  collection satisfies GarbageCollection;

/** Contents that nothing refers to: what is there of them, and how they are deleted. */
export const serveGarbage = (api: Api, platform: Platform): void => {
  const { database, changes, jobs, scheduler, config, ids } = platform;

  const begin = (context: ChangeContext, asked: { dryRun: boolean; graceMs: number }): Promise<GarbageCollection> =>
    changes.change({ ...context, project: null }, async (change) => {
      const latest = await store.latestCollection(change.db);
      if (latest?.state === 'running') {
        if (latest.movedAt > change.now - stalledMs)
          fail('CONFLICT', 'A collection is under way. getGarbage tells how it fares.');
        await store.endCollection(change.db, latest.id, 'failed', change.now);
      }
      const id = ids.next('gc');
      await store.insertCollection(change.db, { id, ...asked, now: change.now });
      change.audit({
        verb: 'garbage.collect',
        resourceType: 'instance',
        resourceId: 'instance',
        detail: { id, ...asked },
      });
      change.enqueue(collectJob, { collectionId: id });
      return shown((await store.findCollection(change.db, id)) as store.Collection);
    });

  jobs.handle(collectJob, (job) => collect(platform, job), { concurrency: 1 });
  jobs.handle(nightlyJob, async (job) => {
    if (config.garbageGraceHours === 0) return;
    try {
      await begin(job.context, { dryRun: false, graceMs: config.garbageGraceHours * hourMs });
    } catch (error) {
      // One that somebody asked for does the same.
      if (!isMillwrightError(error) || error.code !== 'CONFLICT') throw error;
    }
  });
  scheduler.declare({ key: nightlyJob, cron: '41 2 * * *', jobKind: nightlyJob });

  api.serve(collectGarbage, ({ body: { dryRun = false, graceHours = config.garbageGraceHours || 24 } }, ctx) =>
    begin(ctx, { dryRun, graceMs: Math.round(graceHours * hourMs) }),
  );
  api.serve(getGarbage, async () => {
    const latest = await store.latestCollection(database.db);
    return {
      ...(await store.sumMarks(database.db)),
      graceHours: config.garbageGraceHours,
      latest: latest && shown(latest),
    };
  });
};
