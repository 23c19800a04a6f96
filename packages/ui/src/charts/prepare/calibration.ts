import { formatCount, formatNumber, formatPercent } from '../../ui/format.ts';
import type { Described } from './chart.ts';

export interface CalibrationBin {
  /** Mean predicted probability and share that came true, both 0 to 1. */
  predicted: number;
  observed: number | null;
  rows: number;
}
export interface PreparedCalibration extends Described {
  /** Runs of neighbouring bins with outcomes; a bin without any breaks the line. */
  lines: { x: number; y: number; size: number }[][];
}

/** Predicted against observed: on the diagonal the probabilities mean what they say. */
export const prepareCalibration = (bins: readonly CalibrationBin[]): PreparedCalibration => {
  const total = Math.max(1, ...bins.map((bin) => bin.rows));
  const lines: { x: number; y: number; size: number }[][] = [[]];
  for (const bin of bins) {
    if (bin.observed === null || bin.rows === 0) lines.push([]);
    else lines.at(-1)?.push({ x: bin.predicted, y: bin.observed, size: Math.sqrt(bin.rows / total) });
  }
  const known = bins.filter((bin) => bin.observed !== null && bin.rows > 0);
  const rows = known.reduce((sum, bin) => sum + bin.rows, 0);
  const error =
    rows === 0
      ? null
      : known.reduce((sum, bin) => sum + bin.rows * Math.abs(bin.predicted - (bin.observed ?? 0)), 0) / rows;
  return {
    lines: lines.filter((line) => line.length > 0),
    note: null,
    sentence:
      error === null
        ? 'No outcomes yet.'
        : `Expected calibration error ${formatNumber(error)} over ${formatCount(rows)} rows.`,
    table: {
      head: ['Predicted', 'Observed', 'Rows'],
      rows: bins.map((bin) => [formatPercent(bin.predicted), formatPercent(bin.observed), formatCount(bin.rows)]),
    },
  };
};
