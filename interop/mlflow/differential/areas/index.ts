import type { Session } from '../session.ts';
import { artifacts } from './artifacts.ts';
import { experiments } from './experiments.ts';
import { inputs } from './inputs.ts';
import { loggedModels } from './logged-models.ts';
import { metrics } from './metrics.ts';
import { registry } from './registry.ts';
import { runSearch } from './run-search.ts';
import { runs } from './runs.ts';
import { server } from './server.ts';
import { webhooks } from './webhooks.ts';

/** Each is one kind of sequence; one run takes them in turn until it has sent enough. */
export const areas: Readonly<Record<string, (session: Session) => Promise<void>>> = {
  runs,
  'run-search': runSearch,
  metrics,
  experiments,
  registry,
  'logged-models': loggedModels,
  inputs,
  artifacts,
  webhooks,
  server,
};
