import type { TensorMeta } from '@millwright/contract';

export type TensorValues = Float64Array | Float32Array | Int32Array | BigInt64Array | Uint8Array | string[];

/** `values` holds one entry per row. */
export type Feed = Pick<TensorMeta, 'name' | 'datatype'> & { values: TensorValues };

export type ToScoringThread =
  | { type: 'score'; id: number; digest: string; path: string; rows: number; feeds: Feed[]; outputs: string[] }
  | { type: 'close' };

export type FromScoringThread =
  | { type: 'scored'; id: number; outputs: TensorValues[] }
  | { type: 'failed'; id: number; message: string };
