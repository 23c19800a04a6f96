import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { failurePoint } from '#platform/failure-points';
import { type Digest, digestFromHex } from './digest.ts';
import type { BlobReference } from './port.ts';
import { RunningDigest } from './running-digest.ts';

/** One block is written while the next one is received and hashed: two of them are all that is held in memory. */
const blockBytes = 4 << 20;
/** Hashed in passing. What is larger is hashed by another thread, from the file. */
const smallBytes = 16 << 20;
/** What the disk is told to keep already while more arrives, so that the last flush has little left to wait for. */
const flushEveryBytes = 16 << 20;

/** Writes and flushes to the disk. The caller owns the path: it is not removed when the source or the disk fails. */
export async function writeDurably(
  path: string,
  source: AsyncIterable<Uint8Array> | Uint8Array,
): Promise<BlobReference> {
  const file = await open(path, 'wx');
  try {
    const chunks = source instanceof Uint8Array ? [source] : source;
    const hash = createHash('sha256');
    let seenBytes = 0;
    const behind = new RunningDigest(path);
    try {
      const sizeBytes = await writeAt(file, 0, chunks, {
        seen: (chunk) => {
          seenBytes += chunk.byteLength;
          if (seenBytes <= smallBytes) hash.update(chunk);
        },
        written: (upTo) => {
          if (seenBytes > smallBytes) behind.advance(upTo);
        },
      });
      const digest = sizeBytes <= smallBytes ? digestFromHex(hash.digest('hex')) : await behind.digest(sizeBytes);
      return { digest, sizeBytes };
    } finally {
      behind.stop();
    }
  } finally {
    await file.close();
  }
}

interface Watching {
  seen?(chunk: Uint8Array): void;
  /** What lies before is in the file. */
  written?(upTo: number): void;
}

/** Writes from a position on and flushes. Answers how many bytes it wrote. */
export async function writeAt(
  file: FileHandle,
  start: number,
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { seen, written }: Watching = {},
): Promise<number> {
  let block: Uint8Array[] = [];
  let pendingBytes = 0;
  let sizeBytes = 0;
  let flushedBytes = 0;
  let writing: Promise<void> = Promise.resolve();
  let flushing: Promise<void> = Promise.resolve();
  const write = async (): Promise<void> => {
    await writing;
    const end = start + sizeBytes + pendingBytes;
    writing = writeBlock(file, block, start + sizeBytes).then(() => written?.(end));
    // Waited for with the next block; until then it must not count as one that nobody looks at.
    writing.catch(() => undefined);
    block = [];
    sizeBytes += pendingBytes;
    pendingBytes = 0;
    failurePoint('blob.half-written');
    if (sizeBytes - flushedBytes < flushEveryBytes) return;
    flushedBytes = sizeBytes;
    await flushing;
    flushing = file.datasync();
    flushing.catch(() => undefined);
  };
  try {
    for await (const chunk of source) {
      seen?.(chunk);
      block.push(chunk);
      pendingBytes += chunk.byteLength;
      if (pendingBytes >= blockBytes) await write();
    }
    await write();
    await writing;
    await flushing;
    await file.sync();
  } finally {
    // The file is closed by the caller, not under a write that is still going on.
    await Promise.allSettled([writing, flushing]);
  }
  return sizeBytes;
}

async function writeBlock(file: FileHandle, chunks: readonly Uint8Array[], position: number): Promise<void> {
  let [at, left] = [position, chunks];
  while (left.length > 0) {
    let { bytesWritten } = await file.writev(left as Uint8Array[], at);
    at += bytesWritten;
    const rest: Uint8Array[] = [];
    for (const chunk of left) {
      if (bytesWritten < chunk.byteLength) rest.push(chunk.subarray(bytesWritten));
      bytesWritten = Math.max(0, bytesWritten - chunk.byteLength);
    }
    left = rest;
  }
}

/** Chunks so large that the file is asked rarely, and a few of them are little memory. */
const readBytes = 1 << 20;

/** From `start` up to, not including, `end`; without them the whole file. */
export const readFileBytes = (path: string, range: { start: number; end: number } | null = null): Readable => {
  if (range === null) return createReadStream(path, { highWaterMark: readBytes });
  const { start, end } = range;
  return start >= end ? Readable.from([]) : createReadStream(path, { start, end: end - 1, highWaterMark: readBytes });
};

export async function hashFile(path: string): Promise<BlobReference> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  await pipeline(readFileBytes(path), async (chunks: AsyncIterable<Uint8Array>) => {
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
