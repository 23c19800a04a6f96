/** One captured input over a range of rows. A missing number is NaN, a missing category null. */
export type CapturedInput = { kind: 'number'; values: Float64Array } | { kind: 'category'; values: (string | null)[] };

/** Predictions of one endpoint by column, in the order of their row numbers, joined with the labels known now. */
export interface CapturedRows {
  rows: number;
  /** Number of the row within its endpoint, from 0 without gaps. */
  rowIndex: Float64Array;
  predictionId: string[];
  /** When the prediction was answered, epoch ms. */
  at: Float64Array;
  modelVersionId: string[];
  modelVersion: Float64Array;
  variant: ('champion' | 'challenger')[];
  /** 1 where the caller asked for this model version by number: such rows were not assigned by chance. */
  forced: Uint8Array;
  unit: string[];
  /** 1 where inference failed: there is no prediction. */
  failed: Uint8Array;
  /** Classification only; null in failed rows. */
  predictedLabel: (string | null)[] | null;
  /** Regression only; NaN in failed rows. */
  predictedValue: Float64Array | null;
  label: (string | null)[];
  inputs: Record<string, CapturedInput>;
}

export interface CapturedRange {
  /** From this row on. */
  fromRow: number;
  /** Up to, not including, this row. */
  toRow: number;
  /** Inputs wanted; all without it. */
  columns?: readonly string[];
}
