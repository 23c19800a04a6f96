import { defineModule } from '#platform/module';
import { routes } from './routes.ts';
import { createReproduction, type ReproductionDeps, type ReproductionService } from './service.ts';

/** How much of a run is pinned, running it again, and how its metrics then differ. */
export const reproduction = defineModule<ReproductionDeps, ReproductionService>({
  name: 'reproduction',
  create: (platform, deps) => createReproduction(platform, deps),
  routes,
});
