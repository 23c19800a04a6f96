import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Auth, createAuth } from '#platform/auth';
import { type BlobStore, openBlobStore } from '#platform/blobs';
import { type Changes, createChanges } from '#platform/change';
import { type Clock, systemClock } from '#platform/clock';
import { type Config, silenceForeignTelemetry } from '#platform/config';
import { type Database, openDatabase } from '#platform/db';
import { type Egress, createEgress } from '#platform/egress';
import { type Events, createEvents, findEventById } from '#platform/events';
import { armFailurePoint, failurePoint } from '#platform/failure-points';
import { type Contents, createContents } from '#platform/garbage';
import { type Ids, createIds } from '#platform/ids';
import { type Jobs, createJobs } from '#platform/jobs';
import type { Log } from '#platform/log';
import { type Relations, createRelations } from '#platform/relations';
import { type Scheduler, createScheduler } from '#platform/schedule';
import { type Signatures, createSignatures } from '#platform/signatures';
import { type Tables, createTables } from '#platform/tables';
import { type Metrics, createMetrics } from '#platform/telemetry';
import { type Vault, createVault } from '#platform/vault';

/** What every module is given. Platform knows no module. */
export interface Platform {
  config: Config;
  clock: Clock;
  ids: Ids;
  log: Log;
  database: Database;
  changes: Changes;
  events: Events;
  jobs: Jobs;
  scheduler: Scheduler;
  auth: Auth;
  blobs: BlobStore;
  /** Who refers to them. */
  contents: Contents;
  /** What people ask of in SQL, and export. */
  relations: Relations;
  tables: Tables;
  metrics: Metrics;
  egress: Egress;
  vault: Vault;
  signatures: Signatures;
  auditKey: string;
  startedAt: number;
  /** Where this process listens, once it does. */
  address: string | null;
}

/** The key that seals the head of the audit chain and encrypts stored secrets: configured, or made once and kept beside the data. */
const readAuditKey = (config: Config): string => {
  if (config.instanceSecret !== null) return config.instanceSecret;
  const path = join(config.dataDir, 'instance.key');
  if (!existsSync(path)) {
    mkdirSync(config.dataDir, { recursive: true, mode: 0o700 });
    writeFileSync(path, randomBytes(32).toString('hex'), { mode: 0o600, flag: 'wx' });
  }
  return readFileSync(path, 'utf8').trim();
};

export const createPlatform = async (options: {
  config: Config;
  log: Log;
  clock?: Clock;
  database?: Database;
}): Promise<Platform> => {
  const { config, log } = options;
  armFailurePoint(config.failurePoint ?? undefined);
  silenceForeignTelemetry();
  const clock = options.clock ?? systemClock;
  const ids = createIds(clock);
  const metrics = createMetrics();
  const egress = createEgress({ allow: config.egressAllow, allowInsecure: config.allowInsecureWebhooks });
  const auditKey = readAuditKey(config);
  const database =
    options.database ?? openDatabase({ url: config.databaseUrl, file: join(config.dataDir, 'millwright.db'), log });
  await database.migrate(clock.now());
  const blobs = await openBlobStore(
    config.blobStore === 's3'
      ? {
          kind: 's3',
          bucket: config.s3Bucket ?? '',
          keyPrefix: config.s3Prefix,
          region: config.s3Region,
          cacheDir: join(config.dataDir, 'blob-cache'),
          cacheLimitBytes: 20_000_000_000,
          ...(config.s3Endpoint === null ? {} : { endpoint: config.s3Endpoint, pathStyle: true }),
          ...(config.s3DirectEndpoint === null ? {} : { directEndpoint: config.s3DirectEndpoint, pathStyle: true }),
          ...(config.s3AccessKey === null || config.s3SecretKey === null
            ? {}
            : { credentials: { accessKeyId: config.s3AccessKey, secretAccessKey: config.s3SecretKey } }),
        }
      : { kind: 'files', root: join(config.dataDir, 'blobs') },
  );
  const tables = createTables({
    tempDir: join(config.dataDir, 'tmp'),
    directories: ['blobs', 'blob-cache', 'capture'].map((folder) => join(config.dataDir, folder)),
    memoryLimitBytes: config.tableMemoryBytes,
    threads: 2,
  });

  // On PostgreSQL other processes write too: look regularly. On SQLite this process is told of everything it commits.
  const pollMs = database.kind === 'postgres' ? 500 : 1000;
  const events = createEvents({ db: database.db, pollMs, log });
  let jobs: Jobs | undefined;
  const changes = createChanges({
    database,
    clock,
    ids,
    auditKey,
    subscribersOf: (type) => events.subscribersOf(type),
    wake: (what) => {
      if (what.events) events.wake();
      if (what.jobs) jobs?.wake();
    },
  });
  jobs = createJobs({
    database,
    changes,
    clock,
    log,
    concurrency: config.jobConcurrency,
    pollMs,
    // One server per data folder (it is locked): on SQLite nobody else runs jobs.
    soleWorker: database.kind === 'sqlite',
    onOutcome: (kind, outcome, durationMs) => {
      metrics.count('millwright_jobs_total', 'Jobs run', { kind, outcome });
      metrics.observe('millwright_job_seconds', 'Time a job ran', durationMs / 1000, { kind });
    },
  });
  const auth = createAuth({ database, changes, clock, ids });
  const scheduler = createScheduler({ database, changes, clock, log, pollMs: 1000 });
  return {
    config,
    clock,
    ids,
    log,
    database,
    changes,
    events,
    jobs,
    scheduler,
    auth,
    blobs,
    contents: createContents(),
    relations: createRelations(),
    tables,
    metrics,
    egress,
    vault: createVault(auditKey),
    signatures: createSignatures(auditKey, clock),
    auditKey,
    startedAt: clock.now(),
    address: null,
  };
};

/** After every module has declared its handlers. */
export const startPlatform = (platform: Platform): void => {
  const { events, jobs, database, scheduler, config } = platform;
  for (const name of events.subscriberNames())
    jobs.handle(`event:${name}`, async (job) => {
      const event = await findEventById(database.db, String(job.payload['eventId']));
      if (!event) throw new Error(`the event ${String(job.payload['eventId'])} is gone`);
      failurePoint('outbox.before-delivery');
      await events.handlerOf(name)?.(event);
      failurePoint('outbox.after-delivery');
    });
  if (config.worker) {
    jobs.start();
    scheduler.start();
    const forget = () =>
      void events
        .forget(platform.clock.now())
        .catch((error: unknown) => platform.log.warn('old events could not be deleted; trying again', { error }));
    forgetting.set(platform, setInterval(forget, 60_000).unref());
  }
};

const forgetting = new WeakMap<Platform, NodeJS.Timeout>();

export const stopPlatform = async (platform: Platform): Promise<void> => {
  clearInterval(forgetting.get(platform));
  platform.scheduler.stop();
  await platform.jobs.stop();
  platform.events.stop();
  await platform.tables.close();
  await platform.database.close();
};
