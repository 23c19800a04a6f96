import type { FileHandle } from 'node:fs/promises';
import { ByteReader } from '../../import/byte-reader.ts';
import { maskedCrc32c } from './crc32c.ts';

/** A longer one is damage: the length has a checksum, but whoever makes a file makes that too. */
const longestRecord = 256_000_000;

/**
 * Records of a TFRecord file: length, its checksum, bytes, their checksum. What is cut off at the end, as by a process that
 * was killed, is not there; anything else that does not fit is told, and nothing after it can be read.
 */
export async function* recordsOf(file: FileHandle, problem: (text: string) => void): AsyncIterable<Uint8Array> {
  const reader = new ByteReader(file);
  for (;;) {
    const at = reader.position;
    const head = await reader.take(12);
    if (!head) return;
    const view = new DataView(head.buffer, head.byteOffset, 12);
    const length = Number(view.getBigUint64(0, true));
    if (maskedCrc32c(head.subarray(0, 8)) !== view.getUint32(8, true) || length > longestRecord)
      return problem(`what comes after byte ${at} was left out: the length of a record is damaged`);
    const body = await reader.take(length + 4);
    if (!body) return;
    const bytes = body.subarray(0, length);
    const checksum = new DataView(body.buffer, body.byteOffset + length, 4).getUint32(0, true);
    if (maskedCrc32c(bytes) !== checksum)
      return problem(`what comes after byte ${at} was left out: a record does not match its checksum`);
    yield bytes;
  }
}
