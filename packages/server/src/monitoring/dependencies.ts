import type { Evaluation, TrainResult } from '@millwright/contract';
import type { DataService } from '#data';
import type { LineageService } from '#lineage';
import type { Ctx } from '#platform/auth';
import type { RegistryService } from '#registry';
import type { ServingService } from '#serving';

/** The earlier stages that monitoring stands on, and what it asks of them. */
export interface MonitoringDeps {
  lineage: Pick<LineageService, 'link' | 'registerLabels'>;
  data: Pick<DataService, 'findVersion' | 'findDataset' | 'versionFile'>;
  training: {
    trainResultOf(ctx: Ctx, runId: string): Promise<Pick<TrainResult, 'datasetVersionId' | 'holdoutFrom' | 'window'>>;
  };
  evaluation: { getEvaluation(ctx: Ctx, evaluationId: string): Promise<Pick<Evaluation, 'task' | 'metrics' | 'rows'>> };
  registry: Pick<RegistryService, 'onnxVersion'>;
  serving: Pick<ServingService, 'getEndpoint' | 'servedEndpoint' | 'capturedCount' | 'readCaptured'>;
}
