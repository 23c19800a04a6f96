export * from './experiments.ts';
export * from './runs.ts';
export * from './metrics.ts';
export * from './artifacts.ts';
export * from './bulk.ts';
export * from './name-pattern.ts';
export * from './uploads.ts';
export * from './inputs.ts';
export { RunKey } from './scope.ts';
