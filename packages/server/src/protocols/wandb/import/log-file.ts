import type { FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { ByteReader } from '../../import/byte-reader.ts';

const magic = [0x3a, 0x57, 0x26, 0x42, 0xe1, 0xbe, 0x00];
const blockBytes = 32_768;
const headBytes = 7;
/** A record in pieces that grows beyond this is damage. */
const longestRecord = 256_000_000;

const [full, first, middle, last] = [1, 2, 3, 4];

/**
 * Records of a `.wandb` file: LevelDB's log (blocks of 32 KiB; a record that does not fit is cut into pieces) behind a head of
 * its own, with CRC-32 of the kind of the piece and its bytes. What a killed process left unfinished at the end is not there.
 */
export async function* recordsOf(file: FileHandle, problem: (text: string) => void): AsyncIterable<Uint8Array> {
  const reader = new ByteReader(file);
  const head = await reader.take(magic.length);
  if (!head || magic.some((byte, index) => head[index] !== byte))
    return problem('it is no log of W&B, or of a version that is not known');
  let pieces: Uint8Array[] = [];
  let pieceBytes = 0;
  for (;;) {
    const left = blockBytes - (reader.position % blockBytes);
    // No head fits: the rest of the block is zeros.
    if (left < headBytes) {
      if (!(await reader.take(left))) return;
      continue;
    }
    const at = reader.position;
    const pieceHead = await reader.take(headBytes);
    if (!pieceHead) return;
    const view = new DataView(pieceHead.buffer, pieceHead.byteOffset, headBytes);
    const [checksum, length, kind] = [view.getUint32(0, true), view.getUint16(4, true), view.getUint8(6)];
    if (kind === 0 && length === 0 && checksum === 0) {
      // Space that was reserved and never written.
      if (!(await reader.take(left - headBytes))) return;
      continue;
    }
    const bytes = length > left - headBytes ? null : await reader.take(length);
    if (length <= left - headBytes && !bytes) return;
    if (!bytes || crc32(bytes, crc32(Uint8Array.of(kind))) !== checksum)
      return problem(`what comes after byte ${at} was left out: a record does not match its checksum`);
    if (kind === full) {
      pieces = [];
      yield bytes;
      continue;
    }
    if (kind === first) {
      pieces = [];
      pieceBytes = 0;
    }
    pieces.push(Uint8Array.from(bytes));
    pieceBytes += length;
    if (pieceBytes > longestRecord || kind > last || kind < middle - 1)
      return problem(`what comes after byte ${at} was left out: a record is damaged`);
    if (kind !== last) continue;
    yield Buffer.concat(pieces);
    pieces = [];
  }
}
