import type { Rollout } from '@millwright/contract';

export type EndpointRow = {
  id: string;
  project: string;
  name: string;
  description: string;
  model_id: string;
  model_name: string;
  unit_column: string | null;
  champion_version_id: string;
  previous_version_id: string | null /** Running or paused. */;
  rollout_id: string | null;
  /** Raised whenever an evaluation of the rollout begins: whatever arrives later asks for the next one. */
  evaluation_turn: number;
  /** Rows in Parquet parts: the next row has this number. */
  captured: number;
  /** The number the newest label was given; numbers are given under the lock of this row. */
  label_seq: number;
  labels: number;
  owner: string;
  created_at: number;
  updated_at: number;
};

export type ServingTables = {
  endpoints: EndpointRow;
  captured_parts: {
    id: string;
    project: string;
    endpoint_id: string;
    segment_id: string;
    from_row: number;
    to_row: number;
    digest: string;
    size_bytes: number /** JSON: CapturedColumn[]. */;
    inputs: string;
    created_at: number;
  };
  /** Segments of journals whose rows are in parts, so that none is taken twice. */
  captured_segments: { endpoint_id: string; segment_id: string; taken_at: number };
  capture_drops: { endpoint_id: string; reason: string; dropped: number };
  labels: {
    endpoint_id: string;
    prediction_id: string;
    value: string;
    at: number | null;
    received_at: number;
    seq: number;
  };
  rollouts: {
    id: string;
    project: string;
    endpoint_id: string;
    state: Rollout['state'];
    policy: string;
    step_index: number;
    weight: number;
    champion_version_id: string;
    challenger_version_id: string;
    /** JSON of the contract's Arm. */ champion: string;
    challenger: string /** JSON of the sequential tests' state. */;
    test: string;
    decisions: string;
    reason: string;
    /** Captured rows up to here were counted, labels up to `label_cursor` joined with them. */ row_cursor: number;
    first_row: number;
    label_cursor: number;
    revision: number;
    pipeline_run_id: string | null;
    origin_key: string | null;
    started_at: number;
    ended_at: number | null;
  };
};
