import { type Kysely, sql } from 'kysely';
import { fail } from '#platform/errors';
import { failurePoint } from '#platform/failure-points';
import type { DatabaseKind, Migration } from './columns.ts';

interface MigrationTables {
  migrations: { number: number; name: string; applied_at: number };
}
const lockKey = 7117_0001;

const state = async (db: Kysely<MigrationTables>, kind: DatabaseKind): Promise<number> => {
  const exists =
    kind === 'postgres'
      ? await sql<{
          found: number;
        }>`select 1 as found from information_schema.tables where table_schema = current_schema() and table_name = 'migrations'`.execute(
          db,
        )
      : await sql<{
          found: number;
        }>`select 1 as found from sqlite_master where type = 'table' and name = 'migrations'`.execute(db);
  if (exists.rows.length === 0) return 0;
  const row = await db
    .selectFrom('migrations')
    .select((e) => e.fn.max('number').as('number'))
    .executeTakeFirst();
  return Number(row?.number ?? 0);
};

/**
 * Brings the schema up to date: a new database in one transaction (every commit waits for the disk), one that holds
 * something each migration in its own. A database from a newer version is left alone.
 */
export const migrate = async (
  untyped: Kysely<never>,
  kind: DatabaseKind,
  migrations: readonly Migration[],
  now: number,
): Promise<{ from: number; to: number }> => {
  const db = untyped as unknown as Kysely<MigrationTables>;
  const from = await state(db, kind);
  const to = migrations.length;
  if (from > to)
    return fail(
      'DATABASE_NEWER',
      `The database is at migration ${from}, this version of Millwright knows ${to}. Start the newer version, or restore a backup made by this one.`,
    );
  const missing = migrations.map((migration, index) => ({ ...migration, number: index + 1 })).slice(from);
  for (const together of from === 0 && to > 0 ? [missing] : missing.map((one) => [one]))
    await db.transaction().execute(async (tx) => {
      // Two servers that start together: the second waits here (SQLite: at its begin) and finds the work done.
      if (kind === 'postgres') await sql`select pg_advisory_xact_lock(${lockKey})`.execute(tx);
      await sql`create table if not exists migrations (number bigint primary key, name text not null, applied_at bigint not null)`.execute(
        tx,
      );
      const done = await state(tx, kind);
      for (const { number, name, up } of together.filter((one) => one.number > done)) {
        await up(tx as unknown as Kysely<never>, kind);
        await tx.insertInto('migrations').values({ number, name, applied_at: now }).execute();
        failurePoint('migration.before-commit');
      }
    });
  return { from, to };
};
