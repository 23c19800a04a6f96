import type { Platform } from '#platform/core';
import { deleteJob, deleteMerged, mergeParts } from './capture/merge.ts';
import { mergeJob } from './capture/merge-plan.ts';
import { evaluationJob } from './rollouts/evaluation-job.ts';
import type { Serving } from './service.ts';

export const jobs = (platform: Platform, service: Serving): void => {
  platform.jobs.handle(
    evaluationJob,
    (job) => service.rollouts.evaluate(job.context, String(job.payload['rolloutId'])),
    { concurrency: 1 },
  );
  platform.jobs.handle(mergeJob, (job) => mergeParts(platform, job, String(job.payload['endpointId'])), {
    concurrency: 1,
  });
  platform.jobs.handle(deleteJob, (job) => deleteMerged(platform, job.payload['digests'] as string[]), {
    concurrency: 1,
  });
  platform.events.subscribe('registry.alias-moved', 'serving.follow-alias', async (event) => {
    if (event.project !== null) await service.followModelAlias(event.subjectId, event.project);
  });
};
