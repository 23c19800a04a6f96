import { defineModule } from '#platform/module';
import { routes } from './routes.ts';
import { createData, type DataDeps, type DataService } from './service.ts';

export type { DataService, NewDataset, SnapshotSource, UploadSource } from './service.ts';

/** Data sets in immutable, profiled and checked versions. */
export const data = defineModule<DataDeps, DataService>({
  name: 'data',
  create: (platform, deps) => createData(platform, deps),
  routes,
});
