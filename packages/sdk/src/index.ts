export * from './client.ts';
export type { FollowOptions, FollowState, Following } from './follow.ts';
export { ConnectionError } from './problems.ts';
