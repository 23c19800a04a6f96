import { MillwrightError } from '@millwright/contract';

const full = /No space left on device|max_temp_directory_size|failed to offload data block/i;
const outOfMemory = /^Out of Memory Error/;
/** What DuckDB says about files that are no Parquet, cut off, damaged or gone; the kinds of its errors are not specific. */
const unreadable =
  /magic bytes|too small to be a Parquet|TProtocol|thrift|^IO Error|ZSTD|decompress|Snappy|corrupt|Parquet reader|parquet file|^Serialization Error|^Invalid Error/i;

/** DuckDB's failures that a caller can do something about; anything else is a bug and stays what it is. */
export function engineError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof MillwrightError) return error;
  const message = firstLine(error);
  if (full.test(message)) {
    const detail = `No space is left for working on tables (${message}). Free space, then try again.`;
    return new MillwrightError('STORAGE_FULL', detail, {}, error);
  }
  if (outOfMemory.test(message)) {
    const detail = 'The table needs more memory than the configured limit. Raise the limit or work on fewer columns.';
    return new MillwrightError('OVERLOADED', detail, {}, error);
  }
  if (unreadable.test(message)) return new MillwrightError('TABLE_UNREADABLE', message, {}, error);
  return error;
}

function firstLine(error: Error): string {
  return error.message.split('\n', 1)[0] ?? '';
}
