import type { ModelStage } from '@millwright/contract';
import type { Actor } from '#platform/auth';
import type { Change } from '#platform/change';
import { fail } from '#platform/errors';
import { demandTests } from '../contracts/gate.ts';
import { updateModel } from '../models/store.ts';
import { protectionsOf } from '../policies/policy.ts';
import { demandRole, policyOf } from '../policies/service.ts';
import { moveStage, type SavedVersion, updateVersion } from './store.ts';

export interface StageMove {
  stage: ModelStage;
  /** The other versions in that stage go to `Archived`. */
  archiveOthers: boolean;
  /** Whose right counts; null: a request for it was approved. */
  by: Actor | null;
}

/** Under the lock of the model. Answers the versions that were archived. Errors: PERMISSION_DENIED, CONFLICT, TESTS_RED. */
export const setStage = async (change: Change, version: SavedVersion, move: StageMove): Promise<string[]> => {
  const { id, project, modelId, modelName, number } = version;
  const { stage, archiveOthers, by } = move;
  const policy = await policyOf(change.db, project, modelId);
  if (by !== null && stage !== version.stage)
    for (const name of [stage, version.stage])
      demandRole(policy, by, { project, modelId, modelName }, { kind: 'stage', name, versionId: id });
  if (stage !== version.stage && protectionsOf(policy, 'stage', stage).some(({ approvedOnly }) => approvedOnly)) {
    if (version.approval.state !== 'approved')
      fail(
        'CONFLICT',
        `Version ${number} of '${modelName}' is ${version.approval.state}. Only an approved version goes to ${stage}: millwright model-versions request-approval ${id} --stage ${stage} --reason TEXT.`,
      );
    await demandTests(change.db, version);
  }
  await updateVersion(change.db, project, id, { stage, updated_at: change.now });
  await updateModel(change.db, project, modelId, { updated_at: change.now });
  if (!archiveOthers) return [];
  return moveStage(change.db, project, { modelId, exceptId: id, from: stage, to: 'Archived', now: change.now });
};
