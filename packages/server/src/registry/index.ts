import { defineModule } from '#platform/module';
import { findModel } from './models/store.ts';
import { routes } from './routes.ts';
import { type RegistryDeps, type RegistryService, createRegistry } from './service.ts';

export { isOnnx, type OnnxVersion } from './onnx.ts';
export type { RegistryService } from './service.ts';
export type { RegisterRequest, SourceRequest } from './versions/registering.ts';
export type { VersionPlace } from './versions/service.ts';

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
