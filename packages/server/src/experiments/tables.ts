import type { Run } from '@millwright/contract';
import type { Generated } from 'kysely';

/** A number that columns cannot hold or sort. */
type Special = 'NaN' | 'Infinity' | '-Infinity';

export type EntryTable = {
  run: number;
  experiment: number;
  key: string;
  value: string;
  /** The value as a number, where it is one. */
  number_value: number | null;
};

export type ExperimentsTables = {
  experiments: {
    number: Generated<number>;
    id: string;
    project: string;
    name: string;
    description: string;
    owner: string;
    /** Where a client keeps its files by itself; null: here. */
    artifact_location: string | null;
    created_at: number;
    updated_at: number;
    deleted_at: number | null;
    run_count: number;
    last_run_at: number | null;
  };
  experiment_tags: { experiment: number; key: string; value: string };
  runs: {
    number: Generated<number>;
    id: string;
    project: string;
    experiment: number;
    name: string;
    status: Run['status'];
    parent_run_id: string | null;
    dataset_version_id: string | null;
    started_at: number;
    ended_at: number | null;
    deleted_at: number | null;
    owner: string;
    user_id: string;
    note: string;
    origin_key: string | null;
  };
  run_parameters: EntryTable;
  run_tags: EntryTable;
  /** One row per metric of a run, kept up to date with its points, so that lists read no points. */
  run_metrics: {
    series: Generated<number>;
    run: number;
    experiment: number;
    key: string;
    points: number;
    /** Infinities as the largest doubles, NaN as null: so it sorts. */
    last_value: number | null;
    last_special: Special | null;
    last_step: number;
    last_at: number;
    /** Over finite values; null while there are none. */
    min_value: number | null;
    max_value: number | null;
  };
  metric_points: {
    series: number;
    at: number;
    step: number;
    /** 0 where it is special. */
    value: number;
    /** 0 finite, 1 NaN, 2 Infinity, 3 -Infinity. */
    special: number;
  };
  artifacts: {
    project: string;
    root: string;
    path: string;
    digest: string;
    size_bytes: number;
    media_type: string;
    created_at: number;
  };
};
