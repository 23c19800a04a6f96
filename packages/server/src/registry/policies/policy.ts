import { type ApprovingRole, type Protection, type RegistryPolicy, roles } from '@millwright/contract';
import { type Actor, mayDo } from '#platform/auth';

/** What holds where nobody set anything. */
export const noPolicy: RegistryPolicy = { approvals: [], protections: [], requestDays: 14 };

/** Protections add up; approvals and days are the model's own where it has a policy. */
export const effectivePolicy = (project: RegistryPolicy | null, model: RegistryPolicy | null): RegistryPolicy => {
  const own = model ?? project ?? noPolicy;
  return {
    approvals: own.approvals.length > 0 ? own.approvals : (project?.approvals ?? []),
    protections: [...(project?.protections ?? []), ...(model?.protections ?? [])],
    requestDays: own.requestDays,
  };
};

/** `*` stands for any characters. Both are short; every `*` is tried once per character at most. */
export const fitsPattern = (pattern: string, name: string): boolean => {
  const parts = pattern.split('*');
  const [first = '', ...rest] = parts;
  if (parts.length === 1) return pattern === name;
  if (!name.startsWith(first)) return false;
  const last = rest.pop() ?? '';
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
};

export const protectionsOf = (policy: RegistryPolicy, kind: Protection['kind'], name: string): Protection[] =>
  policy.protections.filter((one) => one.kind === kind && fitsPattern(one.pattern, name));

/** The approving roles somebody was granted for a model. Admin counts as approver, too. */
export const approvingRoles = (actor: Actor, project: string, modelId: string): ApprovingRole[] => {
  const scope = { project, resource: { type: 'model', ref: modelId } };
  return (['approver', 'admin'] as const).filter((role) =>
    actor.grants.some(
      (grant) =>
        roles[role].every((permission) => (roles[grant.role] as readonly string[]).includes(permission)) &&
        mayDo({ ...actor, grants: [grant] }, 'model:approve', scope),
    ),
  );
};

/** Whether one approval by whoever may approve is not enough. */
export const asksForMore = ({ approvals }: RegistryPolicy): boolean =>
  approvals.some(({ role, count }) => count > 1 || role === 'admin') || approvals.length > 1;
