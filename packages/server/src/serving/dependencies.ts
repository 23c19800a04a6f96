import type { DataService } from '#data';
import type { LineageService } from '#lineage';
import type { PipelinesService } from '#pipelines';
import type { RegistryService } from '#registry';

/** What serving asks of the registry. */
export type ServedModels = Pick<
  RegistryService,
  'onnxVersion' | 'onnxAliasTarget' | 'moveAlias' | 'demandAlias' | 'modelFile'
>;

/** What serving asks of the data sets: labelled predictions become versions of them. */
export type SnapshotData = Pick<
  DataService,
  'ensureDataset' | 'findDataset' | 'latestVersion' | 'versionFile' | 'createVersionFromParquet'
>;

/** The earlier stages that serving stands on. */
export interface ServingDependencies {
  lineage: Pick<LineageService, 'link' | 'registerLabels'>;
  data: SnapshotData;
  pipelines: Pick<PipelinesService, 'registerStepKind'>;
  registry: ServedModels;
}
