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
  /** Asked for the digest of so many bytes. */
  asked: number | null;
}

const slice = Buffer.allocUnsafe(4 << 20);
const readings = new Map<number, Reading>();
let isScheduled = false;

const answer = (message: FromDigestThread): void => parentPort?.postMessage(message, []);
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
      if (reading.asked === reading.upTo) {
        reading.asked = null;
        answer({ id, hex: reading.hash.copy().digest('hex') });
      }
    } catch (error) {
      forget(id);
      answer({ id, problem: error instanceof Error ? error.message : String(error) });
    }
  if ([...readings.values()].some(({ upTo, wantedUpTo }) => upTo < wantedUpTo)) schedule();
};

const schedule = (): void => {
  if (!isScheduled) setImmediate(work);
  isScheduled = true;
};

parentPort?.on('message', (message: ToDigestThread) => {
  const { id } = message;
  if ('stop' in message) return forget(id);
  try {
    const reading = readings.get(id) ?? {
      file: openSync(message.path, 'r'),
      hash: createHash('sha256'),
      upTo: 0,
      wantedUpTo: 0,
      asked: null,
    };
    readings.set(id, reading);
    // Less than was there before: somebody sent more than was meant in the end.
    if (message.isAsked && message.upTo < reading.upTo)
      Object.assign(reading, { hash: createHash('sha256'), upTo: 0, wantedUpTo: 0 });
    reading.wantedUpTo = message.isAsked ? message.upTo : Math.max(reading.wantedUpTo, message.upTo);
    if (message.isAsked) reading.asked = message.upTo;
    schedule();
  } catch (error) {
    // Who only told how far the file is will ask, and then be told why not.
    if (message.isAsked) answer({ id, problem: error instanceof Error ? error.message : String(error) });
  }
});
