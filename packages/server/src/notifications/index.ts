import { defineModule } from '#platform/module';
import { jobs } from './jobs.ts';
import { routes } from './routes.ts';
import { createNotifications, type NotificationsDeps, type NotificationsService } from './service.ts';

export type { FullChannel } from './channels/service.ts';
export type { Format, Happening } from './sending/format.ts';
export type { NotificationsService } from './service.ts';

/** Tells webhooks, Slack and people by mail what happened. */
export const notifications = defineModule<NotificationsDeps, NotificationsService>({
  name: 'notifications',
  create: (platform, deps) => createNotifications(platform, deps),
  routes,
  jobs,
});
