import { PostgresDialect } from 'kysely';
import pg from 'pg';
import { keepStatements } from './prepared.ts';

/** From its digits: eight-byte integers arrive as text. Ours are instants and counts below 2^53, but for what clients count by themselves. */
export const parseInt64 = (text: string): number | bigint => {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : BigInt(text);
};
const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === 20 ? parseInt64 : pg.types.getTypeParser(oid, format as never),
};

export const openPostgres = (url: string, onIdleError: (error: Error) => void) => {
  const pool = new pg.Pool({
    connectionString: url,
    max: 12,
    connectionTimeoutMillis: 5000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    types: types as never,
    application_name: 'millwright',
  });
  // Without a listener a connection lost while idle would end the process.
  pool.on('error', onIdleError);
  // The pool stops listening to a connection it has lent out: one lost between two queries would end the process too.
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
    keepStatements(client);
  });
  return { dialect: new PostgresDialect({ pool }), pool };
};
