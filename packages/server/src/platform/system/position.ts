import type { Db } from '#platform/db';
import { lastSeq } from '#platform/events';
import { fail } from '#platform/errors';

/** Where to go on in the stream: after the last event the client saw, or from now on. */
export const nowAt = async (db: Db, lastEventId: string | string[] | undefined): Promise<number> => {
  if (lastEventId === undefined) return lastSeq(db);
  const seq = Number(lastEventId);
  return Number.isSafeInteger(seq) && seq >= 0
    ? seq
    : fail('INVALID_INPUT', 'Last-Event-ID must be the number of an event.');
};
