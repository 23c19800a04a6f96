import type { ConfusionMatrix, RunCurve } from '@millwright/contract';

const record = (text: string): Record<string, unknown> | null => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
};
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

export const readMatrix = (text: string): ConfusionMatrix | null => {
  const content = record(text);
  const labels = list(content?.['labels']).map(String);
  const counts = list(content?.['counts']).map((row) => list(row).map(Number));
  const isSquare = labels.length > 0 && counts.length === labels.length;
  return isSquare && counts.every((row) => row.length === labels.length && row.every(Number.isFinite))
    ? { labels, counts }
    : null;
};

const kinds = ['roc', 'precision-recall', 'calibration', 'line'] as const;
export const readCurve = (text: string): RunCurve | null => {
  const content = record(text);
  const series = list(content?.['series']).map((one) => one as Record<string, unknown> | null);
  if (content === null || series.length === 0) return null;
  const numbers = (values: unknown) => list(values).map((value) => (typeof value === 'number' ? value : Number.NaN));
  return {
    kind: kinds.find((kind) => kind === content['kind']) ?? 'line',
    xLabel: String(content['xLabel'] ?? 'x'),
    yLabel: String(content['yLabel'] ?? 'y'),
    series: series.map((one) => ({
      name: String(one?.['name'] ?? ''),
      x: numbers(one?.['x']),
      y: numbers(one?.['y']),
      score: typeof one?.['score'] === 'number' ? one['score'] : null,
    })),
  };
};

/** A table as pandas writes one split into columns and rows. */
export const readFrame = (text: string): string[][] | null => {
  const content = record(text);
  const columns = list(content?.['columns']).map(String);
  if (columns.length === 0) return null;
  const cell = (value: unknown) =>
    value === null || value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
  return [columns, ...list(content?.['data']).map((row) => list(row).map(cell))];
};
