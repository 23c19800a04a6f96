import { defineModule } from '#platform/module';
import { routes } from './routes.ts';
import { type RegistryDeps, type RegistryService, createRegistry } from './service.ts';
import { findModel } from './store.ts';

export type { RegisterRequest, RegistryService } from './service.ts';

/** Models in numbered versions, bound to the digest of their file, with approvals and aliases. */
export const registry = defineModule<RegistryDeps, RegistryService>({
  name: 'registry',
  create: (platform, deps) => {
    const { db } = platform.database;
    platform.auth.declareResource('model', async (project, ref) => (await findModel(db, project, ref))?.id ?? null);
    return createRegistry(platform, deps);
  },
  routes,
});
