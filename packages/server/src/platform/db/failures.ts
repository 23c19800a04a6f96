import { MillwrightError, messageOf } from '#platform/errors';

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
const errcodeOf = (error: unknown): number =>
  typeof error === 'object' && error !== null && 'errcode' in error ? Number(error.errcode) : 0;

const sqliteFull = 13;
const sqliteUnique = 2067;
const sqlitePrimaryKey = 1555;
const sqliteForeignKey = 787;
const sqliteIoError = 10;
const sqliteBusy = 5;

export const isUniqueViolation = (error: unknown): boolean =>
  codeOf(error) === '23505' || errcodeOf(error) === sqliteUnique || errcodeOf(error) === sqlitePrimaryKey;

export const isForeignKeyViolation = (error: unknown): boolean =>
  codeOf(error) === '23503' || errcodeOf(error) === sqliteForeignKey;

/** Serialization failure or deadlock: the same transaction may succeed when it is tried again. */
export const isRetryable = (error: unknown): boolean =>
  codeOf(error) === '40001' || codeOf(error) === '40P01' || (errcodeOf(error) & 0xff) === sqliteBusy;

const unreachable = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'ETIMEDOUT',
  'EPIPE',
  '57P01',
  '57P02',
  '57P03',
  '08000',
  '08003',
  '08006',
  '53300',
]);

/** Names the failures a person can do something about; everything else stays the bug it is. */
export const translateFailure = (error: unknown): unknown => {
  if (error instanceof MillwrightError) return error;
  const message = messageOf(error);
  if ((errcodeOf(error) & 0xff) === sqliteFull || codeOf(error) === '53100' || codeOf(error) === 'ENOSPC')
    return new MillwrightError(
      'STORAGE_FULL',
      'The disk of the database is full. Free space and send the request again; nothing of it was stored.',
      {},
      error,
    );
  if (
    unreachable.has(codeOf(error)) ||
    /connection terminated|timeout exceeded when trying to connect|client has encountered a connection error/i.test(
      message,
    )
  )
    return new MillwrightError(
      'DATABASE_UNAVAILABLE',
      'The database does not answer. Nothing of this request was stored; send it again once the database is back.',
      {},
      error,
    );
  if ((errcodeOf(error) & 0xff) === sqliteIoError)
    return new MillwrightError(
      'DATABASE_UNAVAILABLE',
      'The database file cannot be read or written. Check the disk under the data folder.',
      {},
      error,
    );
  return error;
};
