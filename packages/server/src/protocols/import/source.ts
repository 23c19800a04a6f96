import type { Run } from '@millwright/contract';
import type { DatasetInput, NewMetricPoint } from '#experiments';

/** What another program kept, in the words of this one. Whatever is large is read while it is asked for. */
export interface ForeignSource {
  experiments(): AsyncIterable<ForeignExperiment>;
}

export interface ForeignExperiment {
  /** Which one it is there, so that a second import finds it, whatever it is called here. */
  origin: string;
  name: string;
  description?: string;
  /** The one that clients start with, which is here already. */
  isDefault?: boolean;
  tags: Readonly<Record<string, string>>;
  /** Where its files stay; null: they are copied. */
  artifactLocation?: string | null;
  isDeleted?: boolean;
  /** May be asked for more than once. */
  runs(): AsyncIterable<ForeignRun>;
}

export interface ForeignRun {
  /** Made from what the run is called there: the same again for the same run. */
  id: string;
  name: string;
  status: Run['status'];
  /** Epoch ms. */
  startedAt: number;
  endedAt: number | null;
  userId: string;
  note?: string;
  isDeleted?: boolean;
  /** Asked for only where the run is not here yet. */
  entries(): Promise<{ parameters: Readonly<Record<string, string>>; tags: Readonly<Record<string, string>> }>;
  points(): AsyncIterable<readonly NewMetricPoint[]>;
  files(): AsyncIterable<ForeignFile>;
  /** The id, here, of the run it belongs to. */
  parent?(): Promise<string | null>;
  links?(): Promise<ForeignLinks>;
}

export interface ForeignLinks {
  datasets: readonly DatasetInput[];
  /** Ids of logged models. */
  inputs: readonly string[];
  outputs: readonly { modelId: string; step: number }[];
}

export interface ForeignFile {
  path: string;
  sizeBytes: number;
  open(): AsyncIterable<Uint8Array> | Uint8Array;
}
