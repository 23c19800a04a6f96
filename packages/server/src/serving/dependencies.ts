import type { CheckResult, Dataset, DatasetVersion, ModelVersion } from '@millwright/contract';
import type { Ctx } from '#platform/auth';
import type { Change } from '#platform/change';

/** What serving asks of the registry. */
export interface ServedModels {
  findVersion(ctx: Ctx, versionId: string): Promise<ModelVersion>;
  aliasTarget(ctx: Ctx, modelRef: string, alias: string): Promise<ModelVersion | null>;
  moveAlias(change: Change, move: { project: string; modelId: string; alias: string; versionId: string }): Promise<void>;
  /** Verified local path of the model file. */
  modelFile(versionId: string): Promise<string>;
}

/** What serving asks of the data sets: labelled predictions become versions of them. */
export interface SnapshotData {
  ensureDataset(ctx: Ctx, input: { name: string; description?: string; timeColumn?: string; targetColumn?: string }): Promise<Dataset>;
  latestVersion(ctx: Ctx, datasetRef: string): Promise<DatasetVersion | null>;
  versionFile(ctx: Ctx, versionId: string): Promise<string>;
  createVersionFromParquet(
    ctx: Ctx,
    datasetRef: string,
    input: { path: string; origin: 'snapshot'; note: string; inputs: { type: string; id: string }[]; originKey?: string },
  ): Promise<DatasetVersion>;
  checkVersion(ctx: Ctx, versionId: string): Promise<CheckResult[]>;
}
