import {
  type Finding,
  createBackup,
  getHealth,
  getSystem,
  listEvents,
  listJobs,
  retryJob,
  streamEvents,
} from '@millwright/contract';
import { demand } from '#platform/auth';
import type { Platform } from '#platform/core';
import { fail } from '#platform/errors';
import { listEvents as readPage } from '#platform/events';
import { serveGarbage } from '#platform/garbage';
import type { Api } from '#platform/http';
import { findJob, listJobs as readJobs, reviveJob } from '#platform/jobs';
import { streamBackup } from './backup.ts';
import { examine } from './findings.ts';
import { nowAt } from './position.ts';

export { restoreBackup } from './backup.ts';
export { examine } from './findings.ts';

/** What can be asked of the instance itself, whatever modules it has. */
export const serveSystem = (
  api: Api,
  platform: Platform,
  version: string,
  /** What modules still hold outside the database and the blobs is written there before a backup begins. */
  hooks: { beforeBackup(): Promise<void> },
): void => {
  const { database, clock, config } = platform;
  platform.metrics.gauge('process_resident_memory_bytes', 'Resident memory', () => process.memoryUsage.rss());
  platform.metrics.gauge('millwright_jobs_running', 'Jobs running in this process', () => platform.jobs.running());
  api.app.get('/metrics', async (request, reply) => {
    demand(await api.admit(request), 'system:read', { project: null });
    return reply
      .header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
      .send(await platform.metrics.render());
  });

  serveGarbage(api, platform);
  api.serve(getHealth, () => ({ status: 'ok' as const, version }));
  api.serve(getSystem, async () => ({
    version,
    node: process.version,
    database: database.kind,
    blobs: config.blobStore,
    startedAt: platform.startedAt,
    residentBytes: process.memoryUsage.rss(),
    settings: {
      host: config.host,
      port: config.port,
      worker: config.worker,
      jobConcurrency: config.jobConcurrency,
      inferenceWorkers: config.inferenceWorkers,
    },
    findings: (await examine(platform)) satisfies Finding[],
  }));
  api.serve(listJobs, ({ query }) => readJobs(database.db, query));
  api.serve(retryJob, async ({ params }, ctx) => {
    const job = await findJob(database.db, params.job);
    if (!job) return fail('NOT_FOUND', `There is no job '${params.job}'.`);
    await platform.changes.change({ ...ctx, project: job.project }, async (change) => {
      if (!(await reviveJob(change.db, job.id, change.now)))
        fail('CONFLICT', `The job is ${job.state}: only dead jobs can be run again.`);
      change.audit({ verb: 'job.retry', resourceType: 'job', resourceId: job.id, detail: { kind: job.kind } });
    });
    platform.jobs.wake();
    return (await findJob(database.db, job.id)) ?? job;
  });
  api.serve(listEvents, ({ params, query }) => readPage(database.db, { project: params.project, ...query }));
  api.serve(streamEvents, async ({ params, headers }) => {
    const after = await nowAt(database.db, headers['last-event-id']);
    return {
      start(send, signal) {
        const stop = platform.events.follow((event) => {
          if (event.project === params.project) send({ id: String(event.seq), event: event.type, data: event });
        }, after);
        signal.addEventListener('abort', stop);
      },
    };
  });
  api.serve(createBackup, async (_input, ctx) => {
    await hooks.beforeBackup();
    return streamBackup(platform, ctx, clock.now());
  });
};
