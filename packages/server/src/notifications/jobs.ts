import type { Platform } from '#platform/core';
import { deliverKind } from './deliveries/dispatching.ts';
import type { NotificationsService } from './service.ts';
import { notifiableEvents } from './topic.ts';

export const jobs = (platform: Platform, service: NotificationsService): void => {
  for (const type of notifiableEvents)
    platform.events.subscribe(type, `notifications:${type}`, service.dispatch, service.wanted, {
      oncePerSecond: type === 'experiments.metrics-logged',
    });
  // Receivers may be slow: they never take all the workers.
  platform.jobs.handle(deliverKind, (job) => service.attempt(job), { concurrency: 2 });
};
