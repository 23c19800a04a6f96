import { formatNumber } from '../../ui/format.ts';
import { type Described, capNote } from './chart.ts';

export interface ParallelInput {
  id: string;
  label: string;
  /** By axis. Missing or not finite: the line has a gap there. */
  values: Readonly<Record<string, number | string | null>>;
}
export interface ParallelAxis {
  id: string;
  label: string;
  /** `log` when all values are positive and span three powers of ten; `words` when any value is not a number. */
  kind: 'linear' | 'log' | 'words';
  /** From 0 (bottom) to 1 (top). */
  ticks: { at: number; label: string }[];
}
export interface PreparedParallel extends Described {
  axes: ParallelAxis[];
  /** `points` is one place per axis, null where nothing is known; `shade` is the place on the last axis. */
  lines: { id: string; label: string; points: (number | null)[]; shade: number | null }[];
}
export interface ParallelOptions {
  axes: readonly { id: string; label: string }[];
  /** At most so many axes and lines; the note says how many there are. */
  axisLimit?: number;
  lineLimit?: number;
}

const logSpan = 1000;
const wordLimit = 12;

/** A number, or text that reads as one; null for what is missing, empty, NaN or infinite. */
export const numberOf = (value: number | string | null | undefined): number | null => {
  if (value === null || value === undefined || value === '') return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
};
const isMissing = (value: number | string | null | undefined) =>
  value === null ||
  value === undefined ||
  value === '' ||
  (typeof value === 'number' && !Number.isFinite(value)) ||
  ['NaN', 'Infinity', '-Infinity'].includes(String(value));

/** Where a value lies on an axis, and the axis itself. */
export const scaleOf = (
  values: readonly (number | string | null | undefined)[],
): {
  kind: ParallelAxis['kind'];
  place: (value: number | string | null | undefined) => number | null;
  ticks: ParallelAxis['ticks'];
} => {
  const present = values.filter((value) => !isMissing(value)) as (number | string)[];
  const numbers = present.map(numberOf);
  if (present.length > 0 && numbers.some((value) => value === null)) {
    const words = [...new Set(present.map(String))].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
    const at = new Map(words.map((word, index) => [word, words.length === 1 ? 0.5 : index / (words.length - 1)]));
    const every = Math.ceil(words.length / wordLimit);
    return {
      kind: 'words',
      place: (value) => (isMissing(value) ? null : (at.get(String(value)) ?? null)),
      ticks: words
        .filter((_word, index) => index % every === 0)
        .map((word) => ({ at: at.get(word) as number, label: word })),
    };
  }
  const known = numbers as number[];
  const low = Math.min(...known);
  const high = Math.max(...known);
  const log = low > 0 && high / low >= logSpan;
  const turn = log ? Math.log10 : (value: number) => value;
  const back = log ? (value: number) => 10 ** value : (value: number) => value;
  const from = turn(low);
  const span = turn(high) - from;
  return {
    kind: log ? 'log' : 'linear',
    place: (value) => {
      const number = isMissing(value) ? null : numberOf(value);
      return number === null ? null : span === 0 ? 0.5 : (turn(number) - from) / span;
    },
    ticks:
      known.length === 0
        ? []
        : span === 0
          ? [{ at: 0.5, label: formatNumber(low) }]
          : [0, 0.5, 1].map((at) => ({ at, label: formatNumber(Number(back(from + at * span).toPrecision(4))) })),
  };
};

/** One line per entity through one place per axis. */
export const prepareParallel = (
  input: readonly ParallelInput[],
  { axes, axisLimit = 8, lineLimit = 500 }: ParallelOptions,
): PreparedParallel => {
  const shownAxes = axes.slice(0, axisLimit);
  const shown = input.slice(0, lineLimit);
  const scales = shownAxes.map((axis) => scaleOf(shown.map((line) => line.values[axis.id])));
  const lines = shown.map((line) => {
    const points = shownAxes.map((axis, index) => scales[index]?.place(line.values[axis.id]) ?? null);
    return { id: line.id, label: line.label, points, shade: points.at(-1) ?? null };
  });
  const notes = [capNote(shownAxes.length, axes.length, 'axes'), capNote(shown.length, input.length, 'lines')];
  const last = shownAxes.at(-1);
  const best = last
    ? [...shown]
        .filter((line) => numberOf(line.values[last.id]) !== null)
        .sort((a, b) => Number(b.values[last.id]) - Number(a.values[last.id]))[0]
    : undefined;
  return {
    axes: shownAxes.map((axis, index) => ({
      ...axis,
      kind: scales[index]?.kind ?? 'linear',
      ticks: scales[index]?.ticks ?? [],
    })),
    lines,
    note: notes.filter(Boolean).join(', ') || null,
    sentence:
      shown.length === 0
        ? 'Nothing to compare yet.'
        : `${shown.length} lines through ${shownAxes.map((axis) => axis.label).join(', ')}.${last && best ? ` The highest ${last.label} is ${formatNumber(numberOf(best.values[last.id]))} of ${best.label}.` : ''}`,
    table: {
      head: ['', ...shownAxes.map((axis) => axis.label)],
      rows: shown.map((line) => [
        line.label,
        ...shownAxes.map((axis) => {
          const value = line.values[axis.id];
          return value === null || value === undefined ? '–' : typeof value === 'number' ? formatNumber(value) : value;
        }),
      ]),
    },
  };
};

/** The lines that pass through the chosen span of every axis that has one. */
export const linesWithin = (
  lines: PreparedParallel['lines'],
  spans: Readonly<Record<number, readonly [from: number, to: number]>>,
): string[] =>
  lines
    .filter((line) =>
      Object.entries(spans).every(([axis, [from, to]]) => {
        const at = line.points[Number(axis)];
        return at !== null && at !== undefined && at >= from && at <= to;
      }),
    )
    .map((line) => line.id);
