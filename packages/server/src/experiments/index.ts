import { defineModule } from '#platform/module';
import { routes } from './routes.ts';
import { createExperiments, type ExperimentsDeps, type ExperimentsService } from './service.ts';
import { findExperiment } from './store.ts';

export type { DatasetInput, RunLinks } from './inputs/input.ts';
export type { LoggedModel, LoggedModelStatus, ModelPoint, NewModelPoint } from './logged-models/logged-model.ts';
export type { NewMetricPoint } from './metrics/metric.ts';
export { childTags, startAttempt } from './runs/attempts.ts';
export type { NewRun, RunQuery } from './runs/service.ts';
export type { FoundRun } from './runs/walk/store.ts';
export type { FilePlace } from './artifacts/service.ts';
export { mediaTypeOf } from './artifacts/media-type.ts';
export { isPointKey, type PointKey } from './metrics/store.ts';
export type { RunState, RunUpdate } from './runs/run.ts';
export { isSeed } from './tried/settings.ts';
export type { ExperimentsService } from './service.ts';

/** Runs with their parameters, metrics over steps, tags and files. */
export const experiments = defineModule<ExperimentsDeps, ExperimentsService>({
  name: 'experiments',
  create: (platform, deps) => {
    const { db } = platform.database;
    platform.auth.declareResource(
      'experiment',
      async (project, ref) => (await findExperiment(db, project, ref))?.id ?? null,
    );
    return createExperiments(platform, deps);
  },
  routes,
});
