import { createHash } from 'node:crypto';
import type { ShareLink } from '@millwright/contract';

/** As it is kept: of the secret only its hash. */
export type SavedLink = Omit<ShareLink, 'state'> & { reportId: string; secretHash: string };

/** A secret of 256 random bits needs no slow hash: nobody can try them all. */
export const hashOfSecret = (secret: string): string => createHash('sha256').update(secret).digest('hex');

export const stateOf = (link: Pick<SavedLink, 'expiresAt' | 'revokedAt'>, now: number): ShareLink['state'] =>
  link.revokedAt === null ? (link.expiresAt > now ? 'active' : 'expired') : 'revoked';

export const shownLink = ({ reportId: _report, secretHash: _hash, ...link }: SavedLink, now: number): ShareLink => ({
  ...link,
  state: stateOf(link, now),
});

const windowMs = 60_000;

/** So many in a minute per name; the names that were not heard of for longest are forgotten first. */
export const createRate = (perMinute: number, names = 10_000) => {
  const counts = new Map<string, { count: number; since: number }>();
  return {
    /** Whether this one is still within what is allowed. */
    enter(name: string, now: number): boolean {
      const known = counts.get(name);
      const window = known && now - known.since < windowMs ? known : { count: 0, since: now };
      counts.delete(name);
      counts.set(name, window);
      if (counts.size > names) counts.delete(counts.keys().next().value as string);
      return ++window.count <= perMinute;
    },
  };
};
