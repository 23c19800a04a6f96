import type { Change } from '#platform/change';
import { fail } from '#platform/errors';
import { servedAliases, whoApproves } from './approval.ts';
import { lockModel } from './models/store.ts';
import { aliasesOf, putAlias, removeAlias } from './store.ts';
import { findVersion } from './versions/store.ts';

export interface AliasMove {
  project: string;
  modelId: string;
  alias: string;
  /** null removes the alias. */
  versionId: string | null;
}

/** A pointer flip with its history in the audit. Nothing happens when it points there already. Errors: INVALID_REFERENCE, CONFLICT. */
export const moveAlias = async (change: Change, move: AliasMove): Promise<void> => {
  const { project, modelId, alias, versionId } = move;
  const model =
    (await lockModel(change.db, project, modelId)) ??
    fail('INVALID_REFERENCE', `There is no model '${modelId}' in project '${project}'.`);
  const before = (await aliasesOf(change.db, project, [modelId])).find((row) => row.alias === alias) ?? null;
  if ((before?.versionId ?? null) === versionId) return;
  const detail = {
    modelName: model.name,
    alias,
    previousVersionId: before?.versionId ?? null,
    previousNumber: before?.number ?? null,
  };
  if (versionId === null) {
    await removeAlias(change.db, project, modelId, alias);
    change.audit({ verb: 'alias.delete', resourceType: 'model', resourceId: modelId, detail });
    change.emit('registry.alias-moved', modelId, { ...detail, versionId: null, number: null });
    return;
  }
  const version = await findVersion(change.db, project, versionId);
  if (version?.modelId !== modelId || version.deletedAt !== null)
    return fail('INVALID_REFERENCE', `'${versionId}' is no version of the model '${model.name}'.`);
  if (servedAliases.includes(alias) && version.approval.state !== 'approved')
    fail(
      'CONFLICT',
      `Version ${version.number} of '${model.name}' is ${version.approval.state}. Only an approved version can be ${alias}.${
        version.approval.state === 'pending'
          ? ` ${whoApproves(version, model.approval)}: millwright model-versions decide.`
          : ''
      }`,
    );
  await putAlias(change.db, project, { modelId, alias, versionId }, change.now);
  change.audit({
    verb: 'alias.set',
    resourceType: 'model',
    resourceId: modelId,
    detail: { ...detail, versionId, number: version.number, digest: version.digest },
  });
  change.emit('registry.alias-moved', modelId, { ...detail, versionId, number: version.number });
};
