export const bucketCount = 10_000;

/**
 * FNV-1a over UTF-16 code units with the finalizer of MurmurHash3 (both public domain): 32 bits, every one of which
 * depends on the whole text. Not for secrets.
 */
export const hashText = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    hash = Math.imul(hash ^ (unit & 0xff), 0x01000193);
    hash = Math.imul(hash ^ (unit >>> 8), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
};

/** The same unit always lands in the same bucket of a rollout; another rollout (salt) deals anew. */
export const bucketOf = (salt: string, unit: string): number => hashText(`${salt}\u0000${unit}`) % bucketCount;

/** The challenger takes the lowest buckets: raising its weight never moves a unit back to the champion. */
export const isChallengers = (salt: string, unit: string, weight: number): boolean =>
  bucketOf(salt, unit) < Math.round(weight * bucketCount);
