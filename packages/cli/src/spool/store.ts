import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { failurePoint } from './failure-points.ts';

const schema = `
  CREATE TABLE IF NOT EXISTS requests (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    workspace TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    method TEXT NOT NULL,
    path TEXT NOT NULL,
    body TEXT NOT NULL,
    file TEXT,
    size INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done', 'refused')),
    answer TEXT
  ) STRICT;
  CREATE INDEX IF NOT EXISTS requests_by_state ON requests (state, seq);
  CREATE INDEX IF NOT EXISTS requests_by_subject ON requests (subject, state, seq);
  CREATE TABLE IF NOT EXISTS things (
    id TEXT NOT NULL,
    workspace TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('experiment', 'run', 'model')),
    name TEXT,
    body TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (kind, workspace, id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS things_by_name ON things (kind, workspace, name);
  CREATE TABLE IF NOT EXISTS entries (
    run TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('metric', 'param', 'tag')),
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (run, kind, key)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS ids (given TEXT PRIMARY KEY, real TEXT) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
`;

/** What is to be done before the answer is given, together with others that came at the same moment. */
interface Waiting {
  work: () => unknown;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

export interface Store {
  all<Row>(sql: string, ...values: SQLInputValue[]): Row[];
  one<Row>(sql: string, ...values: SQLInputValue[]): Row | null;
  run(sql: string, ...values: SQLInputValue[]): { changes: number; lastId: number };
  /**
   * Resolves when what `work` wrote is on the disk. What is asked for in one turn shares a transaction, so that many
   * clients wait for one write of the disk; work that throws is undone alone.
   */
  commit<T>(work: () => T): Promise<T>;
  /** Bytes in the database's file that are in use. */
  sizeBytes(): number;
  close(): void;
}

/** The spool's memory: one SQLite file, a commit is on the disk before it returns. */
export const openStore = (dataDir: string, options: { readOnly?: boolean } = {}): Store => {
  if (options.readOnly !== true) mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const db = new DatabaseSync(join(dataDir, 'queue.db'), { readOnly: options.readOnly ?? false, timeout: 5000 });
  if (options.readOnly !== true) {
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    db.exec(schema);
  }
  const prepared = new Map<string, StatementSync>();
  const statement = (sql: string): StatementSync => {
    const known = prepared.get(sql) ?? db.prepare(sql);
    prepared.set(sql, known);
    return known;
  };
  let queue: Waiting[] = [];

  const flush = (): void => {
    const group = queue;
    queue = [];
    const settled: (() => void)[] = [];
    try {
      db.exec('BEGIN IMMEDIATE');
      for (const { work, resolve, reject } of group) {
        db.exec('SAVEPOINT one');
        try {
          const value = work();
          settled.push(() => resolve(value));
        } catch (error) {
          db.exec('ROLLBACK TO one');
          settled.push(() => reject(error));
        }
        db.exec('RELEASE one');
      }
      failurePoint('spool.before-commit');
      db.exec('COMMIT');
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK');
      for (const { reject } of group) reject(error);
      return;
    }
    failurePoint('spool.after-commit');
    for (const settle of settled) settle();
  };

  return {
    all: <Row>(sql: string, ...values: SQLInputValue[]) => statement(sql).all(...values) as Row[],
    one: <Row>(sql: string, ...values: SQLInputValue[]) => (statement(sql).get(...values) as Row | undefined) ?? null,
    run(sql, ...values) {
      const { changes, lastInsertRowid } = statement(sql).run(...values);
      return { changes: Number(changes), lastId: Number(lastInsertRowid) };
    },
    commit: <T>(work: () => T) =>
      new Promise<T>((resolve, reject) => {
        if (queue.push({ work, resolve: resolve as (value: unknown) => void, reject }) === 1) setImmediate(flush);
      }),
    sizeBytes() {
      const [pages, free, size] = ['page_count', 'freelist_count', 'page_size'].map((name) =>
        Number(Object.values(statement(`PRAGMA ${name}`).get() ?? {})[0]),
      ) as [number, number, number];
      return (pages - free) * size;
    },
    close: () => db.close(),
  };
};

/** Held as long as the process lives, also when it is killed: the system lets go of it. null: another has it. */
export const lockFolder = (dataDir: string, waitMs = 0): { release(): void } | null => {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const db = new DatabaseSync(join(dataDir, 'lock.db'), { timeout: waitMs });
  try {
    db.exec('BEGIN EXCLUSIVE');
  } catch {
    db.close();
    return null;
  }
  return { release: () => db.close() };
};
