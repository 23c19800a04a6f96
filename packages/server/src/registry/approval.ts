import type { Evaluation, Model, ModelVersion, RegistryPolicy } from '@millwright/contract';
import { fail } from '#platform/errors';

type Approval = ModelVersion['approval'];

const pending: Approval = { state: 'pending', by: null, at: null, reason: '', digest: null };

/** Aliases that something is served by: they may only point at approved versions. */
export const servedAliases: readonly string[] = ['champion', 'challenger'];

/**
 * What a new version starts with: a green gate approves where the model leaves it to the gate. Where a policy asks for
 * approvals, people give them.
 */
export const firstApproval = (
  { approval: mode }: Pick<Model, 'approval'>,
  { approvals }: Pick<RegistryPolicy, 'approvals'>,
  registrar: { name: string },
  evaluation: Pick<Evaluation, 'id' | 'gate'> | null,
  digest: string | null,
  now: number,
): Approval => {
  if (approvals.length > 0) return pending;
  if (mode === 'none')
    return { state: 'approved', by: registrar.name, at: now, reason: 'This model asks for no approval.', digest };
  if (mode !== 'automatic' || evaluation?.gate.verdict !== 'green') return pending;
  return {
    state: 'approved',
    by: `gate:${evaluation.id}`,
    at: now,
    reason: `The gate of evaluation ${evaluation.id} is green.`,
    digest,
  };
};

/** The tests of the model come first. */
export const awaitingTests: Approval = { ...pending, reason: 'Waiting for the tests of the model.' };

/** They do not let it pass. */
export const redTests: Approval = { ...pending, reason: 'It does not pass the tests of the model.' };

/** What is left of an approval once the files are not the ones it was about. */
export const voidedApproval = (before: string | null): Approval => ({
  ...pending,
  reason: `The files were changed after registration: the digest was ${before ?? 'unknown'}.`,
});

/** Who can make a pending version an approved one. */
export const whoApproves = (version: Pick<ModelVersion, 'createdBy'>, mode: Model['approval']): string =>
  mode === 'manual'
    ? `Somebody other than ${version.createdBy} who has the permission model:approve approves it`
    : 'Somebody with the permission model:approve approves it';

export interface Decision {
  decision: 'approve' | 'reject';
  reason: string;
  /** What the decider has looked at. */
  digest: string | null;
}

/** The approval after a person's decision. Errors: SELF_APPROVAL, STALE, CONFLICT. */
export const decideApproval = (
  version: Pick<ModelVersion, 'number' | 'digest' | 'approval' | 'modelName'> & { createdById: string },
  mode: Model['approval'],
  actor: { id: string; name: string },
  input: Decision,
  now: number,
): Approval => {
  const title = `Version ${version.number} of '${version.modelName}'`;
  if (input.digest !== version.digest)
    return fail(
      'STALE',
      `${title} has the digest ${version.digest ?? 'unknown'}, not the one you decided about. Look at it again.`,
      { digest: version.digest },
    );
  if (version.approval.state !== 'pending')
    return fail(
      'CONFLICT',
      `${title} was ${version.approval.state} by ${version.approval.by} already. Register a new version to have it decided anew.`,
    );
  if (mode === 'manual' && input.decision === 'approve' && version.createdById === actor.id)
    return fail('SELF_APPROVAL', `${title} was registered by '${actor.name}'. Somebody else must approve it.`);
  return {
    state: input.decision === 'approve' ? 'approved' : 'rejected',
    by: actor.name,
    at: now,
    reason: input.reason,
    digest: version.digest,
  };
};
