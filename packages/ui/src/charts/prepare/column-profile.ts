import type { ColumnProfile } from '@millwright/contract';
import { formatCount, formatNumber, formatPercent } from '../../ui/format.ts';

export interface PreparedColumn {
  name: string;
  type: ColumnProfile['type'];
  /** Left and right end and height of each bar, all from 0 to 1; the highest bar is 1. */
  bars: { from: number; to: number; height: number; text: string }[];
  /** Most frequent values with their share of all rows; for columns without a histogram. */
  top: { value: string; share: number; text: string }[];
  /** Where 5, 25, 50, 75 and 95 % of the values lie on the axis of the bars, 0 to 1. */
  quantiles: { p05: number; p25: number; p50: number; p75: number; p95: number } | null;
  low: string;
  high: string;
  missingShare: number;
  sentence: string;
}
const topShown = 6;
const shareOf = (count: number, rows: number) => (rows > 0 ? count / rows : 0);

const barsOf = ({ histogram }: ColumnProfile): PreparedColumn['bars'] => {
  if (histogram === null) return [];
  const { edges, counts } = histogram;
  const low = edges[0] ?? 0;
  const width = (edges.at(-1) ?? 1) - low || 1;
  const highest = Math.max(1, ...counts);
  return counts.map((count, index) => ({
    from: ((edges[index] ?? low) - low) / width,
    to: ((edges[index + 1] ?? low) - low) / width || (index + 1) / counts.length,
    height: count / highest,
    text: `${formatNumber(edges[index])} to ${formatNumber(edges[index + 1])}: ${formatCount(count)} rows`,
  }));
};

const quantilesOf = ({ histogram, quantiles }: ColumnProfile): PreparedColumn['quantiles'] => {
  const low = histogram?.edges[0];
  const high = histogram?.edges.at(-1);
  if (!quantiles || low === undefined || high === undefined || high <= low) return null;
  const place = (value: number) => Math.max(0, Math.min(1, (value - low) / (high - low)));
  return {
    p05: place(quantiles.p05),
    p25: place(quantiles.p25),
    p50: place(quantiles.p50),
    p75: place(quantiles.p75),
    p95: place(quantiles.p95),
  };
};

/** `count` is the number of rows; the missing ones are among them. */
export const prepareColumn = (profile: ColumnProfile): PreparedColumn => {
  const { name, type, count, missing, distinct, top, quantiles } = profile;
  const missingShare = shareOf(missing, count);
  const most = (top ?? []).slice(0, topShown).map(({ value, count: rows }) => ({
    value,
    share: shareOf(rows, count),
    text: `${value}: ${formatCount(rows)} rows, ${formatPercent(shareOf(rows, count))}`,
  }));
  const middle = quantiles
    ? ` Half of the values lie between ${formatNumber(quantiles.p25)} and ${formatNumber(quantiles.p75)}, the median is ${formatNumber(quantiles.p50)}.`
    : most[0]
      ? ` The most frequent value is ${most[0].value} with ${formatPercent(most[0].share)}.`
      : '';
  return {
    name,
    type,
    bars: barsOf(profile),
    top: most,
    quantiles: quantilesOf(profile),
    low: formatNumber(profile.min),
    high: formatNumber(profile.max),
    missingShare,
    sentence: `${name}, ${type}: ${formatCount(distinct)} different values, ${missing === 0 ? 'none missing' : `${formatPercent(missingShare)} missing`}.${middle}`,
  };
};
