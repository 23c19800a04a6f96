import type { Model, ModelVersion } from '@millwright/contract';

export type RegistryTables = {
  models: {
    id: string;
    project: string;
    name: string;
    /** The name while the model has it; null once the model is deleted and the name is free. */
    taken_name: string | null;
    description: string;
    approval: Model['approval'];
    owner: string;
    version_count: number;
    created_at: number;
    updated_at: number;
  };
  model_tags: { model_id: string; key: string; value: string };
  model_versions: {
    id: string;
    project: string;
    model_id: string;
    number: number;
    format: ModelVersion['format'];
    digest: string | null;
    size_bytes: number | null;
    signature: string | null;
    source: string | null;
    /** Where the files of the source lie here: the run or logged model, and the path there. Null: they lie elsewhere. */
    files_root: string | null;
    files_path: string | null;
    /** Where clients fetch the files from, when it is not the source itself. */
    download_uri: string | null;
    run_id: string | null;
    /** The run as MLflow's clients name it. */
    named_run: string | null;
    run_link: string;
    evaluation_id: string | null;
    dataset_version_id: string | null;
    stage: ModelVersion['stage'];
    status: ModelVersion['status'];
    note: string;
    created_by: string;
    created_by_id: string;
    created_at: number;
    updated_at: number;
    deleted_at: number | null;
    approval_state: ModelVersion['approval']['state'];
    approval_by: string | null;
    approval_at: number | null;
    approval_reason: string;
    approval_digest: string | null;
    origin_key: string | null;
  };
  model_version_tags: { version_id: string; key: string; value: string };
  model_aliases: { model_id: string; project: string; alias: string; version_id: string; moved_at: number };
};
