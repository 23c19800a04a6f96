import { defineModule } from '#platform/module';
import type { ServingDependencies } from './dependencies.ts';
import { jobs } from './jobs.ts';
import { routes } from './routes.ts';
import { type Serving, createServing } from './service.ts';

export type { CapturedInput, CapturedRange, CapturedRows } from './capture/captured-rows.ts';
export type { ServingDependencies } from './dependencies.ts';
export type { EndpointRoute } from './endpoints/route.ts';
export type { InferAnswer, InferCall } from './predict.ts';
export { predictionHeaders } from './prediction-headers.ts';
export type { ServedEndpoint, ServingService } from './service.ts';

/** Endpoints: predictions, their capture and labels, and rollouts. */
export const serving = defineModule<ServingDependencies, Serving>({
  name: 'serving',
  create: (platform, deps) => {
    platform.contents.declare({ table: 'captured_parts', column: 'digest' });
    return createServing(platform, deps);
  },
  routes,
  jobs,
  close: (service) => service.close(),
});
