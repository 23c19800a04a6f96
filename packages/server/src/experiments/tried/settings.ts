import { createHash } from 'node:crypto';

/** Two runs that differ in their seed only tried the same. */
export const isSeed = (key: string): boolean =>
  /(?:^|[._\-/ ])(?:seed|random_?state|random_?seed)$/i.test(key) || /^[a-z]*_?seed$/i.test(key);

/** What trainings here log of their data and of what came out: the data says it, or nobody chose it. */
const derived = new Set(['datasetVersionId', 'datasetDigest', 'rows', 'trainRows', 'holdoutRows', 'window']);

/** The parameters by which a run is said to be like another. */
export const settingsOf = (parameters: Readonly<Record<string, string>>): [string, string][] =>
  Object.entries(parameters)
    .filter(([key]) => !isSeed(key) && !derived.has(key))
    .sort(([a], [b]) => (a < b ? -1 : 1));

/** `0.10` and `1e-1` are the same number. */
const canonical = (value: string): string => {
  const number = value.trim() === '' ? Number.NaN : Number(value);
  return Number.isFinite(number) ? String(number) : value;
};

/** Says whether two runs have the same settings, in 32 characters. */
export const fingerprintOf = (parameters: Readonly<Record<string, string>>): string =>
  createHash('sha256')
    .update(JSON.stringify(settingsOf(parameters).map(([key, value]) => [key, canonical(value)])))
    .digest('hex')
    .slice(0, 32);

/** 0 for equal values, for numbers their relative difference (at most 1), 1 for anything else. */
export const distanceOf = (asked: string, had: string | undefined): number => {
  if (had === undefined) return 1;
  if (canonical(asked) === canonical(had)) return 0;
  const [a, b] = [Number(canonical(asked)), Number(canonical(had))];
  if (asked.trim() === '' || had.trim() === '' || !Number.isFinite(a) || !Number.isFinite(b)) return 1;
  return Math.min(1, Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b)));
};

/** How far one run is from what is asked for: the mean over the parameters asked, and the greatest of them. */
export const compareSettings = (
  asked: readonly (readonly [string, string])[],
  had: Readonly<Record<string, string>>,
): { mean: number; greatest: number } => {
  const distances = asked.map(([key, value]) => distanceOf(value, had[key]));
  return {
    mean: distances.length === 0 ? 0 : distances.reduce((sum, one) => sum + one, 0) / distances.length,
    greatest: Math.max(0, ...distances),
  };
};
