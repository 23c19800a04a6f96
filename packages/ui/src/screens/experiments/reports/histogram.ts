import type { Distribution } from '@millwright/contract';

const binsAtMost = 20;

/** Values of a metric in bins of one width; as many as their number bears. */
export const histogramOf = (metric: string, values: readonly number[]): Distribution => {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const bins = high > low ? Math.max(1, Math.min(binsAtMost, Math.ceil(Math.sqrt(values.length)))) : 1;
  const width = high > low ? (high - low) / bins : 1;
  const counts = new Array<number>(bins).fill(0);
  for (const value of values) {
    const bin = Math.min(bins - 1, Math.floor((value - low) / width));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return {
    column: metric,
    kind: 'number',
    edges: Array.from({ length: bins + 1 }, (_none, index) => low + index * width),
    labels: null,
    reference: [],
    current: counts,
    referenceRows: 0,
    currentRows: values.length,
  };
};
