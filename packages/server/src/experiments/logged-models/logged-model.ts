import type { Int64, MetricNumber, NewMetricPoint } from '../metrics/metric.ts';

/** `pending` until its files are complete. */
export type LoggedModelStatus = 'pending' | 'ready' | 'failed';

/** A point of a metric as it was measured: by which run and, where it was told, on which data set. */
export interface ModelPoint {
  key: string;
  value: MetricNumber;
  step: Int64;
  at: Int64;
  runId: string;
  /** Empty: on no data set in particular. */
  datasetName: string;
  datasetDigest: string;
}

/** A model that training code made, before anybody registers it. */
export interface LoggedModel {
  /** `lm_...`. */
  id: string;
  /** The number of its experiment. */
  experiment: number;
  name: string;
  status: LoggedModelStatus;
  modelType: string;
  /** As its client names it, natively where it is an id; empty: none. */
  sourceRunId: string;
  owner: string;
  createdAt: number;
  updatedAt: number;
  deletedAt: number | null;
  parameters: Record<string, string>;
  tags: Record<string, string>;
  /** All points; of a model with very many, only the last one of each metric. */
  metrics: ModelPoint[];
}

/** A point that a run logs for a model too. */
export type NewModelPoint = NewMetricPoint & {
  modelId: string;
  datasetName?: string | undefined;
  datasetDigest?: string | undefined;
};

/** Any digest where it is missing. */
export interface DatasetChoice {
  name: string;
  digest?: string | undefined;
}
