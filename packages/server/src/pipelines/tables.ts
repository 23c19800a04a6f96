import type { PipelineRun, StepRun, TriggerDecision } from '@millwright/contract';

export type PipelinesTables = {
  pipelines: {
    id: string;
    project: string;
    name: string;
    description: string;
    revision: number;
    enabled: number;
    owner: string;
    run_count: number;
    created_at: number;
    updated_at: number;
  };
  pipeline_revisions: {
    pipeline_id: string;
    project: string;
    revision: number;
    spec: string;
    saved_by: string;
    saved_at: number;
  };
  pipeline_event_triggers: { pipeline_id: string; project: string; event_type: string; subject_id: string | null };
  pipeline_runs: {
    id: string;
    project: string;
    pipeline_id: string;
    revision: number;
    number: number;
    state: PipelineRun['state'];
    parameters: string;
    trigger_kind: PipelineRun['trigger']['kind'];
    trigger_by: string;
    actor_id: string;
    event_id: string | null;
    reason: string;
    message: string;
    changes: number;
    started_at: number;
    ended_at: number | null;
  };
  pipeline_steps: {
    id: string;
    project: string;
    run_id: string;
    position: number;
    name: string;
    kind: string;
    state: StepRun['state'];
    attempts: number;
    failures: number;
    output: string | null;
    message: string;
    started_at: number | null;
    ended_at: number | null;
  };
  pipeline_step_logs: { step_id: string; project: string; lines: string };
  pipeline_trigger_decisions: {
    id: string;
    project: string;
    pipeline_id: string;
    trigger_key: string;
    at: number;
    kind: TriggerDecision['kind'];
    event_id: string | null;
    decision: TriggerDecision['decision'];
    reason: string;
    run_id: string | null;
  };
};
