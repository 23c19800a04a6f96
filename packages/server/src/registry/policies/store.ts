import type { RegistryPolicy } from '@millwright/contract';
import { type Db, decodeJson, encodeJson } from '#platform/db';
import { tables } from '../store.ts';

export interface SavedPolicy {
  policy: RegistryPolicy;
  updatedBy: string;
  updatedAt: number;
}

/** Of the project (`modelId` empty) and of a model, each null where nothing is set. */
export const findPolicies = async (
  db: Db,
  project: string,
  modelId: string,
): Promise<{ project: SavedPolicy | null; model: SavedPolicy | null }> => {
  const rows = await tables(db)
    .selectFrom('registry_policies')
    .selectAll()
    .where('project', '=', project)
    .where((e) => e.or([e('model_id', '=', ''), e('model_id', '=', modelId)]))
    .execute();
  const of = (id: string): SavedPolicy | null => {
    const row = rows.find((one) => one.model_id === id);
    return row ? { policy: decodeJson(row.policy), updatedBy: row.updated_by, updatedAt: row.updated_at } : null;
  };
  return { project: of(''), model: modelId === '' ? null : of(modelId) };
};

export const putPolicy = async (
  db: Db,
  project: string,
  modelId: string,
  { policy, updatedBy, updatedAt }: SavedPolicy,
): Promise<void> => {
  const set = { policy: encodeJson(policy), updated_by: updatedBy, updated_at: updatedAt };
  await tables(db)
    .insertInto('registry_policies')
    .values({ project, model_id: modelId, ...set })
    .onConflict((conflict) => conflict.columns(['project', 'model_id']).doUpdateSet(set))
    .execute();
};

export const deletePolicy = async (db: Db, project: string, modelId: string): Promise<void> => {
  await tables(db)
    .deleteFrom('registry_policies')
    .where('project', '=', project)
    .where('model_id', '=', modelId)
    .execute();
};
