import type { TensorMeta } from '@millwright/contract';
import type { OutputTensor, TensorData } from './tensors.ts';

export interface ModelTensors {
  inputs: TensorMeta[];
  outputs: TensorMeta[];
}

/** What an inference thread is told, in this order per model: load, any number of runs, release. */
export type ToInferenceThread =
  | { type: 'load'; digest: string; path: string; tensors: ModelTensors }
  | { type: 'run'; batchId: number; digest: string; rows: number; feeds: TensorData[] }
  | { type: 'release'; digest: string }
  | { type: 'close' };

export type FromInferenceThread =
  /** `splittable`: the answers to several requests may be computed together and taken apart by rows. */
  | { type: 'loaded'; digest: string; splittable: boolean }
  | { type: 'load-failed'; digest: string; message: string }
  | { type: 'ran'; batchId: number; outputs: OutputTensor[] }
  | { type: 'run-failed'; batchId: number; message: string };
