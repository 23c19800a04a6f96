import type { Check, Dataset, DatasetVersion } from '@millwright/contract';

export type DataTables = {
  datasets: {
    id: string;
    project: string;
    name: string;
    description: string;
    time_column: string | null;
    target_column: string | null;
    owner: string;
    created_at: number;
    updated_at: number;
    /** Number of the newest version: versions are numbered from 1 without gaps. */
    version_count: number;
    health: Dataset['health'];
  };
  dataset_versions: {
    id: string;
    project: string;
    dataset_id: string;
    number: number;
    digest: string;
    size_bytes: number;
    row_count: number;
    columns: string;
    profile: string;
    check_results: string;
    origin: DatasetVersion['origin'];
    note: string;
    created_by: string;
    created_at: number;
    origin_key: string | null;
  };
  dataset_checks: {
    id: string;
    project: string;
    dataset_id: string;
    kind: Check['kind'];
    column_name: string | null;
    parameters: string;
    severity: Check['severity'];
    origin: Check['origin'];
    enabled: number;
  };
  dataset_refusals: {
    id: string;
    project: string;
    dataset_id: string;
    at: number;
    by_name: string;
    reason: string;
    size_bytes: number;
    problem_count: number;
    problems: string;
  };
};
