import { formatNumber } from '../../ui/format.ts';
import type { Described } from './chart.ts';
import { colourOf } from './colours.ts';

export interface IntervalInput {
  entity: string;
  label: string;
  value: number;
  low: number;
  high: number;
}
export interface PreparedIntervals extends Described {
  rows: { label: string; colour: string; value: number; low: number; high: number; text: string }[];
  /** Where `zero` lies between 0 and 1, or null when it is off the scale. */
  zero: number | null;
  ticks: { at: number; label: string }[];
}

/** Values with their intervals on one scale; `zeroAt` is the line nothing should cross (no difference). */
export const prepareIntervals = (
  input: readonly IntervalInput[],
  options: { what: string; zeroAt?: number },
): PreparedIntervals => {
  const ends = [
    ...input.flatMap((row) => [row.low, row.high, row.value]),
    ...(options.zeroAt === undefined ? [] : [options.zeroAt]),
  ].filter(Number.isFinite);
  const low = Math.min(...ends);
  const high = Math.max(...ends);
  const pad = (high - low || Math.abs(high) || 1) * 0.08;
  const from = (ends.length > 0 ? low : 0) - pad;
  const width = (ends.length > 0 ? high : 1) + pad - from;
  const place = (value: number) => (value - from) / width;
  const text = (row: IntervalInput) =>
    `${formatNumber(row.value)} (${formatNumber(row.low)} to ${formatNumber(row.high)})`;
  return {
    rows: input.map((row) => ({
      label: row.label,
      colour: colourOf(row.entity),
      value: place(row.value),
      low: place(row.low),
      high: place(row.high),
      text: text(row),
    })),
    zero: options.zeroAt === undefined ? null : place(options.zeroAt),
    ticks: [0, 0.5, 1].map((at) => ({ at, label: formatNumber(from + at * width) })),
    note: null,
    sentence: `${options.what}: ${input.map((row) => `${row.label} ${text(row)}`).join('; ')}.`,
    table: {
      head: ['', 'Value', 'Low', 'High'],
      rows: input.map((row) => [row.label, formatNumber(row.value), formatNumber(row.low), formatNumber(row.high)]),
    },
  };
};
