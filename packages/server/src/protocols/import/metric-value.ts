import type { NewMetricPoint } from '#experiments';

/** A number as points hold it: what JSON has no number for is a text. */
export const metricValue = (value: number): NewMetricPoint['value'] =>
  Number.isFinite(value) ? value : (String(value) as 'NaN' | 'Infinity' | '-Infinity');
