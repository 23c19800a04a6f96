export * from './experiments.ts';
export * from './runs.ts';
export * from './metrics.ts';
export * from './artifacts.ts';
export { RunKey } from './scope.ts';
