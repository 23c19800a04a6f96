import type { ApprovalRequest, ApprovalRule, ApprovingRole, RegistryPolicy } from '@millwright/contract';
import { digestOf } from '#platform/blobs';
import { fail } from '#platform/errors';
import { protectionsOf } from '../policies/policy.ts';
import type { SavedVersion } from '../versions/store.ts';
import type { SavedRequest, SavedVote } from './store.ts';

/** Files, signature and source: what an approval is about. */
export const bindingOf = ({ format, digest, signature, source }: SavedVersion): string =>
  digestOf(Buffer.from(JSON.stringify([format, digest, signature, source])));

type Wish = Pick<ApprovalRequest, 'alias' | 'stage'>;

/** Every rule that must be met: those of the policy, and one approval by each role that what is asked for is left to. */
export const rulesFor = (policy: RegistryPolicy, { alias, stage }: Wish): ApprovalRule[] => {
  const rules = policy.approvals.length > 0 ? [...policy.approvals] : [{ role: null, count: 1 }];
  const protections = [
    ...(alias === null ? [] : protectionsOf(policy, 'alias', alias)),
    ...(stage === null ? [] : protectionsOf(policy, 'stage', stage)),
  ];
  for (const { role } of protections)
    if (role !== null && !rules.some((rule) => rule.role === role)) rules.push({ role, count: 1 });
  return rules;
};

/** One person counts for every rule that their roles fit. */
export const progressOf = (
  rules: readonly ApprovalRule[],
  votes: readonly Pick<SavedVote, 'decision' | 'roles'>[],
): ApprovalRequest['rules'] =>
  rules.map((rule) => ({
    ...rule,
    approved: votes.filter(
      ({ decision, roles }) => decision === 'approve' && (rule.role === null || roles.includes(rule.role)),
    ).length,
  }));

export const isMet = (progress: ApprovalRequest['rules']): boolean =>
  progress.every(({ count, approved }) => approved >= count);

interface Decider {
  id: string;
  name: string;
  roles: readonly ApprovingRole[];
  mayApprove: boolean;
}

/** Why somebody cannot decide; null: they can. A request may be rejected by whoever registered the version. */
const hindrance = (
  request: SavedRequest,
  version: Pick<SavedVersion, 'createdById' | 'number' | 'modelName'>,
  votes: readonly SavedVote[],
  decider: Decider,
): { code: 'SELF_APPROVAL' | 'CONFLICT'; message: string } | null => {
  if (decider.id === request.requestedById)
    return {
      code: 'SELF_APPROVAL',
      message: `'${decider.name}' asked for this. Somebody else must approve it; what one asked for can be withdrawn.`,
    };
  if (decider.id === version.createdById)
    return {
      code: 'SELF_APPROVAL',
      message: `Version ${version.number} of '${version.modelName}' was registered by '${decider.name}'. Somebody else must approve it.`,
    };
  if (votes.some(({ voterId }) => voterId === decider.id))
    return { code: 'CONFLICT', message: `'${decider.name}' has approved this already. The others are waited for.` };
  return null;
};

/** Whether an approval of this person is wanted and would bring the request on. */
export const waitsFor = (
  request: SavedRequest,
  version: Pick<SavedVersion, 'createdById' | 'number' | 'modelName'>,
  votes: readonly SavedVote[],
  progress: ApprovalRequest['rules'],
  decider: Decider,
): boolean =>
  request.state === 'open' &&
  decider.mayApprove &&
  hindrance(request, version, votes, decider) === null &&
  progress.some(({ role, count, approved }) => approved < count && (role === null || decider.roles.includes(role)));

/** Errors: STALE, CONFLICT, SELF_APPROVAL. */
export const checkDecision = (
  request: SavedRequest,
  version: SavedVersion,
  votes: readonly SavedVote[],
  decider: Decider,
  input: { decision: 'approve' | 'reject'; digest: string | null },
): void => {
  if (request.state !== 'open')
    fail('CONFLICT', `This request is ${request.state}: ${request.closedReason || 'it is closed'}. Ask again.`);
  if (input.digest !== version.digest)
    fail(
      'STALE',
      `Version ${version.number} of '${version.modelName}' has the digest ${version.digest ?? 'unknown'}, not the one you decided about. Look at it again.`,
      { digest: version.digest },
    );
  if (input.decision === 'reject') return;
  const found = hindrance(request, version, votes, decider);
  if (found) fail(found.code, found.message);
};
