import { defineModule } from '#platform/module';
import { routes } from './routes.ts';
import { createLineage, type LineageService } from './service.ts';

export type { LabelSource, Lineage, LineageRef, LineageService } from './service.ts';

/** Who was made from what: one graph over the objects of all stages. */
export const lineage = defineModule<Record<never, never>, LineageService>({
  name: 'lineage',
  create: (platform) => createLineage(platform),
  routes,
});
