import type { Distribution } from '@millwright/contract';
import { formatCount, formatNumber, formatPercent } from '../../ui/format.ts';
import { type Described, capNote } from './chart.ts';

export interface PreparedDistribution extends Described {
  /** Left and right end of each bar on an axis from 0 to 1, and both heights as share of the highest. */
  bars: {
    from: number;
    to: number;
    label: string;
    reference: number;
    current: number;
    referenceShare: number;
    currentShare: number;
  }[];
  ticks: { at: number; label: string }[];
  maxShare: number;
  hasReference: boolean;
}

const maxCategories = 30;
const shareOf = (count: number, rows: number) => (rows > 0 ? count / rows : 0);

/** Bins of about the same width can stand on a scale; those of quantiles stand side by side, or wide ones would look heavy. */
const isEven = (edges: readonly number[]): boolean => {
  const widths = edges.slice(1).map((edge, index) => edge - (edges[index] as number));
  return Math.max(...widths) <= 3 * Math.min(...widths);
};

/** Two distributions over the same bins, each as shares of its own rows: sample sizes differ, shapes are compared. */
export const prepareDistribution = (input: Distribution): PreparedDistribution => {
  const { edges, labels } = input;
  const referenceRows = input.referenceRows || input.reference.reduce((sum, count) => sum + count, 0);
  const currentRows = input.currentRows || input.current.reduce((sum, count) => sum + count, 0);
  const total = Math.max(input.reference.length, input.current.length);
  let bins = Array.from({ length: total }, (_none, index) => ({
    label: edges
      ? `${formatNumber(edges[index] ?? null)} to ${formatNumber(edges[index + 1] ?? null)}`
      : (labels?.[index] ?? ''),
    referenceShare: shareOf(input.reference[index] ?? 0, referenceRows),
    currentShare: shareOf(input.current[index] ?? 0, currentRows),
    index,
  }));
  if (!edges)
    bins = bins
      .sort((a, b) => Math.max(b.referenceShare, b.currentShare) - Math.max(a.referenceShare, a.currentShare))
      .slice(0, maxCategories);
  const maxShare = Math.max(1e-9, ...bins.flatMap((bin) => [bin.referenceShare, bin.currentShare]));
  const low = edges?.[0] ?? 0;
  const width = edges ? (edges.at(-1) ?? 1) - low || 1 : 1;
  const scale = edges && isEven(edges) ? edges : null;
  const bars = bins.map((bin, at) => ({
    ...bin,
    from: scale ? ((scale[bin.index] ?? 0) - low) / width : at / bins.length,
    to: scale ? ((scale[bin.index + 1] ?? 0) - low) / width : (at + 1) / bins.length,
    reference: bin.referenceShare / maxShare,
    current: bin.currentShare / maxShare,
  }));
  const quarters = [0, 0.25, 0.5, 0.75, 1];
  const ticks = scale
    ? quarters.map((at) => ({ at, label: formatNumber(low + at * width) }))
    : edges
      ? quarters.map((quarter) => {
          const edge = Math.round(quarter * bins.length);
          return { at: edge / Math.max(1, bins.length), label: formatNumber(edges[edge] ?? null) };
        })
      : bars.slice(0, 12).map((bar) => ({ at: (bar.from + bar.to) / 2, label: bar.label }));
  const widest = [...bins].sort(
    (a, b) => Math.abs(b.currentShare - b.referenceShare) - Math.abs(a.currentShare - a.referenceShare),
  )[0];
  const hasReference = referenceRows > 0;
  const sentence = hasReference
    ? `${input.column}: ${formatCount(currentRows)} current rows against ${formatCount(referenceRows)} of the reference.${widest ? ` The largest difference is at ${widest.label}: ${formatPercent(widest.currentShare)} now, ${formatPercent(widest.referenceShare)} before.` : ''}`
    : `${input.column}: ${formatCount(currentRows)} rows.`;
  return {
    bars,
    ticks,
    maxShare,
    hasReference,
    sentence,
    note: edges ? null : capNote(bins.length, total, 'values'),
    table: {
      head: hasReference ? ['Value', 'Reference', 'Current'] : ['Value', 'Share'],
      rows: bins.map((bin) =>
        hasReference
          ? [bin.label, formatPercent(bin.referenceShare), formatPercent(bin.currentShare)]
          : [bin.label, formatPercent(bin.currentShare)],
      ),
    },
  };
};
