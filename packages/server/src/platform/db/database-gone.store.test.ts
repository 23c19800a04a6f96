import { afterAll, beforeAll, expect, it } from 'vitest';
import { needs } from '../../../../../scripts/testing/needs.ts';
import { systemClock } from '#platform/clock';
import { createLog } from '#platform/log';
import { aPostgresSchema } from '#platform/testing';
import { type Database, openDatabase, sql } from './index.ts';

needs('postgres')('a PostgreSQL that goes away', () => {
  const log = createLog({ level: 'error', clock: systemClock, write: () => undefined });
  let database: Database;
  let other: Database;
  beforeAll(async () => {
    const url = await aPostgresSchema();
    database = openDatabase({ url, file: '', log });
    other = openDatabase({ url, file: '', log });
    await sql`create table things (name text)`.execute(database.db);
  });
  afterAll(async () => {
    await database.close();
    await other.close();
  });
  const names = async () =>
    (await sql<{ name: string }>`select name from things`.execute(database.db)).rows.map(({ name }) => name);

  it('in the middle of a statement answers DATABASE_UNAVAILABLE, stores nothing and is used again afterwards', async () => {
    const lost = database.transaction(async (tx) => {
      await sql`insert into things values ('half')`.execute(tx);
      await sql`select pg_terminate_backend(pg_backend_pid())`.execute(tx);
    });
    await expect(lost).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    expect(await names()).toEqual([]);
    await database.transaction((tx) => sql`insert into things values ('whole')`.execute(tx));
    expect(await names()).toEqual(['whole']);
  });

  it('between two statements does not end the process either', async () => {
    const lost = database.transaction(async (tx) => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx);
      await sql`select pg_terminate_backend(${rows[0]?.pid}::int)`.execute(other.db);
      await new Promise((resolve) => setTimeout(resolve, 200));
      await sql`insert into things values ('late')`.execute(tx);
    });
    await expect(lost).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    expect(await names()).toEqual(['whole']);
  });

  it('that cannot be reached at all says so', async () => {
    const nowhere = openDatabase({ url: 'postgres://nobody@127.0.0.1:9/none', file: '', log });
    await expect(nowhere.ping()).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    await expect(nowhere.transaction(async () => undefined)).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    await nowhere.close();
  });
});
