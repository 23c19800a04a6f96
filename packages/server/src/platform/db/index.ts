import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Dialect, Kysely, PostgresAdapter, type RawBuilder, type Transaction, sql } from 'kysely';
import type { Log } from '#platform/log';
import type { DatabaseKind } from './columns.ts';
import { translateFailure } from './failures.ts';
import { createCheckpoints } from './checkpoints.ts';
import { type ConnectionQueue, createQueue, createTransactionGuard, guardDialect } from './guarded-dialect.ts';
import { migrate } from './migrate.ts';
import { migrations } from './migrations/index.ts';
import { openPostgres } from './postgres.ts';
import type { SnapshotSource } from './snapshot.ts';
import { copySqlite, openSqlite } from './sqlite.ts';
import { createWalFlush } from './wal-flush.ts';

export { sql } from 'kysely';
export type { DatabaseKind } from './columns.ts';
export { isRetryable, isUniqueViolation, translateFailure } from './failures.ts';
export { OutsideTransactionError } from './guarded-dialect.ts';
export { type ForeignDatabase, type ForeignRow, openForeignPostgres, openForeignSqlite } from './foreign.ts';
export { type FolderLock, lockFolder } from './folder-lock.ts';
export { executeEach } from './each.ts';
export { compileFilter } from './filter.ts';
export type { FilterField, StoredValue } from './filter.ts';
export { decodeJson, encodeJson } from './json.ts';
export { isAfter, orderBy, type OrderTerm, type TermRow, termColumns, termValues } from './keyset.ts';
export { decodeCursor, encodeCursor, pageFrom } from './pages.ts';
export { parseInt64 } from './postgres.ts';
export { plannedAnew } from './prepared.ts';
export { asRows, insertAndAnswer, insertRows } from './rows.ts';
export { openSnapshot, type Snapshot, type SnapshotPart, type SnapshotSource } from './snapshot.ts';

/** Which tables exist is each module's own business: a store says `db.withTables<DataTables>()`. */
// biome-ignore lint/complexity/noBannedTypes: a database of which no table is known yet
export type Db = Kysely<{}> | Transaction<{}>;

export const kindOf = (db: Db): DatabaseKind =>
  db.getExecutor().adapter instanceof PostgresAdapter ? 'postgres' : 'sqlite';

/** Whether a column is one of the values: one statement however many there are, so that it is prepared once. */
export const isAmong = (db: Db, column: string, values: readonly number[] | readonly string[]): RawBuilder<boolean> =>
  kindOf(db) === 'postgres'
    ? sql<boolean>`${sql.ref(column)} = any(${values})`
    : sql<boolean>`${sql.ref(column)} in (select value from json_each(${JSON.stringify(values)}))`;

/**
 * Whether a column has a value, of rows that are found by something else. Without statistics SQLite takes the index of any
 * column for the better one, and would read all runs of a project to find ten of them.
 */
export const alsoHas = (db: Db, column: string, value: string | number): RawBuilder<boolean> =>
  kindOf(db) === 'postgres'
    ? sql<boolean>`${sql.ref(column)} = ${value}`
    : sql<boolean>`+${sql.ref(column)} = ${value}`;

export interface Database {
  kind: DatabaseKind;
  db: Db;
  /**
   * Runs all or nothing. Failures of the database come out as errors a caller can act on. Inside, only the given
   * transaction may be used: a query on `db` fails at once with OutsideTransactionError.
   */
  transaction<T>(run: (tx: Db) => Promise<T>): Promise<T>;
  migrate(now: number): Promise<{ from: number; to: number }>;
  /** Milliseconds until it answers. */
  ping(): Promise<number>;
  /** Where another reader finds it; null: nowhere (a database within this process). */
  source: SnapshotSource | null;
  /** Copies the database into a file while it is in use; null where the database has its own means (PostgreSQL). */
  backupTo: ((path: string) => Promise<void>) | null;
  close(): Promise<void>;
}

/** What makes a file of SQLite durable beside its connection. */
const besideSqlite = (file: string, queue: ConnectionQueue, log: Log) => {
  const wal = createWalFlush(`${file}-wal`);
  const checkpoints = createCheckpoints(file, {
    log,
    pauseWriters: async (run) => {
      await queue.enter();
      try {
        await run();
      } finally {
        queue.leave();
      }
    },
  });
  return {
    settle: async (): Promise<void> => {
      checkpoints.committed();
      await wal.flush();
    },
    close: async (): Promise<void> => {
      await checkpoints.close();
      await wal.close();
    },
  };
};

/** `source`: what is behind the dialect; `log`: where SQLite tells what its file is in trouble with. */
export const wrapDialect = (
  kind: DatabaseKind,
  dialect: Dialect,
  source: SnapshotSource | null = null,
  log: Log | null = null,
): Database => {
  const guard = createTransactionGuard();
  const queue = createQueue();
  const db = new Kysely<{}>({ dialect: guardDialect(dialect, kind, { guard, queue }) });
  const beside = source?.kind === 'sqlite' && log ? besideSqlite(source.file, queue, log) : null;
  return {
    kind,
    db,
    source,
    backupTo: source?.kind === 'sqlite' ? (path) => copySqlite(source.file, path) : null,
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
        const result = await db.transaction().execute((tx) => guard.inside(() => run(tx as never)));
        await beside?.settle();
        return result;
      } catch (error) {
        throw translateFailure(error);
      }
    },
    migrate: async (now) => {
      const moved = await migrate(db as unknown as Kysely<never>, kind, migrations, now);
      if (moved.to > moved.from) await beside?.settle();
      return moved;
    },
    close: async () => {
      await beside?.close();
      await db.destroy();
    },
  };
};

export const openDatabase = (options: { url: string | null; file: string; log: Log }): Database => {
  if (options.url !== null) {
    const { dialect } = openPostgres(options.url, (error) =>
      options.log.warn('a database connection was lost', { error }),
    );
    return wrapDialect('postgres', dialect, { kind: 'postgres', url: options.url });
  }
  mkdirSync(dirname(options.file), { recursive: true, mode: 0o700 });
  const source = { kind: 'sqlite' as const, file: options.file };
  return wrapDialect('sqlite', openSqlite(options.file).dialect, source, options.log);
};
