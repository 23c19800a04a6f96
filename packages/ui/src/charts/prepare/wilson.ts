/** The 0.975 quantile of the normal distribution. */
const z = 1.959963984540054;

/** 95 % interval of a share: Wilson (1927), score interval. Null without observations. */
export const wilsonInterval = (hits: number, total: number): { low: number; high: number } | null => {
  if (total <= 0) return null;
  const share = hits / total;
  const scale = 1 + (z * z) / total;
  const middle = (share + (z * z) / (2 * total)) / scale;
  const half = (z / scale) * Math.sqrt((share * (1 - share)) / total + (z * z) / (4 * total * total));
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
};
