import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { failurePoint } from '#platform/failure-points';
import { type Digest, digestFromHex } from './digest.ts';
import { writeAt } from './block-writer.ts';
import type { BlobReference, Inflow } from './port.ts';
import { BlocksDigest } from './running-digest.ts';

/** Writes and flushes to the disk. The caller owns the path: it is not removed when the source or the disk fails. */
export async function writeDurably(
  path: string,
  source: Inflow | Uint8Array,
  { isDirect = false }: { isDirect?: boolean } = {},
): Promise<BlobReference> {
  const file = await open(path, 'wx');
  const digest = new BlocksDigest();
  try {
    const sizeBytes = await writeAt(file, 0, source instanceof Uint8Array ? [source] : source, {
      ...(isDirect ? { directPath: path } : {}),
      seen: (block, isWhole) => digest.add(block, isWhole),
    });
    return { digest: await digest.digest(), sizeBytes };
  } catch (error) {
    digest.stop();
    throw error;
  } finally {
    await file.close();
  }
}

export async function hashFile(path: string): Promise<BlobReference> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), async (chunks: AsyncIterable<Uint8Array>) => {
    for await (const chunk of chunks) {
      hash.update(chunk);
      sizeBytes += chunk.byteLength;
    }
  });
  const digest: Digest = digestFromHex(hash.digest('hex'));
  return { digest, sizeBytes };
}

export async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A rename is durable only once the folder that holds the name is flushed, and that folder's own name as well. */
export async function renameDurably(from: string, to: string): Promise<void> {
  const folder = dirname(to);
  const created = await mkdir(folder, { recursive: true });
  failurePoint('blob.before-rename');
  await rename(from, to);
  await flush(folder);
  if (created) await flush(dirname(folder));
}
