import { IncomingMessage } from 'node:http';
import { finished, type Readable } from 'node:stream';
import type { Inflow } from '#platform/blobs';
import { fail } from '#platform/errors';

type Take = (chunk: Uint8Array) => Promise<void> | undefined;

/** Errors: BODY_TOO_LARGE, BODY_UNREADABLE for a caller who went away. */
export const limitedStream = (source: Readable, limitBytes: number): Inflow => {
  let total = 0;
  const count = (chunk: Uint8Array): void => {
    total += chunk.byteLength;
    if (total > limitBytes)
      fail('BODY_TOO_LARGE', `The upload is larger than ${limitBytes} bytes. Raise --max-upload-bytes, or split it.`);
  };
  return {
    async *[Symbol.asyncIterator]() {
      try {
        for await (const chunk of source) {
          count(chunk as Uint8Array);
          yield chunk as Uint8Array;
        }
      } catch (error) {
        cutOff(error);
      }
    },
    async drainTo(take) {
      const counted: Take = (chunk) => {
        count(chunk);
        return take(chunk);
      };
      await drained(source, counted).catch(cutOff);
    },
  };
};

/** A caller who went away; its codes are also those of a lost database. */
const cutOff = (error: unknown): never => {
  const code = (error as NodeJS.ErrnoException).code;
  if (code !== 'ECONNRESET' && code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  return fail(
    'BODY_UNREADABLE',
    'The upload ended before the whole file was there. Nothing of it was kept.',
    {},
    error,
  );
};

/** Every chunk as the parser hands it out. After an error the rest is left unread: the caller can still be answered. */
const drained = (source: Readable, take: Take): Promise<void> =>
  new Promise((resolve, reject) => {
    const stop = (error: unknown): void => {
      source.off('data', onData).pause();
      reject(error);
    };
    const goOn = async (chunk: Uint8Array, taken: Promise<void>): Promise<void> => {
      source.pause();
      try {
        await taken;
        freed(source, chunk);
        source.resume();
      } catch (error) {
        stop(error);
      }
    };
    const onData = (chunk: Uint8Array): void => {
      try {
        const taken = take(chunk);
        if (taken === undefined) freed(source, chunk);
        else void goOn(chunk, taken);
      } catch (error) {
        stop(error);
      }
    };
    finished(source, { writable: false }, (error) => (error ? reject(error) : resolve()));
    source.on('data', onData);
  });

/**
 * A server's request makes memory for each chunk. Left to the collector of garbage, every 64 MB of them make it look
 * through all that the process has.
 */
const freed = (source: Readable, { buffer, byteLength }: Uint8Array): void => {
  if (source instanceof IncomingMessage && buffer instanceof ArrayBuffer && buffer.byteLength === byteLength)
    buffer.transfer(0);
};
