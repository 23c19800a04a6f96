import { defineModule } from '#platform/module';
import type { PanelSources } from './panels.ts';
import { routes } from './routes.ts';
import { createReports, type ReportsService } from './service.ts';

export type { ReportsService } from './service.ts';

/** Text with live panels, frozen copies of it, and addresses at which those are read. */
export const reports = defineModule<PanelSources, ReportsService>({
  name: 'reports',
  create: createReports,
  routes,
});
