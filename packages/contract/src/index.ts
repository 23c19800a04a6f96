import * as access from './access/index.ts';
import * as approvals from './approvals.ts';
import * as contractTests from './contract-tests.ts';
import * as analysis from './analysis.ts';
import * as data from './data.ts';
import * as evaluation from './evaluation.ts';
import * as experiments from './experiments/index.ts';
import * as garbage from './garbage.ts';
import * as lineage from './lineage.ts';
import * as monitoring from './monitoring.ts';
import * as notifications from './notifications.ts';
import type { Operation } from './operation.ts';
import * as pipelines from './pipelines.ts';
import * as registry from './registry.ts';
import * as reproduction from './reproduction.ts';
import * as registryPolicy from './registry-policy.ts';
import * as reports from './reports/index.ts';
import * as serving from './serving.ts';
import * as system from './system.ts';
import * as training from './training.ts';
import * as trash from './trash.ts';
import * as versionContents from './version-contents.ts';

export * from './access/index.ts';
export * from './approvals.ts';
export * from './contract-tests.ts';
export * from './analysis.ts';
export * from './data.ts';
export * from './errors.ts';
export * from './evaluation.ts';
export * from './events.ts';
export * from './experiments/index.ts';
export * from './fields.ts';
export * from './filter/index.ts';
export * from './garbage.ts';
export * from './lineage.ts';
export * from './monitoring.ts';
export * from './notifications.ts';
export * from './operation.ts';
export * from './permissions.ts';
export * from './pipelines.ts';
export * from './registry.ts';
export * from './reproduction.ts';
export * from './reports/index.ts';
export * from './run-context.ts';
export * from './media-items.ts';
export * from './registry-policy.ts';
export * from './serving.ts';
export * from './system.ts';
export * from './training.ts';
export * from './trash.ts';
export * from './version-contents.ts';

const isOperation = (value: unknown): value is Operation =>
  typeof value === 'object' && value !== null && 'permission' in value && 'path' in value && 'method' in value;

/** Every operation of the native interface, in the order of the life cycle. */
export const operations: readonly Operation[] = [
  access,
  system,
  garbage,
  data,
  lineage,
  experiments,
  trash,
  pipelines,
  training,
  reproduction,
  evaluation,
  registry,
  registryPolicy,
  approvals,
  contractTests,
  versionContents,
  analysis,
  serving,
  monitoring,
  reports,
  notifications,
].flatMap((stage) => Object.values(stage).filter(isOperation));
