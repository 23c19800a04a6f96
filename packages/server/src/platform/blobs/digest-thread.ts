import { createHash, type Hash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import type { FromDigestThread, ToDigestThread } from './running-digest.ts';

/** Reads files that are being written as far as they are, while the bytes are in memory anyway, and hashes them. */
interface Reading {
  file: number;
  hash: Hash;
  upTo: number;
  wantedUpTo: number;
  /** Who asked for the digest of so many bytes. */
  asked: { upTo: number; request: number } | null;
}

const slice = Buffer.allocUnsafe(512 << 10);
const readings = new Map<number, Reading>();
/** Of memory that is told block by block. */
const blocks = new Map<number, Hash>();
let isScheduled = false;

const answer = (message: FromDigestThread): void => parentPort?.postMessage(message, []);
const problemOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const forget = (id: number): void => {
  const reading = readings.get(id);
  if (reading) closeSync(reading.file);
  readings.delete(id);
};

/** One slice of one file, so that what comes in meanwhile is heard. */
const readSlice = (reading: Reading): void => {
  const length = readSync(
    reading.file,
    slice,
    0,
    Math.min(slice.length, reading.wantedUpTo - reading.upTo),
    reading.upTo,
  );
  if (length === 0) throw new Error(`the file ends at ${reading.upTo}, not at ${reading.wantedUpTo}`);
  reading.hash.update(slice.subarray(0, length));
  reading.upTo += length;
};

const work = (): void => {
  isScheduled = false;
  for (const [id, reading] of readings)
    try {
      if (reading.upTo < reading.wantedUpTo) readSlice(reading);
      if (reading.asked?.upTo === reading.upTo) {
        answer({ request: reading.asked.request, hex: reading.hash.copy().digest('hex') });
        reading.asked = null;
      }
    } catch (error) {
      forget(id);
      // Who only told how far the file is will ask, and then be told why not.
      if (reading.asked) answer({ request: reading.asked.request, problem: problemOf(error) });
    }
  if ([...readings.values()].some(({ upTo, wantedUpTo }) => upTo < wantedUpTo)) schedule();
};

const schedule = (): void => {
  if (!isScheduled) setImmediate(work);
  isScheduled = true;
};

const read = (id: number, path: string, upTo: number, request: number | undefined): void => {
  const reading = readings.get(id) ?? {
    file: openSync(path, 'r'),
    hash: createHash('sha256'),
    upTo: 0,
    wantedUpTo: 0,
    asked: null,
  };
  readings.set(id, reading);
  // Less than was there before: somebody sent more than was meant in the end.
  if (request !== undefined && upTo < reading.upTo)
    Object.assign(reading, { hash: createHash('sha256'), upTo: 0, wantedUpTo: 0 });
  reading.wantedUpTo = request === undefined ? Math.max(reading.wantedUpTo, upTo) : upTo;
  if (request !== undefined) reading.asked = { upTo, request };
  schedule();
};

parentPort?.on('message', (message: ToDigestThread) => {
  const { id, request } = message;
  try {
    if ('path' in message) return read(id, message.path, message.upTo, request);
    const hash = blocks.get(id) ?? createHash('sha256');
    let hex = '';
    if ('memory' in message) {
      blocks.set(id, hash.update(new Uint8Array(message.memory, message.start, message.length)));
    } else {
      blocks.delete(id);
      forget(id);
      if ('end' in message) hex = hash.digest('hex');
    }
    if (request !== undefined) answer({ request, hex });
  } catch (error) {
    if (request !== undefined) answer({ request, problem: problemOf(error) });
  }
});
