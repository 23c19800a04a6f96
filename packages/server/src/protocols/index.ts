export { openInference } from './open-inference/index.ts';
export { mlflow } from './mlflow/index.ts';
