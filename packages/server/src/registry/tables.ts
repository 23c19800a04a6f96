import type { Model, ModelVersion } from '@millwright/contract';

export type RegistryTables = {
  models: {
    id: string;
    project: string;
    name: string;
    description: string;
    approval: Model['approval'];
    owner: string;
    version_count: number;
    created_at: number;
    updated_at: number;
  };
  model_versions: {
    id: string;
    project: string;
    model_id: string;
    number: number;
    digest: string;
    size_bytes: number;
    signature: string;
    run_id: string;
    evaluation_id: string | null;
    dataset_version_id: string;
    note: string;
    created_by: string;
    created_by_id: string;
    created_at: number;
    approval_state: ModelVersion['approval']['state'];
    approval_by: string | null;
    approval_at: number | null;
    approval_reason: string;
    approval_digest: string | null;
    origin_key: string | null;
  };
  model_aliases: { model_id: string; project: string; alias: string; version_id: string; moved_at: number };
};
