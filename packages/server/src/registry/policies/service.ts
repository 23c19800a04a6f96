import type { PolicyView, Protection, RegistryPolicy } from '@millwright/contract';
import type { Actor, Ctx } from '#platform/auth';
import type { Platform } from '#platform/core';
import type { Db } from '#platform/db';
import { fail } from '#platform/errors';
import { approvingRoles, effectivePolicy, protectionsOf } from './policy.ts';
import { deletePolicy, findPolicies, putPolicy, type SavedPolicy } from './store.ts';

export interface Policies {
  projectPolicy(ctx: Ctx): Promise<PolicyView>;
  setProjectPolicy(ctx: Ctx, policy: RegistryPolicy): Promise<PolicyView>;
  /** Errors: NOT_FOUND. */
  modelPolicy(ctx: Ctx, modelRef: string): Promise<PolicyView>;
  /** null leaves the model to its project. Errors: NOT_FOUND. */
  setModelPolicy(ctx: Ctx, modelRef: string, policy: RegistryPolicy | null): Promise<PolicyView>;
}

/** What holds for a model now. */
export const policyOf = async (db: Db, project: string, modelId: string): Promise<RegistryPolicy> => {
  const saved = await findPolicies(db, project, modelId);
  return effectivePolicy(saved.project?.policy ?? null, saved.model?.policy ?? null);
};

/** A name that is to point elsewhere, and for which version: as somebody would ask for it. */
export interface ProtectedMove {
  kind: Protection['kind'];
  name: string;
  versionId: string | null;
}

const howToAsk = ({ kind, name, versionId }: ProtectedMove): string =>
  versionId === null
    ? 'Ask one of them.'
    : `Ask for it: millwright model-versions request-approval ${versionId} --${kind} ${name} --reason TEXT, or on the page of the version in the console.`;

/** Errors: PERMISSION_DENIED where a name is left to a role that this person does not have. */
export const demandRole = (
  policy: RegistryPolicy,
  actor: Actor,
  { project, modelId, modelName }: { project: string; modelId: string; modelName: string },
  move: ProtectedMove,
): void => {
  const held = approvingRoles(actor, project, modelId);
  for (const { role } of protectionsOf(policy, move.kind, move.name))
    if (role !== null && !held.includes(role))
      fail(
        'PERMISSION_DENIED',
        `The ${move.kind} '${move.name}' of '${modelName}' is protected: only somebody with the role ${role} moves it. ${howToAsk(move)}`,
        { role },
      );
};

export const createPolicies = (platform: Platform, modelIdOf: (ctx: Ctx, ref: string) => Promise<string>): Policies => {
  const { changes } = platform;
  const { db } = platform.database;
  const view = (own: SavedPolicy | null, effective: RegistryPolicy): PolicyView => ({
    own: own?.policy ?? null,
    effective,
    updatedBy: own?.updatedBy ?? null,
    updatedAt: own?.updatedAt ?? null,
  });
  const put = (ctx: Ctx, modelId: string, policy: RegistryPolicy | null): Promise<void> =>
    changes.change(ctx, async (change) => {
      const before = await findPolicies(change.db, ctx.project, modelId);
      if (policy === null) await deletePolicy(change.db, ctx.project, modelId);
      else
        await putPolicy(change.db, ctx.project, modelId, { policy, updatedBy: ctx.actor.name, updatedAt: change.now });
      const previous = (modelId === '' ? before.project : before.model)?.policy ?? null;
      change.audit({
        verb: modelId === '' ? 'registry.protect' : 'model.protect',
        resourceType: modelId === '' ? 'project' : 'model',
        resourceId: modelId === '' ? ctx.project : modelId,
        detail: { policy, previous },
      });
    });

  const policies: Policies = {
    async projectPolicy(ctx) {
      const { project } = await findPolicies(db, ctx.project, '');
      return view(project, effectivePolicy(project?.policy ?? null, null));
    },
    async setProjectPolicy(ctx, policy) {
      await put(ctx, '', policy);
      return policies.projectPolicy(ctx);
    },
    async modelPolicy(ctx, modelRef) {
      const { project, model } = await findPolicies(db, ctx.project, await modelIdOf(ctx, modelRef));
      return view(model, effectivePolicy(project?.policy ?? null, model?.policy ?? null));
    },
    async setModelPolicy(ctx, modelRef, policy) {
      const id = await modelIdOf(ctx, modelRef);
      await put(ctx, id, policy);
      return policies.modelPolicy(ctx, id);
    },
  };
  return policies;
};
