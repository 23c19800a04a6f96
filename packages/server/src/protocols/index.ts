export { openInference } from './open-inference/index.ts';
export { importMlflow, mlflow } from './mlflow/index.ts';
export type { ImportCounts, ImportOptions, ImportResult } from './mlflow/index.ts';
