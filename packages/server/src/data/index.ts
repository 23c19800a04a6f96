import { defineModule } from '#platform/module';
import { routes } from './routes.ts';
import { createData, type DataDeps, type DataService } from './service.ts';
import { findDataset } from './store.ts';

export type { DataService, NewDataset, SnapshotSource, UploadSource } from './service.ts';

/** Data sets in immutable, profiled and checked versions. */
export const data = defineModule<DataDeps, DataService>({
  name: 'data',
  create: (platform, deps) => {
    const { db } = platform.database;
    platform.auth.declareResource('dataset', async (project, ref) => (await findDataset(db, project, ref))?.id ?? null);
    platform.contents.declare({ table: 'dataset_versions', column: 'digest' });
    return createData(platform, deps);
  },
  routes,
});
