import { isMissing, present, quantileOfSorted, sorted, summarise, type MaybeNumber } from './describe.ts';

export interface Histogram {
  /** Ascending edges, one more than counts. A bin holds [left, right); the last bin holds its right edge too. */
  edges: number[];
  counts: number[];
  below: number;
  above: number;
  missing: number;
}

function equalWidth(min: number, max: number, bins: number): number[] {
  // A constant column still needs a bin of positive width.
  const [low, high] = min === max ? [min - 0.5, max + 0.5] : [min, max];
  return Array.from({ length: bins + 1 }, (_, i) => (i === bins ? high : low + ((high - low) * i) / bins));
}

function finiteRange(values: ArrayLike<MaybeNumber>) {
  const summary = summarise(values);
  if (summary.count === 0) throw new RangeError('a histogram needs at least one present value');
  if (!Number.isFinite(summary.min) || !Number.isFinite(summary.max))
    throw new RangeError('a histogram needs finite values');
  return summary;
}

/** `bins` edges of equal width over the range of the present values. */
export function equalWidthEdges(values: ArrayLike<MaybeNumber>, bins: number): number[] {
  const { min, max } = finiteRange(values);
  return equalWidth(min, max, bins);
}

/** Edges at quantiles, so that bins hold about equally many values; equal edges (ties) are merged. */
export function quantileEdges(values: ArrayLike<MaybeNumber>, bins: number): number[] {
  const { min, max } = finiteRange(values);
  if (min === max) return equalWidth(min, max, 1);
  const ascending = sorted(values);
  const edges: number[] = [];
  for (let i = 0; i <= bins; i++) {
    const edge = quantileOfSorted(ascending, i / bins);
    if (edges.length === 0 || edge > edges.at(-1)!) edges.push(edge);
  }
  return edges;
}

/** Equal-width edges with Sturges' number of bins, ceil(log2(n) + 1). */
export function sturgesEdges(values: ArrayLike<MaybeNumber>): number[] {
  const { count, min, max } = finiteRange(values);
  return equalWidth(min, max, min === max ? 1 : Math.ceil(Math.log2(count) + 1));
}

/** Equal-width edges with Doane's (1976) number of bins, which grows with the skewness of the values. */
export function doaneEdges(values: ArrayLike<MaybeNumber>): number[] {
  const { count: n, mean, m2, min, max } = finiteRange(values);
  if (min === max || n < 3) return equalWidth(min, max, 1);
  const deviation = Math.sqrt(m2 / n);
  let cubes = 0;
  for (const x of present(values)) cubes += ((x - mean) / deviation) ** 3;
  const skewError = Math.sqrt((6 * (n - 2)) / ((n + 1) * (n + 3)));
  return equalWidth(min, max, Math.ceil(1 + Math.log2(n) + Math.log2(1 + Math.abs(cubes / n) / skewError)));
}

/** Counts the values between given ascending edges; what lies outside is counted in `below` and `above`. */
export function histogram(values: ArrayLike<MaybeNumber>, edges: readonly number[]): Histogram {
  const bins = edges.length - 1;
  if (bins < 1) throw new RangeError('a histogram needs at least two edges');
  const counts = new Array<number>(bins).fill(0);
  const result: Histogram = { edges: [...edges], counts, below: 0, above: 0, missing: 0 };
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (isMissing(value)) result.missing++;
    else if (value! < edges[0]!) result.below++;
    else if (value! > edges[bins]!) result.above++;
    else counts[Math.min(bins - 1, lastEdgeAtMost(edges, value!))]!++;
  }
  return result;
}

function lastEdgeAtMost(edges: readonly number[], value: number): number {
  let low = 0;
  let high = edges.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (edges[middle]! <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
