import type { RunCurve } from '@millwright/contract';
import { formatNumber } from '../../ui/format.ts';
import { type Described, capNote, listed } from './chart.ts';
import { colourOf } from './colours.ts';

export interface PreparedCurve extends Described {
  xLabel: string;
  yLabel: string;
  /** Pieces between gaps; places between 0 and 1. */
  lines: { label: string; colour: string; pieces: { x: number; y: number }[][] }[];
  /** Where a model that knows nothing would be, from the left to the right. */
  guess: { from: number; to: number } | null;
  xTicks: { at: number; label: string }[];
  yTicks: { at: number; label: string }[];
}

const limit = 10;
const tableRows = 200;
const unitKinds = new Set(['roc', 'precision-recall', 'calibration']);

interface Range {
  low: number;
  high: number;
}
const rangeOf = (values: readonly number[]): Range => {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) return { low: 0, high: 1 };
  return low === high ? { low: low - 0.5, high: high + 0.5 } : { low, high };
};
const ticksOf = ({ low, high }: Range) =>
  [0, 0.25, 0.5, 0.75, 1].map((at) => ({ at, label: formatNumber(Number((low + at * (high - low)).toPrecision(4))) }));

/** One value against another, in the order of the points: ROC, precision over recall, calibration. A gap is no number. */
export const prepareCurve = ({ kind, xLabel, yLabel, series }: RunCurve, what: string): PreparedCurve => {
  const shown = series.slice(0, limit);
  const isUnit = unitKinds.has(kind);
  const x = isUnit ? { low: 0, high: 1 } : rangeOf(shown.flatMap((line) => line.x).filter(Number.isFinite));
  const y = isUnit ? { low: 0, high: 1 } : rangeOf(shown.flatMap((line) => line.y).filter(Number.isFinite));
  const place = (value: number, { low, high }: Range) => (value - low) / (high - low);
  const lines = shown.map((line) => {
    const pieces: { x: number; y: number }[][] = [[]];
    for (const [index, value] of line.x.entries()) {
      const other = line.y[index] ?? Number.NaN;
      if (Number.isFinite(value) && Number.isFinite(other))
        pieces.at(-1)?.push({ x: place(value, x), y: place(other, y) });
      else if (pieces.at(-1)?.length) pieces.push([]);
    }
    const name = line.name || what;
    const label = line.score === null ? name : `${name} (${formatNumber(line.score)})`;
    return { label, colour: colourOf(name), pieces: pieces.filter((piece) => piece.length > 0) };
  });
  const rows = shown.flatMap((line) =>
    line.x.map((value, index) => [line.name || what, formatNumber(value), formatNumber(line.y[index])]),
  );
  const facts = shown.map(
    (line) =>
      `${line.name || what} with ${line.x.length} points${line.score === null ? '' : `, score ${formatNumber(line.score)}`}`,
  );
  return {
    xLabel,
    yLabel,
    lines,
    guess: kind === 'roc' || kind === 'calibration' ? { from: 0, to: 1 } : null,
    xTicks: ticksOf(x),
    yTicks: ticksOf(y),
    note:
      capNote(shown.length, series.length, 'curves') ??
      capNote(Math.min(rows.length, tableRows), rows.length, 'points in the table'),
    sentence: `${what}: ${yLabel} over ${xLabel}; ${listed(facts)}.`,
    table: { head: ['Curve', xLabel, yLabel], rows: rows.slice(0, tableRows) },
  };
};
