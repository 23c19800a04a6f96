import { defineModule } from '#platform/module';
import { routes } from './routes.ts';
import { type AnalysisService, createAnalysis } from './service.ts';

export type { AnalysisService } from './service.ts';
export { unpackExport } from './unpacking.ts';

/** SQL over runs and models, and their export as Parquet. */
export const analysis = defineModule<object, AnalysisService>({
  name: 'analysis',
  create: (platform) => createAnalysis(platform),
  routes,
});
