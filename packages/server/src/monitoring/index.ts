import { defineModule } from '#platform/module';
import type { MonitoringDeps } from './dependencies.ts';
import { jobs } from './jobs.ts';
import { routes } from './routes.ts';
import { createMonitoring, type MonitoringService } from './service.ts';

export type { MonitoringDeps } from './dependencies.ts';
export type { MonitoringService } from './service.ts';

/** Windows of captured predictions: drift, performance as labels arrive, incidents. */
export const monitoring = defineModule<MonitoringDeps, MonitoringService>({
  name: 'monitoring',
  create: (platform, deps) => {
    platform.contents.declare({ table: 'monitor_references', column: 'digest' });
    return createMonitoring(platform, deps);
  },
  routes,
  jobs,
});
