import type { ModelVersion } from '@millwright/contract';
import type { Change } from '#platform/change';
import { type SavedVersion, updateApproval } from './store.ts';

type Decided = Pick<SavedVersion, 'id' | 'project' | 'modelId' | 'modelName' | 'number'>;

export const tellDecided = (
  change: Change,
  { id, modelId, modelName, number }: Decided,
  { state, by, reason }: ModelVersion['approval'],
): void => change.emit('registry.version-decided', id, { modelId, modelName, number, state, by, reason });

/** Writes down what somebody, the gate or a policy decided, with its audit and event. */
export const putApproval = async (
  change: Change,
  version: Decided,
  approval: ModelVersion['approval'],
): Promise<void> => {
  await updateApproval(change.db, version.project, version.id, approval);
  const about = { resourceType: 'model-version', resourceId: version.id };
  change.audit({ verb: 'model-version.decide', ...about, detail: { ...approval } });
  tellDecided(change, version, approval);
};
