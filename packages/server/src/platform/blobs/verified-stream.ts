import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { fail } from '#platform/errors';
import { type Digest, digestFromHex } from './digest.ts';

/**
 * Passes a whole blob through while hashing it, always one chunk behind, so that the last chunk is delivered only when
 * the digest is right: a reader that sees the end has seen the right bytes.
 */
export function verified(
  source: AsyncIterable<Uint8Array>,
  digest: Digest,
  whenRight: () => void = () => undefined,
): Readable {
  return Readable.from(verifying(source, digest, whenRight), { objectMode: false });
}

async function* verifying(
  source: AsyncIterable<Uint8Array>,
  digest: Digest,
  whenRight: () => void,
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  let held: Uint8Array | undefined;
  for await (const chunk of source) {
    if (chunk.byteLength === 0) continue;
    if (held) yield held;
    hash.update(chunk);
    held = chunk;
  }
  const actual = digestFromHex(hash.digest('hex'));
  if (actual !== digest) fail('BLOB_CORRUPT', corruptDetail(digest, actual));
  whenRight();
  if (held) yield held;
}

export function corruptDetail(expected: string, actual: string): string {
  return `Content ${expected} has the digest ${actual}. Restore it from a backup or store it again.`;
}
