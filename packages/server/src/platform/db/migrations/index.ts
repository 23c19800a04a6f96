import type { Migration } from '../columns.ts';
import { platform } from './0001-platform.ts';
import { data } from './0002-data.ts';
import { experiments } from './0003-experiments.ts';
import { pipelines } from './0004-pipelines.ts';
import { evaluation } from './0005-evaluation.ts';
import { registry } from './0006-registry.ts';
import { serving } from './0007-serving.ts';
import { monitoring } from './0008-monitoring.ts';
import { capturedSegments } from './0009-captured-segments.ts';
import { loggedModels } from './0011-logged-models.ts';
import { notifications } from './0012-notifications.ts';
import { houseKeeping } from './0013-house-keeping.ts';
import { folders } from './0014-folders.ts';
import { runRevisions } from './0021-run-revisions.ts';
import { uploads } from './0018-uploads.ts';
import { reproduction } from './0020-reproduction.ts';
import { registryRequests } from './0015-registry-requests.ts';
import { reports } from './0016-reports.ts';
import { teams } from './0024-teams.ts';
import { runOrders } from './0023-run-orders.ts';

/** In order, for both databases. A number that was released never changes; the next change is the next number. */
export const migrations: readonly Migration[] = [
  platform,
  data,
  experiments,
  pipelines,
  evaluation,
  registry,
  serving,
  monitoring,
  capturedSegments,
  loggedModels,
  notifications,
  houseKeeping,
  folders,
  runRevisions,
  uploads,
  reproduction,
  registryRequests,
  reports,
  teams,
  runOrders,
];
