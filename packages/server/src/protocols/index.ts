export { openInference } from './open-inference/index.ts';
