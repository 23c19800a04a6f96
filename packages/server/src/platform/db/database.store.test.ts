import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '#platform/clock';
import { createLog } from '#platform/log';
import { aPostgresSchema, openTestDatabase, testDatabases } from '#platform/testing';
import { type Database, lockFolder, openDatabase, OutsideTransactionError, sql } from './index.ts';
import { migrations } from './migrations/index.ts';

const log = createLog({ level: 'error', clock: systemClock, write: () => undefined });

describe.each(testDatabases)('a database on %s', (kind) => {
  let dir = '';
  let database: Database;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'millwright-db-'));
    return () => rmSync(dir, { recursive: true, force: true });
  });
  const open = async () => {
    database = await openTestDatabase(kind, dir, log);
    return database;
  };
  const count = async (table: string) =>
    Number((await sql<{ n: number }>`select count(*) as n from ${sql.table(table)}`.execute(database.db)).rows[0]?.n);

  it('is migrated once, however often that is asked for', async () => {
    await open();
    expect(await database.migrate(1)).toEqual({ from: 0, to: migrations.length });
    expect(await database.migrate(2)).toEqual({ from: migrations.length, to: migrations.length });
    expect(await count('migrations')).toBe(migrations.length);
    await database.close();
  });

  it('orders text by its bytes, whatever its language', async () => {
    await open();
    await database.migrate(1);
    const keys = ['B', 'Z_1', '_', 'a', 'a-b', 'aB', 'a_b', 'ab', '\u00e4', '\u{1f600}'];
    for (const key of [...keys].reverse())
      await sql`insert into chain_heads (name, seq, hash, seal) values (${key}, 0, '', '')`.execute(database.db);
    const sorted = await sql<{ name: string }>`select name from chain_heads order by name`.execute(database.db);
    expect(sorted.rows.map(({ name }) => name)).toEqual(keys);
    const after = await sql<{ name: string }>`select name from chain_heads where name > 'a' order by name`.execute(
      database.db,
    );
    expect(after.rows.map(({ name }) => name)).toEqual(keys.slice(keys.indexOf('a') + 1));
    await database.close();
  });

  it('of a newer version is refused and left as it is', async () => {
    await open();
    await database.migrate(1);
    await sql`insert into migrations (number, name, applied_at) values (999, 'from the future', 1)`.execute(
      database.db,
    );
    await expect(database.migrate(2)).rejects.toMatchObject({ code: 'DATABASE_NEWER' });
    expect(await count('migrations')).toBe(migrations.length + 1);
    await database.close();
  });

  it('refuses a query outside of the open transaction at once, instead of waiting for itself', async () => {
    await open();
    await database.migrate(1);
    const mistakes = [
      () => sql`select 1`.execute(database.db),
      () => database.transaction(async (tx) => sql`select 1`.execute(tx)),
      () => database.ping(),
    ];
    for (const mistake of mistakes)
      await expect(database.transaction(async () => void (await mistake()))).rejects.toThrow(OutsideTransactionError);
    // Afterwards all is well, also in what was started inside and goes on.
    let late: Promise<unknown> = Promise.resolve();
    await database.transaction(async (tx) => {
      await sql`select 1`.execute(tx);
      late = new Promise((resolve) => setTimeout(resolve, 20)).then(() => sql`select 1`.execute(database.db));
    });
    await expect(late).resolves.toBeDefined();
    await expect(
      Promise.all([1, 2, 3].map(() => database.transaction((tx) => sql`select 1`.execute(tx)))),
    ).resolves.toHaveLength(3);
    await database.close();
  });

  it('undoes a transaction that fails, and goes on', async () => {
    await open();
    await database.migrate(1);
    const insert = (name: string, fail: boolean) =>
      database.transaction(async (tx) => {
        await sql`insert into schedules (key, cron, time_zone, job_kind, payload, next_at, created_at) values (${name}, '', '', '', '', 0, 0)`.execute(
          tx,
        );
        if (fail) throw new Error('no');
      });
    await expect(insert('a', true)).rejects.toThrow('no');
    await insert('b', false);
    expect(await count('schedules')).toBe(1);
    await database.close();
  });
});

describe.each(testDatabases.filter((kind) => kind !== 'pglite'))('servers on one %s', (kind) => {
  const starter = `
    import { openDatabase } from '${join(import.meta.dirname, 'index.ts')}';
    const [url, file] = process.argv.slice(1);
    const database = openDatabase({ url: url || null, file, log: console });
    console.log(JSON.stringify(await database.migrate(1)));
    await database.close();`;

  it('migrate it once when they start at the same moment', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'millwright-db-'));
    const address = {
      url: kind === 'postgres' ? await aPostgresSchema() : null,
      file: join(dir, 'millwright.db'),
      log,
    };
    const run = promisify(execFile);
    await Promise.all(
      [1, 2, 3].map(() =>
        run(process.execPath, ['--input-type=module-typescript', '-e', starter, address.url ?? '', address.file]),
      ),
    );
    const database = openDatabase(address);
    const rows = await sql<{ number: number }>`select number from migrations order by number`.execute(database.db);
    expect(rows.rows.map(({ number }) => Number(number))).toEqual(migrations.map((_migration, index) => index + 1));
    await database.close();
    rmSync(dir, { recursive: true, force: true });
  });
});

describe('an SQLite database', () => {
  it('that is full answers STORAGE_FULL, keeps what it has and goes on once there is room', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'millwright-db-'));
    const database = openDatabase({ url: null, file: join(dir, 'millwright.db'), log });
    await database.migrate(1);
    const pages = await sql<{ page_count: number }>`pragma page_count`.execute(database.db);
    await sql`pragma max_page_count = ${sql.lit((pages.rows[0]?.page_count ?? 0) + 4)}`.execute(database.db);
    const put = (key: string, payload: string) =>
      database.transaction((tx) =>
        sql`insert into schedules (key, cron, time_zone, job_kind, payload, next_at, created_at) values (${key}, '', '', '', ${payload}, 0, 0)`.execute(
          tx,
        ),
      );
    await put('small', 'x');
    await expect(put('large', 'x'.repeat(1_000_000))).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    expect((await sql`select key from schedules`.execute(database.db)).rows).toEqual([{ key: 'small' }]);
    await sql`pragma max_page_count = 100000`.execute(database.db);
    await put('large', 'x'.repeat(1_000_000));
    await database.close();
    rmSync(dir, { recursive: true, force: true });
  });

  it('is copied as of one moment, never with half a transaction', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'millwright-db-'));
    const file = join(dir, 'millwright.db');
    const database = openDatabase({ url: null, file, log });
    await database.migrate(1);
    await database.transaction(async (tx) => {
      await sql`insert into schedules (key, cron, time_zone, job_kind, payload, next_at, created_at) values ('half', '', '', '', '', 0, 0)`.execute(
        tx,
      );
      await database.backupTo?.(join(dir, 'copy.db'));
    });
    const copy = openDatabase({ url: null, file: join(dir, 'copy.db'), log });
    expect((await sql`select key from schedules`.execute(copy.db)).rows).toEqual([]);
    await copy.close();
    await database.close();
    rmSync(dir, { recursive: true, force: true });
  });
});

describe('a data folder', () => {
  it('belongs to one server at a time', () => {
    const dir = mkdtempSync(join(tmpdir(), 'millwright-db-'));
    const lock = lockFolder(dir);
    expect(() => lockFolder(dir)).toThrow(/in use by another/);
    lock.release();
    lockFolder(dir).release();
    rmSync(dir, { recursive: true, force: true });
  });
});
