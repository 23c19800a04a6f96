import { fail } from '#platform/errors';
import type { ByteRange } from './port.ts';

/** Clamps a range to the content. Errors: RANGE_UNSATISFIABLE. */
export function resolveRange(range: ByteRange, sizeBytes: number): { start: number; end: number } {
  const { start } = range;
  const end = Math.min(range.end ?? sizeBytes, sizeBytes);
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end) || start < 0 || start >= end) {
    fail('RANGE_UNSATISFIABLE', `Bytes ${start} to ${range.end ?? 'the end'} do not exist: there are ${sizeBytes}.`);
  }
  return { start, end };
}
