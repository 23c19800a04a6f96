import { createHmac, randomBytes } from 'node:crypto';
import { checkPassword } from './secrets.ts';

const keptMs = 5 * 60_000;
const keptAtMost = 1000;

export interface VerifiedPasswords {
  /** `judge` is asked for pairs that were not seen to be right of late, once for all who ask at the same time. */
  check(pair: Pair, now: number, judge: (pair: Pair) => Promise<boolean>): Promise<boolean>;
}

export interface Pair {
  principalId: string;
  password: string;
  stored: string;
}

export const judgePair = ({ password, stored }: Pair): Promise<boolean> => checkPassword(password, stored);

/**
 * Clients that send a password with each request would wait for the slow hash each time. Pairs that were right are
 * remembered for some minutes, in this process only and as what nobody can try: an HMAC under a key of this process.
 * The stored hash is a part of it, so that a changed password is asked for at once.
 */
export const createVerifiedPasswords = (): VerifiedPasswords => {
  const key = randomBytes(32);
  const until = new Map<string, number>();
  const asked = new Map<string, Promise<boolean>>();
  return {
    async check(pair, now, judge) {
      const mark = createHmac('sha256', key)
        .update(JSON.stringify([pair.principalId, pair.password, pair.stored]))
        .digest('base64');
      if ((until.get(mark) ?? 0) > now) return true;
      const verdict = asked.get(mark) ?? judge(pair).finally(() => asked.delete(mark));
      asked.set(mark, verdict);
      if (!(await verdict)) return false;
      until.delete(mark);
      until.set(mark, now + keptMs);
      if (until.size > keptAtMost) until.delete(until.keys().next().value as string);
      return true;
    },
  };
};
