import { defineModule } from '#platform/module';
import { routes } from './routes.ts';
import { createExperiments, type ExperimentsDeps, type ExperimentsService } from './service.ts';

export type { ExperimentsService, NewMetricPoint, NewRun } from './service.ts';

/** Runs with their parameters, metrics over steps, tags and files. */
export const experiments = defineModule<ExperimentsDeps, ExperimentsService>({
  name: 'experiments',
  create: (platform, deps) => createExperiments(platform, deps),
  routes,
});
