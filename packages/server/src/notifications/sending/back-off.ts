/** How long to wait after the first, second ... failed attempt. After the last one a delivery is given up. */
const waitsMs = [5_000, 30_000, 120_000, 600_000, 3_600_000, 10_800_000, 28_800_000] as const;
export const maxAttempts = waitsMs.length + 1;

const longestAskedMs = 3_600_000;

/** `retryAfter`: the header of the answer, in seconds; null when the delivery is given up. */
export const waitAfter = (attempt: number, status: number | null, retryAfter: string | undefined): number | null => {
  const wait = waitsMs[attempt - 1];
  // 410: the receiver says that it will never want this again.
  if (wait === undefined || status === 410) return null;
  const asked = retryAfter !== undefined && /^\d{1,6}$/.test(retryAfter) ? Number(retryAfter) * 1000 : 0;
  return Math.max(wait, Math.min(asked, longestAskedMs));
};
