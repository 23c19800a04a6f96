import { studentTQuantile } from '@millwright/stats';
import type { SeriesPoint } from './series.ts';

/** What a band around a mean spans: all values, or the 95 % interval of the mean (Student's t). */
export type BandKind = 'range' | 'interval';

const placesAtMost = 300;
const finite = (value: number | null | undefined): value is number =>
  value !== null && value !== undefined && Number.isFinite(value);

/**
 * One line for several: at each place of the x axis the mean of those that have a value there, and a band. With more
 * places than can be told apart, or lines that have each their own, a place is a stretch of the axis and counts the mean
 * of each line in it once, so that a line with more points weighs no more.
 */
export const meanWithBand = (lines: readonly (readonly SeriesPoint[])[], kind: BandKind): SeriesPoint[] => {
  const xs = [...new Set(lines.flatMap((points) => points.map((point) => point.x)))].sort((a, b) => a - b);
  const low = xs[0] ?? 0;
  const longest = Math.max(1, ...lines.map((points) => points.length));
  const places = Math.min(placesAtMost, longest);
  const width = ((xs.at(-1) ?? 0) - low) / Math.max(1, places - 1);
  const own = xs.length <= placesAtMost && xs.length === longest;
  const placeOf = (x: number): number => (own || width === 0 ? x : low + Math.round((x - low) / width) * width);
  const values = new Map<number, number[]>();
  for (const points of lines) {
    const perPlace = Map.groupBy(
      points.filter((point) => finite(point.y)),
      (point) => placeOf(point.x),
    );
    for (const [place, there] of perPlace) {
      const mean = there.reduce((sum, point) => sum + (point.y as number), 0) / there.length;
      const known = values.get(place);
      if (known) known.push(mean);
      else values.set(place, [mean]);
    }
  }
  return [...values]
    .sort(([a], [b]) => a - b)
    .map(([x, there]) => {
      const mean = there.reduce((sum, value) => sum + value, 0) / there.length;
      if (there.length === 1) return { x, y: mean };
      if (kind === 'range') return { x, y: mean, low: Math.min(...there), high: Math.max(...there) };
      const variance = there.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (there.length - 1);
      const half = quantileOf(there.length - 1) * Math.sqrt(variance / there.length);
      return { x, y: mean, low: mean - half, high: mean + half };
    });
};

const quantiles = new Map<number, number>();
const quantileOf = (df: number): number => {
  const known = quantiles.get(df) ?? studentTQuantile(0.975, df);
  quantiles.set(df, known);
  return known;
};
