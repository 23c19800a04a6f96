import type { ModelVersion, Signature } from '@millwright/contract';
import { fail } from '#platform/errors';

/** A version whose model is one file that can be run here. */
export type OnnxVersion = ModelVersion & { format: 'onnx'; digest: string; sizeBytes: number; signature: Signature };

export const isOnnx = (version: ModelVersion): version is OnnxVersion => version.format === 'onnx';

export const refuseOther = (version: Pick<ModelVersion, 'number' | 'modelName'>): never =>
  fail(
    'MODEL_REFUSED',
    `Version ${version.number} of '${version.modelName}' has no ONNX file: it was registered by an MLflow client. Its files are fetched with that client.`,
  );

/** Errors: MODEL_REFUSED. */
export const asOnnx = (version: ModelVersion): OnnxVersion => (isOnnx(version) ? version : refuseOther(version));
