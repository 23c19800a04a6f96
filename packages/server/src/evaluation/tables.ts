export type EvaluationTables = {
  evaluations: {
    id: string;
    project: string;
    run_id: string;
    dataset_version_id: string;
    model_digest: string;
    task: 'classification' | 'regression';
    row_count: number;
    holdout_from: number;
    created_at: number;
    metrics: string;
    classes: string | null;
    confusion: string | null;
    comparisons: string;
    gate: string;
    origin_key: string | null;
  };
};
