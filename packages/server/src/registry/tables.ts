import type { ApprovalVote, ContractRun, Model, ModelVersion, RequestState, TestTrigger } from '@millwright/contract';

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
  registry_policies: {
    project: string;
    /** Empty: the policy of the project. */
    model_id: string;
    policy: string;
    updated_by: string;
    updated_at: number;
  };
  approval_requests: {
    id: string;
    project: string;
    model_id: string;
    version_id: string;
    alias: string | null;
    stage: ModelVersion['stage'] | null;
    digest: string | null;
    bound_to: string;
    reason: string;
    requested_by: string;
    requested_by_id: string;
    requested_at: number;
    expires_at: number;
    state: RequestState;
    closed_by: string | null;
    closed_at: number | null;
    closed_reason: string;
  };
  approval_votes: {
    request_id: string;
    voter_id: string;
    voter: string;
    decision: ApprovalVote['decision'];
    reason: string;
    roles: string;
    voted_at: number;
  };
  approval_comments: {
    id: string;
    request_id: string;
    author: string;
    author_id: string;
    body: string;
    written_at: number;
  };
  contract_suites: {
    model_id: string;
    revision: number;
    project: string;
    tests: string;
    created_by: string;
    created_at: number;
  };
  contract_runs: {
    id: string;
    project: string;
    model_id: string;
    version_id: string;
    revision: number;
    digest: string | null;
    cause: TestTrigger;
    started_by: string;
    state: ContractRun['state'];
    results: string;
    created_at: number;
    finished_at: number | null;
  };
};
