import type { Rollout, Signature } from '@millwright/contract';
import { evidenceOf } from './rollout.ts';
import type { StoredRollout } from './store.ts';

export const rolloutView = (rollout: StoredRollout, task: Signature['task']): Rollout => ({
  id: rollout.id,
  endpointId: rollout.endpointId,
  endpointName: rollout.endpointName,
  state: rollout.state,
  policy: rollout.policy,
  stepIndex: rollout.stepIndex,
  weight: rollout.weight,
  champion: rollout.champion,
  challenger: rollout.challenger,
  evidence: evidenceOf(task, rollout.policy, rollout.test),
  decisions: rollout.decisions,
  reason: rollout.reason,
  startedAt: rollout.startedAt,
  endedAt: rollout.endedAt,
  pipelineRunId: rollout.pipelineRunId,
});
