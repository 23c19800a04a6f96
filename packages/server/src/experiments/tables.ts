import type { Run } from '@millwright/contract';

/** A number, or one of `NaN`, `Infinity` and `-Infinity`, which number columns cannot hold. */
type Special = 'NaN' | 'Infinity' | '-Infinity';

export type KeyValueTable = {
  run_id: string;
  project: string;
  key: string;
  value: string;
  /** The value as a number, where it is one. */
  number_value: number | null;
};

export type ExperimentsTables = {
  experiments: {
    id: string;
    project: string;
    name: string;
    description: string;
    owner: string;
    created_at: number;
    run_count: number;
    last_run_at: number | null;
  };
  runs: {
    id: string;
    project: string;
    experiment_id: string;
    name: string;
    status: Run['status'];
    parent_run_id: string | null;
    dataset_version_id: string | null;
    started_at: number;
    ended_at: number | null;
    owner: string;
    note: string;
    origin_key: string | null;
  };
  run_parameters: KeyValueTable;
  run_tags: KeyValueTable;
  /** One row per metric of a run, kept up to date with its points, so that lists read no points. */
  run_metrics: {
    run_id: string;
    project: string;
    key: string;
    points: number;
    /** How many of them are NaN or infinite. */
    special_points: number;
    last_value: number | null;
    last_special: Special | null;
    last_step: number;
    /** Over finite values; null while there are none. */
    min_value: number | null;
    max_value: number | null;
  };
  metric_points: {
    run_id: string;
    project: string;
    key: string;
    /** Order of arrival, from 0 without gaps within a metric. */
    seq: number;
    step: number;
    at: number;
    value: number | null;
    special: Special | null;
  };
  run_artifacts: {
    run_id: string;
    project: string;
    path: string;
    digest: string;
    size_bytes: number;
    media_type: string;
    created_at: number;
  };
};
