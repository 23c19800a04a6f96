import { formatDuration, formatInstant, formatNumber, formatPercent } from '../../ui/format.ts';
import { type Described, capNote, listed } from './chart.ts';
import { colourOf } from './colours.ts';

export type Unit = 'number' | 'share' | 'durationMs';
/** `elapsed`: milliseconds since something began. */
export type XKind = 'step' | 'time' | 'elapsed';
const xNames: Record<XKind, readonly [head: string, many: string]> = {
  step: ['Step', 'steps'],
  time: ['Time', 'points in time'],
  elapsed: ['After', 'points in time'],
};
export interface SeriesPoint {
  /** Step, or epoch milliseconds. */
  x: number;
  /** null or not finite: a gap, never zero. */
  y: number | null;
  low?: number | null;
  high?: number | null;
}
export interface SeriesInput {
  /** Whose colour it has: the same in every chart. */
  entity: string;
  label: string;
  points: readonly SeriesPoint[];
  /** Estimated or otherwise uncertain: dotted and pale. */
  uncertain?: boolean;
}
export interface SeriesMark {
  x: number;
  label: string;
}
/** null: a gap; undefined: nothing belongs there, the line goes on. */
export type SeriesValue = number | null | undefined;
export interface PreparedSeries extends Described {
  xKind: XKind;
  unit: Unit;
  lines: {
    label: string;
    colour: string;
    uncertain: boolean;
    /** Behind another line of the same, e.g. the raw values behind the smoothed ones. */
    pale: boolean;
    ys: SeriesValue[];
    lows: SeriesValue[] | null;
    highs: SeriesValue[] | null;
  }[];
  xs: number[];
  marks: readonly SeriesMark[];
  threshold: { value: number; label: string } | null;
  logarithmic: boolean;
}
export interface SeriesOptions {
  what: string;
  xKind: XKind;
  unit?: Unit;
  /** At most so many lines; the note says how many there are. */
  limit?: number;
  /** Deployments and the like, as vertical lines. */
  marks?: readonly SeriesMark[];
  threshold?: { value: number; label: string };
  /** Exponential smoothing of the drawn lines, 0 (none) to below 1. The table keeps the raw values. */
  smoothing?: number;
  /** Each line has its own places on the x axis, and goes on between them. */
  sparse?: boolean;
  /** Powers of ten up the y axis; what is not above zero is a gap. */
  logarithmic?: boolean;
}

export const formatUnit = (unit: Unit, value: number | null): string =>
  value === null
    ? 'nothing'
    : unit === 'share'
      ? formatPercent(value)
      : unit === 'durationMs'
        ? formatDuration(value)
        : formatNumber(value);
export const formatX = (xKind: XKind, x: number): string =>
  xKind === 'time' ? formatInstant(x) : xKind === 'elapsed' ? `after ${formatDuration(x)}` : `step ${x}`;

const known = (value: number | null | undefined): number | null =>
  value === null || value === undefined || !Number.isFinite(value) ? null : value;

/** Exponential moving average, corrected for its start (debiased as in Adam), so that early values are not pulled to zero. */
export const smooth = (values: readonly SeriesValue[], weight: number): SeriesValue[] => {
  let sum = 0;
  let norm = 0;
  return values.map((value) => {
    if (value === null || value === undefined) return value;
    sum = weight * sum + (1 - weight) * value;
    norm = weight * norm + (1 - weight);
    return sum / norm;
  });
};

/** Lines over a shared x axis: gaps where a line has no value, a band where it has bounds. */
export const prepareSeries = (input: readonly SeriesInput[], options: SeriesOptions): PreparedSeries => {
  const {
    what,
    xKind,
    unit = 'number',
    limit = 12,
    marks = [],
    threshold,
    smoothing = 0,
    sparse = false,
    logarithmic = false,
  } = options;
  const shown = input.slice(0, limit);
  const xs = [...new Set(shown.flatMap((line) => line.points.map((point) => point.x)))].sort((a, b) => a - b);
  const at = new Map(xs.map((x, index) => [x, index]));
  const lines = shown.flatMap((line) => {
    const column = (pick: (point: SeriesPoint) => number | null | undefined) => {
      const values = new Array<SeriesValue>(xs.length).fill(sparse ? undefined : null);
      for (const point of line.points) {
        const value = known(pick(point));
        values[at.get(point.x) as number] = logarithmic && value !== null && value <= 0 ? null : value;
      }
      return values;
    };
    const ys = column((point) => point.y);
    const banded = line.points.some((point) => known(point.low) !== null);
    const drawn = {
      label: line.label,
      colour: colourOf(line.entity),
      uncertain: line.uncertain ?? false,
      pale: line.uncertain ?? false,
      ys,
      lows: banded ? column((point) => point.low) : null,
      highs: banded ? column((point) => point.high) : null,
    };
    return smoothing > 0
      ? [
          { ...drawn, label: `${line.label}, raw`, pale: true },
          { ...drawn, ys: smooth(ys, smoothing), lows: null, highs: null },
        ]
      : [drawn];
  });
  const facts = shown.map((line) => {
    const points = line.points.filter((point) => known(point.y) !== null);
    const first = points[0];
    const last = points.at(-1);
    if (!first || !last) return `${line.label} has no values`;
    return `${line.label} goes from ${formatUnit(unit, first.y)} to ${formatUnit(unit, last.y)}`;
  });
  const valueAt = new Map(shown.map((line) => [line, new Map(line.points.map((point) => [point.x, point.y]))]));
  const hidden = logarithmic
    ? shown.flatMap((line) => line.points).filter(({ y }) => y !== null && Number.isFinite(y) && y <= 0).length
    : 0;
  const table = {
    head: [xNames[xKind][0], ...shown.map((line) => line.label)],
    rows: xs.map((x) => [
      formatX(xKind, x).replace(/^(?:step|after) /, ''),
      ...shown.map((line) => {
        const value = known(valueAt.get(line)?.get(x));
        return value === null ? '–' : formatUnit(unit, value);
      }),
    ]),
  };
  const sentence =
    xs.length === 0
      ? `${what}: no values yet.`
      : `${what} over ${xs.length} ${xNames[xKind][1]}: ${listed(facts.slice(0, 5))}${facts.length > 5 ? ` and ${facts.length - 5} more` : ''}.`;
  return {
    xKind,
    unit,
    lines,
    xs,
    marks,
    threshold: threshold ?? null,
    sentence,
    table,
    logarithmic,
    note:
      [capNote(shown.length, input.length, 'series'), hidden > 0 ? `${hidden} values not above zero left out` : null]
        .filter(Boolean)
        .join('; ') || null,
  };
};
