import { PostgresDialect } from 'kysely';
import pg from 'pg';
import { keepStatements } from './prepared.ts';

/** Eight-byte integers arrive as text; ours are instants and counts below 2^53. */
const parseInteger = (text: string): number => {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} does not fit a JavaScript number`);
  return value;
};
const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === 20 ? parseInteger : pg.types.getTypeParser(oid, format as never),
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
