import {
  compareDistribution,
  getMonitor,
  listIncidents,
  listWindows,
  saveMonitor,
  updateIncident,
} from '@millwright/contract';
import type { Api } from '#platform/http';
import type { MonitoringService } from './service.ts';

export const routes = (api: Api, service: MonitoringService): void => {
  api.serve(getMonitor, ({ params }, ctx) => service.getMonitor(ctx, params.endpoint));
  api.serve(saveMonitor, ({ params, body }, ctx) => service.saveMonitor(ctx, params.endpoint, body));
  api.serve(listWindows, ({ params, query }, ctx) => service.listWindows(ctx, params.endpoint, query));
  api.serve(compareDistribution, ({ params, query }, ctx) =>
    service.compareDistribution(ctx, params.window, query.column),
  );
  api.serve(listIncidents, ({ query }, ctx) => service.listIncidents(ctx, query));
  api.serve(updateIncident, ({ params, body }, ctx) => service.updateIncident(ctx, params.incident, body));
};
