import { DatabaseSync, type StatementSync, backup } from 'node:sqlite';
import { matchesPattern } from '@millwright/contract';
import { SqliteDialect } from 'kysely';
import { eachMark } from './each.ts';

type Value = null | number | bigint | string | Uint8Array;

const encode = (value: unknown): Value => {
  if (value === null || typeof value === 'string' || typeof value === 'bigint' || value instanceof Uint8Array)
    return value;
  if (typeof value === 'number') {
    // SQLite stores NaN as NULL without a word; stores encode such values themselves.
    if (!Number.isFinite(value)) throw new TypeError(`${value} cannot be stored in a number column`);
    return value;
  }
  if (typeof value === 'boolean') return value ? 1 : 0;
  throw new TypeError(
    `a value of type ${value === undefined ? 'undefined' : typeof value} cannot be bound to a statement`,
  );
};

/** Runs a statement once per set of values, in one go: what lies between this and Kysely costs more than a small row. */
const eachOf = (statement: StatementSync) => ({
  reader: false,
  all: () => [],
  iterate: () => [][Symbol.iterator](),
  run: (sets: readonly unknown[]) => {
    for (const values of sets as readonly (readonly unknown[])[]) statement.run(...values.map(encode));
    return { changes: sets.length, lastInsertRowid: 0 };
  },
});

const isOutOfRange = (error: unknown): boolean => (error as { code?: unknown }).code === 'ERR_OUT_OF_RANGE';

/** Answered once more with bigints, which only those stay that are beyond 2^53. Of reading statements only. */
const readAgain = (statement: StatementSync, parameters: Value[]): Record<string, unknown>[] => {
  statement.setReadBigInts(true);
  try {
    const narrow = (value: unknown): unknown =>
      typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value;
    return statement
      .all(...parameters)
      .map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, narrow(value)])));
  } finally {
    statement.setReadBigInts(false);
  }
};

const readAll = (statement: StatementSync, isQuery: boolean, parameters: Value[]): Record<string, unknown>[] => {
  try {
    return statement.all(...parameters);
  } catch (error) {
    if (!isQuery || !isOutOfRange(error)) throw error;
    return readAgain(statement, parameters);
  }
};

const cacheSize = 300;

/** node:sqlite in the form Kysely expects. Statements are kept: preparing costs more than most of them take to run. */
export const openSqlite = (path: string) => {
  const connection = new DatabaseSync(path, { timeout: 5000 });
  connection.exec(
    // Checkpoints have a thread of their own (checkpoints.ts); 128 MiB only bounds the log should that thread fail.
    'PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 32768; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16384',
  );
  // What the operator `regexp` of filters calls.
  connection.function('regexp', { deterministic: true }, (pattern, text) =>
    text === null ? 0 : Number(matchesPattern('rlike', String(pattern), String(text))),
  );
  // Whether a statement answers rows is asked once: the answer describes every column.
  interface Prepared {
    statement: StatementSync;
    reader: boolean;
  }
  const cache = new Map<string, Prepared>();
  const prepare = (sql: string): Prepared => {
    const known = cache.get(sql);
    if (known) {
      cache.delete(sql);
      cache.set(sql, known);
      return known;
    }
    const statement = connection.prepare(sql);
    const prepared = { statement, reader: statement.columns().length > 0 };
    cache.set(sql, prepared);
    if (cache.size > cacheSize) cache.delete(cache.keys().next().value as string);
    return prepared;
  };
  const dialect = new SqliteDialect({
    database: {
      close: () => connection.close(),
      prepare(sql) {
        if (sql.startsWith(eachMark)) return eachOf(prepare(sql.slice(eachMark.length)).statement);
        const { statement, reader } = prepare(sql);
        const isQuery = /^\s*(\/\*.*?\*\/\s*)?(select|with)\b/i.test(sql);
        return {
          reader,
          all: (parameters) => readAll(statement, isQuery, parameters.map(encode)),
          run: (parameters) => statement.run(...parameters.map(encode)),
          iterate: (parameters) => statement.iterate(...parameters.map(encode)),
        };
      },
    },
  });
  return { dialect, connection };
};

const allPages = 2 ** 30;

/**
 * Copies a database in use, in one step. Through a connection of its own: our own one would hand out the pages of a
 * transaction that is still open.
 */
export const copySqlite = async (from: string, to: string): Promise<void> => {
  const reader = new DatabaseSync(from, { readOnly: true, timeout: 5000 });
  try {
    await backup(reader, to, { rate: allPages });
  } finally {
    reader.close();
  }
};
