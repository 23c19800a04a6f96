import type { Readable } from 'node:stream';
import { fail } from '#platform/errors';

/** Errors: BODY_TOO_LARGE, BODY_UNREADABLE for a caller who went away. */
export const limitedStream = async function* (source: Readable, limitBytes: number): AsyncGenerator<Uint8Array> {
  let total = 0;
  try {
    for await (const chunk of source) {
      total += (chunk as Uint8Array).byteLength;
      if (total > limitBytes)
        fail('BODY_TOO_LARGE', `The upload is larger than ${limitBytes} bytes. Raise --max-upload-bytes, or split it.`);
      yield chunk as Uint8Array;
    }
  } catch (error) {
    // A caller who went away; its codes are also those of a lost database.
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'ECONNRESET' && code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
    fail('BODY_UNREADABLE', 'The upload ended before the whole file was there. Nothing of it was kept.', {}, error);
  }
};
