import type { Reply, listPredictions } from '@millwright/contract';
import type { EndpointRow } from '../tables.ts';
import type { CapturedRows } from './captured-rows.ts';
import { type CapturedSource, readCaptured } from './read.ts';

export type CapturedPrediction = Reply<typeof listPredictions>['items'][number];

/** The newest captured predictions with their labels, newest first. */
export const newestPredictions = async (
  source: CapturedSource,
  endpoint: EndpointRow,
  limit: number,
): Promise<CapturedPrediction[]> => {
  const toRow = Number(endpoint.captured);
  const rows = await readCaptured(source, endpoint.id, { fromRow: Math.max(0, toRow - limit), toRow });
  return Array.from({ length: rows.rows }, (_, index) => predictionAt(rows, rows.rows - 1 - index));
};

const predictionAt = (rows: CapturedRows, row: number): CapturedPrediction => {
  const inputs: Record<string, unknown> = {};
  for (const [name, { values }] of Object.entries(rows.inputs)) {
    const value = values[row] ?? null;
    inputs[name] = typeof value === 'number' && Number.isNaN(value) ? null : value;
  }
  return {
    id: rows.predictionId[row] as string,
    at: rows.at[row] as number,
    variant: rows.variant[row] as string,
    modelVersion: rows.modelVersion[row] as number,
    unit: rows.unit[row] as string,
    inputs,
    output: outputAt(rows, row),
    label: rows.label[row] ?? null,
  };
};

const outputAt = (rows: CapturedRows, row: number): Record<string, unknown> => {
  if (rows.failed[row]) return { failed: true };
  const label = rows.predictedLabel?.[row];
  if (label != null) return { label };
  const value = rows.predictedValue?.[row];
  return { value: value === undefined || Number.isNaN(value) ? null : value };
};
