import type { Run } from '@millwright/contract';
import type { Generated } from 'kysely';
import type { LoggedModelStatus } from './logged-models/logged-model.ts';
import type { Int64 } from './metrics/metric.ts';

/** A number that columns cannot hold or sort. */
type Special = 'NaN' | 'Infinity' | '-Infinity';

export type EntryTable = {
  run: number;
  experiment: number;
  /** When the run started, which decides between equal values in an order. */
  started_at: number;
  key: string;
  value: string;
  /** The first 60 characters of the value, which is what indexes have of it. */
  head: string;
  /** The value as a number, where it is one. */
  number_value: number | null;
};

/** What is known of a metric without its points. */
type SeriesColumns = {
  points: number;
  /** Infinities as the largest doubles, NaN as null: so it sorts. */
  last_value: number | null;
  last_special: Special | null;
  last_step: Int64;
  last_at: Int64;
  /** Over finite values; null while there are none. */
  min_value: number | null;
  max_value: number | null;
};

export type PointTable = {
  series: number;
  at: Int64;
  step: Int64;
  /** 0 where it is special. */
  value: number;
  /** 0 finite, 1 NaN, 2 Infinity, 3 -Infinity. */
  special: number;
};

export type ModelEntryTable = { model: number; key: string; value: string };

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
    /** The folder it lies in; null: at the top. */
    folder: string | null;
    /** How many of `run_count` were moved elsewhere. */
    moved_out: Generated<number>;
  };
  experiment_folders: {
    id: string;
    project: string;
    /** Empty at the top. */
    parent: string;
    name: string;
    created_at: number;
    updated_at: number;
  };
  experiment_tags: { experiment: number; key: string; value: string };
  runs: {
    number: Generated<number>;
    id: string;
    hex: string;
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
    /** Moves with everything that belongs to the run: entries, metrics, what it read and made. */
    revision: Generated<number>;
  };
  run_parameters: EntryTable;
  run_tags: EntryTable;
  /** One row per metric of a run, kept up to date with its points, so that lists read no points. */
  run_metrics: {
    series: Generated<number>;
    run: number;
    experiment: number;
    started_at: number;
    key: string;
  } & SeriesColumns;
  metric_points: PointTable;
  artifacts: {
    project: string;
    root: string;
    path: string;
    digest: string;
    size_bytes: number;
    media_type: string;
    created_at: number;
  };
  /** A file that arrives in several requests. */
  uploads: {
    id: string;
    project: string;
    root: string;
    path: string;
    media_type: string;
    /** `pieces`: one behind the other; `parts`: numbered, in any order. */
    kind: 'pieces' | 'parts';
    /** `sealing`: takes no part any more; `sealed`: its digest is known; `complete`: it is the file. */
    state: 'open' | 'sealing' | 'sealed' | 'complete';
    /** Who began it, by the id. */
    owner: string;
    part_count: number;
    /** Of all parts but the last; null while none of them came. */
    part_bytes: number | null;
    size_bytes: number | null;
    digest: string | null;
    storage_ref: string;
    created_at: number;
    expires_at: number;
    completed_at: number | null;
  };
  upload_parts: { upload: string; number: number; size_bytes: number; etag: string };
  /** A data set that runs of an experiment read, as their client describes it. */
  input_datasets: {
    number: Generated<number>;
    id: string;
    project: string;
    experiment: number;
    name: string;
    digest: string;
    source_type: string;
    source: string;
    schema: string | null;
    profile: string | null;
    created_at: number;
  };
  run_inputs: {
    number: Generated<number>;
    run: number;
    dataset: number;
    /** What the run read it for, e.g. `train`. */
    context: string | null;
  };
  run_input_tags: { input: number; key: string; value: string };
  run_models: {
    number: Generated<number>;
    run: number;
    direction: 'input' | 'output';
    model: string;
    step: number;
  };
  logged_models: {
    number: Generated<number>;
    id: string;
    project: string;
    experiment: number;
    name: string;
    status: LoggedModelStatus;
    model_type: string;
    /** As its client names it, natively where it is an id; empty: none. */
    source_run_id: string;
    owner: string;
    created_at: number;
    updated_at: number;
    deleted_at: number | null;
  };
  logged_model_parameters: ModelEntryTable;
  logged_model_tags: ModelEntryTable;
  logged_model_metrics: {
    series: Generated<number>;
    model: number;
    run: number;
    key: string;
    /** Empty: on no data set in particular. */
    dataset_name: string;
    dataset_digest: string;
  } & SeriesColumns;
  logged_model_points: PointTable;
  metric_meanings: {
    project: string;
    key: string;
    direction: 'maximize' | 'minimize' | 'none' | null;
    unit: string;
    low: number | null;
    high: number | null;
    description: string;
    updated_at: number;
  };
  saved_views: {
    id: string;
    project: string;
    screen: string;
    name: string;
    owner: string;
    search: string;
    created_at: number;
    updated_at: number;
  };
  /** Copies of runs that are still being made. */
  run_copies: {
    run: number;
    id: string;
    source_id: string;
    project: string;
    begun_at: number;
    /** The path of the last file that is there; null: all files are. */
    files_after: string | null;
  };
  /** Metrics of such copies whose points are not all there, with the last point that is. */
  series_copies: {
    run: number;
    target: number;
    source: number;
    points: number;
    at: Int64 | null;
    step: Int64 | null;
    value: number | null;
    special: number | null;
  };
  /** What a run was tried with. */
  run_fingerprints: { run: number; project: string; experiment: number; data: string; parameters: string };
  /** What is gone for everybody while its rows are still being removed. */
  purges: { kind: 'run' | 'model' | 'experiment'; number: number; id: string; project: string; begun_at: number };
};
