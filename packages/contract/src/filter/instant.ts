const millisecondsOf: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};

const isoDate = /^\d{4}(?:-\d{2}(?:-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})?)?)?)?$/i;

/** Epoch milliseconds of an ISO 8601 date, in UTC where it names no zone; NaN for any other text. */
export const readInstant = (text: string): number => {
  const match = isoDate.exec(text.trim());
  if (!match) return Number.NaN;
  const iso = text.trim().replace(' ', 'T').toUpperCase();
  return Date.parse(iso.length > 10 && match[1] === undefined ? `${iso}Z` : iso);
};

/** Midnight in UTC. */
export const startOfDay = (now: number): number => now - (((now % 86_400_000) + 86_400_000) % 86_400_000);

/** Reads `- 7d` at a character: how many milliseconds, and where the text goes on. Null: there is no such span. */
export const readSpan = (text: string, at: number): { spanMs: number; end: number } | null => {
  const pattern = /\s*([+-])\s*(\d{1,9})\s*([smhdw])(?![\p{L}\p{N}_])/iuy;
  pattern.lastIndex = at;
  const match = pattern.exec(text);
  if (!match) return null;
  const [, sign, count = '', unit = ''] = match;
  const spanMs = Number(count) * (millisecondsOf[unit.toLowerCase()] as number);
  return { spanMs: sign === '-' ? -spanMs : spanMs, end: pattern.lastIndex };
};
