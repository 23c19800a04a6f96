export type MonitorTables = {
  monitors: {
    endpoint_id: string;
    project: string;
    enabled: number;
    settings: string;
    /** The next window: its first captured row, its number, the series it belongs to and the champion of that series. */
    next_row: number;
    next_number: number;
    series: number;
    series_version_id: string;
    /** Predictions known to be lost: when last looked, and when the newest window closed. */
    dropped_seen: number;
    dropped_windowed: number;
    /** Raised whenever a job begins: whatever arrives later asks for the next one. */
    capture_turn: number;
    label_turn: number;
    older_turn: number;
    created_at: number;
    updated_at: number;
  };
  monitor_references: {
    endpoint_id: string;
    model_version_id: string;
    project: string;
    model_version: number;
    task: string;
    /** JSON: FeatureColumn[]. */
    columns: string;
    dataset_version_id: string | null;
    rows: number;
    /** Blob of the prepared columns; null where nothing is known of the training data. */
    digest: string | null;
    loss: number | null;
    loss_rows: number | null;
    created_at: number;
  };
  monitor_windows: {
    id: string;
    project: string;
    endpoint_id: string;
    number: number;
    series: number;
    from_row: number;
    to_row: number;
    start_at: number;
    end_at: number;
    model_version_id: string;
    model_version: number;
    failures: number;
    dropped: number;
    columns: string;
    performance: string;
    as_of: number;
    /** Every answer of the champion has its label. */
    complete: number;
    /** The window was told of as worse. */
    announced: number;
  };
  incidents: {
    id: string;
    project: string;
    endpoint_id: string;
    kind: string;
    severity: string;
    state: string;
    title: string;
    columns: string;
    windows: number;
    first_window: number;
    last_window: number;
    opened_at: number;
    updated_at: number;
    resolved_at: number | null;
    log: string;
    quiet_windows: number;
    series: number;
    /** The endpoint and the cause while it is not resolved, then its own id: one open incident per cause. */
    open_key: string;
  };
};
