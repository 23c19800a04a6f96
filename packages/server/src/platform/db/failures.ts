import { MillwrightError, messageOf } from '#platform/errors';

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
const errcodeOf = (error: unknown): number =>
  typeof error === 'object' && error !== null && 'errcode' in error ? Number(error.errcode) : 0;

const sqliteFull = 13;
const sqliteUnique = 2067;
const sqlitePrimaryKey = 1555;
const sqliteIoError = 10;
const sqliteBusy = 5;
const sqliteReadOnly = 8;
const sqliteCorrupt = 11;
const sqliteCannotOpen = 14;
const sqliteNotADatabase = 26;

export const isUniqueViolation = (error: unknown): boolean =>
  codeOf(error) === '23505' || errcodeOf(error) === sqliteUnique || errcodeOf(error) === sqlitePrimaryKey;

/** Serialization failure, deadlock or a lock held too long: the same transaction may succeed when it is tried again. */
export const isRetryable = (error: unknown): boolean => {
  const inner = error instanceof MillwrightError ? error.cause : error;
  return codeOf(inner) === '40001' || codeOf(inner) === '40P01' || (errcodeOf(inner) & 0xff) === sqliteBusy;
};

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

const unstorableText = new Set(['22021', '22P05']);

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
  const sqliteCode = errcodeOf(error) & 0xff;
  if (sqliteCode === sqliteBusy)
    return new MillwrightError(
      'DATABASE_UNAVAILABLE',
      'Another process holds the database. Nothing of this request was stored; send it again.',
      {},
      error,
    );
  if (
    codeOf(error) === 'EIO' ||
    sqliteCode === sqliteIoError ||
    sqliteCode === sqliteReadOnly ||
    sqliteCode === sqliteCannotOpen
  )
    return new MillwrightError(
      'DATABASE_UNAVAILABLE',
      'The database file cannot be read or written. Check the disk under the data folder.',
      {},
      error,
    );
  if (sqliteCode === sqliteCorrupt || sqliteCode === sqliteNotADatabase)
    return new MillwrightError(
      'DATABASE_UNAVAILABLE',
      'The database file is damaged. Restore the last backup into a new folder.',
      {},
      error,
    );
  if (unstorableText.has(codeOf(error)))
    return new MillwrightError('INVALID_INPUT', 'A text holds a character that cannot be stored.', {}, error);
  return error;
};
