import { AsyncLocalStorage } from 'node:async_hooks';
import { CompiledQuery, type DatabaseConnection, type Dialect, type Driver } from 'kysely';
import type { DatabaseKind } from './columns.ts';

/** Thrown at the one mistake that would wait for itself forever; a bug of the caller, never the answer to a request. */
export class OutsideTransactionError extends Error {
  constructor() {
    super(
      'a query on the database (or a second transaction) was made inside a transaction: it would wait for the one connection the transaction holds. Pass the transaction (`change.db`) on instead.',
    );
    this.name = 'OutsideTransactionError';
  }
}

export interface TransactionGuard {
  /** Marks everything that `run` awaits as being inside a transaction. */
  inside<T>(run: () => Promise<T>): Promise<T>;
  /** Refuses to take another connection from inside. */
  check(): void;
}

/** Costs one look-up in the asynchronous context per query outside of transactions (about 20 ns), none inside. */
export const createTransactionGuard = (): TransactionGuard => {
  const storage = new AsyncLocalStorage<{ open: boolean }>();
  return {
    inside: (run) => {
      const mark = { open: true };
      return storage.run(mark, async () => {
        try {
          return await run();
        } finally {
          // What was started inside and goes on after the end (a timer, a listener) is outside again.
          mark.open = false;
        }
      });
    },
    check: () => {
      if (storage.getStore()?.open) throw new OutsideTransactionError();
    },
  };
};

/**
 * The dialect with two changes. Connections are handed out here, one after the other where there is only one, so that
 * the guard is asked before anybody waits. And SQLite takes the write lock when a transaction begins: two processes
 * that start at once then wait for each other instead of failing half-way.
 */
export const guardDialect = (
  dialect: Dialect,
  kind: DatabaseKind,
  { guard, queue }: { guard: TransactionGuard; queue: ConnectionQueue },
): Dialect => {
  const adapter = dialect.createAdapter();
  const single = adapter.supportsMultipleConnections === false;
  return {
    createAdapter: () => Object.create(adapter, { supportsMultipleConnections: { value: true } }),
    createIntrospector: (db) => dialect.createIntrospector(db),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createDriver: () => guardDriver(dialect.createDriver(), { single, immediate: kind === 'sqlite', guard, queue }),
  };
};

/** A statement outside of a transaction is its own commit, and durable when it ends. */
const fullySynchronous = CompiledQuery.raw('pragma synchronous = full');

const guardDriver = (
  driver: Driver,
  options: { single: boolean; immediate: boolean; guard: TransactionGuard; queue: ConnectionQueue },
): Driver => {
  const { queue } = options;
  return {
    init: (...rest) => driver.init(...rest),
    async acquireConnection(...rest) {
      options.guard.check();
      if (!options.single) return driver.acquireConnection(...rest);
      await queue.enter();
      try {
        return await driver.acquireConnection(...rest);
      } catch (error) {
        queue.leave();
        throw error;
      }
    },
    async releaseConnection(connection, ...rest) {
      try {
        await driver.releaseConnection(connection, ...rest);
      } finally {
        if (options.single) queue.leave();
      }
    },
    beginTransaction: async (connection: DatabaseConnection, settings) => {
      if (options.immediate) {
        // Its commit is made durable after it, for several at once (wal-flush.ts).
        await connection.executeQuery(CompiledQuery.raw('pragma synchronous = normal'));
        await connection.executeQuery(CompiledQuery.raw('begin immediate'));
      } else await driver.beginTransaction(connection, settings);
    },
    commitTransaction: async (connection) => {
      await driver.commitTransaction(connection);
      if (options.immediate) await connection.executeQuery(fullySynchronous);
    },
    rollbackTransaction: async (connection) => {
      try {
        await driver.rollbackTransaction(connection);
      } catch (error) {
        // SQLite has already rolled back by itself when the disk was full; that first error is the one to tell.
        if (!(options.immediate && error instanceof Error && /no transaction is active/.test(error.message)))
          throw error;
      }
      if (options.immediate) await connection.executeQuery(fullySynchronous);
    },
    destroy: (...rest) => driver.destroy(...rest),
  };
};

/** Of the one connection there is. */
export interface ConnectionQueue {
  enter(): Promise<void> | undefined;
  leave(): void;
}

/** First come, first served. */
export const createQueue = (): ConnectionQueue => {
  const waiting: (() => void)[] = [];
  let taken = false;
  return {
    enter(): Promise<void> | undefined {
      if (taken) return new Promise((resolve) => void waiting.push(resolve));
      taken = true;
      return undefined;
    },
    leave(): void {
      const next = waiting.shift();
      if (next) next();
      else taken = false;
    },
  };
};
