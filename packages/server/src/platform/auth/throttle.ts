import { fail } from '#platform/errors';

const windowMs = 15 * 60_000;
const failuresAllowed = 10;
const strangersKept = 10_000;

export interface Throttle {
  /** Counts an attempt before it is judged (a thousand at once must not all pass), or refuses it. */
  enter(attempt: { name: string; accountId: string | null }, now: number): void;
  succeeded(attempt: { name: string; accountId: string | null }): void;
}

/** Slows down guessing, per account. Names that are no account are counted too, so that the answer does not tell them apart. */
export const createThrottle = (): Throttle => {
  // Bounded by the number of accounts; the second map is bounded by forgetting the oldest names.
  const accounts = new Map<string, { count: number; since: number }>();
  const strangers = new Map<string, { count: number; since: number }>();
  return {
    enter({ name, accountId }, now) {
      const counts = accountId === null ? strangers : accounts;
      const key = accountId ?? name;
      const known = counts.get(key);
      const recent = known && now - known.since < windowMs ? known : { count: 0, since: now };
      if (recent.count >= failuresAllowed) {
        const minutes = Math.ceil((windowMs - (now - recent.since)) / 60_000);
        fail('TOO_MANY_REQUESTS', `Too many failed attempts for '${name}'. Try again in ${minutes} minutes.`);
      }
      recent.count++;
      counts.set(key, recent);
      if (strangers.size > strangersKept) strangers.delete(strangers.keys().next().value as string);
    },
    succeeded({ name, accountId }) {
      accounts.delete(accountId ?? name);
    },
  };
};
