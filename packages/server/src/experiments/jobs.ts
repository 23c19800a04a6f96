import type { LineageService } from '#lineage';
import type { Platform } from '#platform/core';
import { copyingJob, copyWaiting } from './runs/copying/piecewise.ts';
import type { ExperimentsService } from './service.ts';
import { clearPurged } from './trash/clearing.ts';
import { clearingJob } from './trash/service.ts';

const dayMs = 24 * 3_600_000;
const trashJob = 'experiments.empty-trash';
const uploadsJob = 'experiments.remove-uploads';

export const registerJobs = (
  { jobs, scheduler, config, clock, log }: Platform,
  { lineage }: { lineage: LineageService },
  service: ExperimentsService,
): void => {
  jobs.handle(clearingJob, clearPurged(lineage), { concurrency: 1 });
  jobs.handle(copyingJob, copyWaiting, { concurrency: 1 });
  jobs.handle(trashJob, async (job) => {
    if (config.trashDays === 0) return;
    const gone = await service.emptyTrash(job.context, clock.now() - config.trashDays * dayMs);
    if (Object.values(gone).some((count) => count > 0)) log.info('emptied the trash', gone);
  });
  scheduler.declare({ key: trashJob, cron: '17 * * * *', jobKind: trashJob });
  jobs.handle(uploadsJob, async () => {
    const count = await service.removeExpiredUploads();
    if (count > 0) log.info('gave up uploads that nothing more came for', { count });
  });
  scheduler.declare({ key: uploadsJob, cron: '7,37 * * * *', jobKind: uploadsJob });
};
