import type { Actor } from '#platform/auth';
import type { Change } from '#platform/change';
import { fail } from '#platform/errors';
import { servedAliases, whoApproves } from './approval.ts';
import { demandTests } from './contracts/gate.ts';
import { lockModel } from './models/store.ts';
import { protectionsOf } from './policies/policy.ts';
import { demandRole, policyOf } from './policies/service.ts';
import { aliasesOf, putAlias, removeAlias } from './store.ts';
import { findVersion } from './versions/store.ts';

export interface AliasMove {
  project: string;
  modelId: string;
  alias: string;
  /** null removes the alias. */
  versionId: string | null;
  /** Whose right counts; null: this server moves it by a rule of its own, or by a request that was approved. */
  by: Actor | null;
  /** Back to what it pointed at before: nobody waits for tests then. */
  isReturn?: boolean;
}

/** A pointer flip with its history in the audit. Nothing happens when it points there already. Errors: INVALID_REFERENCE, CONFLICT, PERMISSION_DENIED, TESTS_RED. */
export const moveAlias = async (change: Change, move: AliasMove): Promise<void> => {
  const { project, modelId, alias, versionId, by, isReturn = false } = move;
  const model =
    (await lockModel(change.db, project, modelId)) ??
    fail('INVALID_REFERENCE', `There is no model '${modelId}' in project '${project}'.`);
  const before = (await aliasesOf(change.db, project, [modelId])).find((row) => row.alias === alias) ?? null;
  if ((before?.versionId ?? null) === versionId) return;
  const policy = await policyOf(change.db, project, modelId);
  if (by !== null)
    demandRole(policy, by, { project, modelId, modelName: model.name }, { kind: 'alias', name: alias, versionId });
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
  const isGuarded =
    servedAliases.includes(alias) || protectionsOf(policy, 'alias', alias).some(({ approvedOnly }) => approvedOnly);
  if (isGuarded && version.approval.state !== 'approved')
    fail(
      'CONFLICT',
      `Version ${version.number} of '${model.name}' is ${version.approval.state}. Only an approved version can be ${alias}.${
        version.approval.state === 'pending'
          ? ` ${whoApproves(version, model.approval)}: millwright model-versions request-approval ${version.id} --alias ${alias} --reason TEXT.`
          : ''
      }`,
    );
  if (isGuarded && !isReturn) await demandTests(change.db, version);
  await putAlias(change.db, project, { modelId, alias, versionId }, change.now);
  change.audit({
    verb: 'alias.set',
    resourceType: 'model',
    resourceId: modelId,
    detail: { ...detail, versionId, number: version.number, digest: version.digest },
  });
  change.emit('registry.alias-moved', modelId, { ...detail, versionId, number: version.number });
};
