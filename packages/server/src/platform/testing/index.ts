import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Actor, type Ctx, systemActor } from '#platform/auth';
import type { Clock } from '#platform/clock';
import { loadConfig } from '#platform/config';
import { type Platform, createPlatform, startPlatform, stopPlatform } from '#platform/core';
import { type Database, type DatabaseKind, openDatabase, parseInt64, wrapDialect } from '#platform/db';
import { type LogLevel, createLog } from '#platform/log';
import { systemClock } from '#platform/clock';
import { aMigratedPostgres, aPostgresSchema } from './postgres.ts';

export { anApi } from './api.ts';
export { aPostgresSchema } from './postgres.ts';
export type { TestAnswer, TestApi } from './api.ts';

/** A clock that a test moves by hand. */
export const aClock = (startAt = Date.UTC(2026, 0, 1)): Clock & { advance(ms: number): void } => {
  let now = startAt;
  return {
    now: () => now,
    advance(ms) {
      now += ms;
    },
  };
};

export type TestDatabase = 'sqlite' | 'pglite' | 'postgres';
/** SQLite, and the real PostgreSQL where the test run has started one; PGlite (PostgreSQL in process, slower to start) stands in elsewhere. */
export const testDatabases: readonly TestDatabase[] = process.env['MILLWRIGHT_TEST_POSTGRES_URL']
  ? ['sqlite', 'postgres']
  : ['sqlite', 'pglite'];

/** An empty database, not yet migrated. */
export const openTestDatabase = async (
  kind: TestDatabase,
  dir: string,
  log: ReturnType<typeof createLog>,
): Promise<Database> => {
  if (kind === 'sqlite') return openDatabase({ url: null, file: join(dir, 'millwright.db'), log });
  if (kind === 'pglite') {
    const { PGlite } = await import('@electric-sql/pglite');
    const { PGliteDialect } = await import('kysely');
    return wrapDialect(
      'postgres' satisfies DatabaseKind,
      new PGliteDialect({ pglite: new PGlite({ parsers: { 20: parseInt64 } }) as never }),
    );
  }
  return openDatabase({ url: await aPostgresSchema(), file: '', log });
};

/** The same; the migrations of PostgreSQL, which take long, may be done. What there is of it goes when it is closed. */
export const openReadyDatabase = async (
  kind: TestDatabase,
  dir: string,
  log: ReturnType<typeof createLog>,
): Promise<Database> => {
  const copy = kind === 'postgres' ? await aMigratedPostgres(log) : null;
  if (copy === null) return openTestDatabase(kind, dir, log);
  const { url, drop } = copy;
  const database = openDatabase({ url, file: '', log });
  return {
    ...database,
    close: async () => {
      await database.close();
      await drop();
    },
  };
};

export interface TestPlatform {
  platform: Platform;
  dir: string;
  /** An all-mighty caller in the project `default`, which exists. */
  ctx: Ctx;
  as(actor: Actor): Ctx;
  start(): void;
  close(): Promise<void>;
}

/** A platform of its own in a temporary folder. Call `start()` after modules are made, when the test needs background jobs. */
export const aPlatform = async (
  options: {
    database?: TestDatabase;
    clock?: Clock;
    logLevel?: LogLevel;
    config?: Record<string, string | boolean>;
  } = {},
): Promise<TestPlatform> => {
  const dir = mkdtempSync(join(tmpdir(), 'millwright-test-'));
  const log = createLog({
    level: options.logLevel ?? 'error',
    clock: systemClock,
    write: (line) => process.stderr.write(line),
  });
  const { config } = loadConfig({ flags: { '--data-dir': dir, '--port': '0', ...options.config }, env: {} });
  const platform = await createPlatform({
    config,
    log,
    database: await openReadyDatabase(options.database ?? 'sqlite', dir, log),
    ...(options.clock ? { clock: options.clock } : {}),
  });
  const actor = systemActor('test');
  await platform.auth.createProject(actor, { name: 'default' }, 'test');
  const as = (who: Actor): Ctx => ({ actor: who, project: 'default', requestId: 'test' });
  return {
    platform,
    dir,
    ctx: as(actor),
    as,
    start: () => startPlatform(platform),
    close: async () => {
      await stopPlatform(platform);
      rmSync(dir, { recursive: true, force: true });
    },
  };
};
