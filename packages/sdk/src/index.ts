export * from './client.ts';
export type { FollowOptions } from './follow.ts';
export type { FollowMetricsOptions } from './follow-metrics.ts';
export type { FollowState, Following } from './reconnecting.ts';
export { ConnectionError } from './problems.ts';
