import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { systemClock } from '#platform/clock';
import { openDatabase } from '#platform/db';
import type { Log } from '#platform/log';

const migrationsFolder = join(import.meta.dirname, '..', 'db', 'migrations');
let made = 0;

const preparedUrl = (): URL => new URL(process.env['MILLWRIGHT_TEST_POSTGRES_URL'] ?? '');
const newName = (): string => `test_${process.pid}_${Date.now()}_${++made}`;
const withClient = async <T>(work: (client: pg.Client) => Promise<T>): Promise<T> => {
  const client = new pg.Client({ connectionString: preparedUrl().href });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
};

/** A schema of its own on the prepared PostgreSQL, empty; the address names it. */
export const aPostgresSchema = async (): Promise<string> => {
  const schema = newName();
  await withClient((client) => client.query(`create schema ${schema}`));
  const url = preparedUrl();
  url.searchParams.set('options', `-c search_path=${schema}`);
  return url.href;
};

/** Named by what the migrations are: a server that outlives a change of theirs keeps one of each. */
const templateName = (): string => {
  const digest = createHash('sha256');
  for (const name of readdirSync(migrationsFolder).sort()) digest.update(readFileSync(join(migrationsFolder, name)));
  return `migrated_${digest.digest('hex').slice(0, 16)}`;
};

const makeTemplate = async (log: Log): Promise<string | null> => {
  const name = templateName();
  return withClient(async (client) => {
    const { rows } = await client.query<{ fsync: string }>('show fsync');
    if (rows[0]?.fsync === 'on') return null;
    // Several processes of tests begin at once.
    await client.query('select pg_advisory_lock(hashtext($1))', [name]);
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (rowCount !== 0) return name;
    await client.query(`drop database if exists ${name}_new`);
    await client.query(`create database ${name}_new`);
    const url = preparedUrl();
    url.pathname = `/${name}_new`;
    const database = openDatabase({ url: url.href, file: '', log });
    await database.migrate(systemClock.now());
    await database.close();
    await client.query(`alter database ${name}_new rename to ${name}`);
    return name;
  });
};

let template: Promise<string | null> | undefined;

/**
 * A database of its own on the prepared PostgreSQL with all migrations done: the copy of one that did them, which takes a
 * tenth of the time. `drop` when nobody is connected to it any more. null: that server waits for the disk, and would
 * write all it holds to it for each database that comes or goes.
 */
export const aMigratedPostgres = async (log: Log): Promise<{ url: string; drop(): Promise<void> } | null> => {
  const from = await (template ??= makeTemplate(log));
  if (from === null) return null;
  const name = newName();
  await withClient((client) => client.query(`create database ${name} template ${from}`));
  const url = preparedUrl();
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: () => withClient(async (client) => void (await client.query(`drop database ${name} with (force)`))),
  };
};
