import { defineModule } from '#platform/module';
import { routes } from './routes.ts';
import { type PipelinesDeps, type PipelinesService, createPipelines } from './service.ts';
import { findPipeline } from './store.ts';

export { registerDataSteps } from './data-steps.ts';
export type { PipelinesService } from './service.ts';
export type { StepContext, StepKind, StepResult } from './step-kind.ts';

/** Graphs of steps that later stages bring along, run by durable jobs, started by hand, by schedules and by events. */
export const pipelines = defineModule<PipelinesDeps, PipelinesService>({
  name: 'pipelines',
  create: (platform, deps) => {
    const { db } = platform.database;
    platform.auth.declareResource(
      'pipeline',
      async (project, ref) => (await findPipeline(db, project, ref))?.id ?? null,
    );
    return createPipelines(platform, deps);
  },
  routes,
});
