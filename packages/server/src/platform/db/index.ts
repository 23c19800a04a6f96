import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { type DatabaseSync, backup } from 'node:sqlite';
import { type Dialect, Kysely, type Transaction, sql } from 'kysely';
import type { Log } from '#platform/log';
import type { DatabaseKind } from './columns.ts';
import { translateFailure } from './failures.ts';
import { migrate } from './migrate.ts';
import { migrations } from './migrations/index.ts';
import { openPostgres } from './postgres.ts';
import { openSqlite } from './sqlite.ts';

export { sql } from 'kysely';
export type { DatabaseKind } from './columns.ts';
export { isForeignKeyViolation, isRetryable, isUniqueViolation, translateFailure } from './failures.ts';
export { decodeJson, encodeJson } from './json.ts';
export { decodeCursor, encodeCursor, pageFrom } from './pages.ts';

/** Which tables exist is each module's own business: a store says `db.withTables<DataTables>()`. */
// biome-ignore lint/complexity/noBannedTypes: a database of which no table is known yet
export type Db = Kysely<{}> | Transaction<{}>;

export interface Database {
  kind: DatabaseKind;
  db: Db;
  /** Runs all or nothing. Failures of the database come out as errors a caller can act on. */
  transaction<T>(run: (tx: Db) => Promise<T>): Promise<T>;
  migrate(now: number): Promise<{ from: number; to: number }>;
  /** Milliseconds until it answers. */
  ping(): Promise<number>;
  /** Copies the database into a file while it is in use; null where the database has its own means (PostgreSQL). */
  backupTo: ((path: string) => Promise<void>) | null;
  close(): Promise<void>;
}

export const wrapDialect = (kind: DatabaseKind, dialect: Dialect, sqlite: DatabaseSync | null = null): Database => {
  const db = new Kysely<{}>({ dialect });
  return {
    kind,
    db,
    backupTo: sqlite === null ? null : async (path) => void (await backup(sqlite, path)),
    ping: async () => {
      const started = performance.now();
      try {
        await sql`select 1`.execute(db);
      } catch (error) {
        throw translateFailure(error);
      }
      return performance.now() - started;
    },
    transaction: async (run) => {
      try {
        return await db.transaction().execute(run as never);
      } catch (error) {
        throw translateFailure(error);
      }
    },
    migrate: (now) => migrate(db as unknown as Kysely<never>, kind, migrations, now),
    close: () => db.destroy(),
  };
};

export const openDatabase = (options: { url: string | null; file: string; log: Log }): Database => {
  if (options.url !== null) {
    const { dialect } = openPostgres(options.url, (error) =>
      options.log.warn('a database connection was lost', { error }),
    );
    return wrapDialect('postgres', dialect);
  }
  mkdirSync(dirname(options.file), { recursive: true, mode: 0o700 });
  const { dialect, connection } = openSqlite(options.file);
  return wrapDialect('sqlite', dialect, connection);
};
