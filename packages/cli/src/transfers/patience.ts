import { setTimeout as pause } from 'node:timers/promises';
import { MillwrightError } from '@millwright/contract';
import { ConnectionError } from '@millwright/sdk';
import type { Progress } from './progress.ts';

const attemptsWithoutProgress = 12;
const longestWaitMs = 15_000;

/** What a server says that will be back, and what a connection that broke looks like. */
const passes = (error: unknown): boolean => {
  if (error instanceof MillwrightError) return error.status === 503 || error.status === 429;
  // A body that cannot be sent or read to its end is a TypeError of fetch, or carries the code of the socket.
  return error instanceof ConnectionError || error instanceof TypeError || 'code' in (error as object);
};

/** Again and again while each attempt gets further than the one before, and some times more. `reached`: how far it got. */
export const untilDone = async <T>(
  attempt: () => Promise<T>,
  { reached, progress }: { reached(): number; progress: Progress },
): Promise<T> => {
  for (let failures = 0, best = -1; ; ) {
    try {
      return await attempt();
    } catch (error) {
      if (!passes(error)) throw error;
      failures = reached() > best ? 1 : failures + 1;
      best = Math.max(best, reached());
      if (failures > attemptsWithoutProgress) throw error;
      const waitMs = Math.min(longestWaitMs, 250 * 2 ** failures);
      progress.note(`interrupted (${(error as Error).message}); going on in ${(waitMs / 1000).toFixed(1)} s`);
      await pause(waitMs);
    }
  }
};
