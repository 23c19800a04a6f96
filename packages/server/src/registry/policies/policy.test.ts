import type { RegistryPolicy } from '@millwright/contract';
import { describe, expect, it } from 'vitest';
import { localOwner } from '#platform/auth';
import { approvingRoles, asksForMore, effectivePolicy, fitsPattern, noPolicy, protectionsOf } from './policy.ts';

const policy = (change: Partial<RegistryPolicy>): RegistryPolicy => ({ ...noPolicy, ...change });
const prod = { kind: 'alias', pattern: 'prod*', role: 'admin', approvedOnly: true } as const;
const champion = { kind: 'alias', pattern: 'champion', role: 'approver', approvedOnly: true } as const;
const actor = (
  ...grants: { role: 'viewer' | 'editor' | 'approver' | 'admin'; project?: string; resource?: string }[]
) => ({
  ...localOwner,
  grants: grants.map(({ role, project = null, resource = null }) => ({ role, project, resource })),
});

describe('a policy', () => {
  it.each([
    ['prod*', 'prod', true],
    ['prod*', 'prod-eu', true],
    ['prod*', 'preprod', false],
    ['*', '', true],
    ['*eu', 'prod-eu', true],
    ['a*b*c', 'aXbYc', true],
    ['a*b*c', 'acb', false],
    ['ab*ba', 'aba', false],
    ['champion', 'champion', true],
    ['champion', 'Champion', false],
    ['**a**', 'xay', true],
  ])('%s fits %s: %s', (pattern, name, expected) => {
    expect(fitsPattern(pattern, name)).toBe(expected);
  });

  it('adds the protections of the model to those of the project, which it cannot lift', () => {
    const both = effectivePolicy(policy({ protections: [prod], requestDays: 3 }), policy({ protections: [champion] }));
    expect(both.protections).toEqual([prod, champion]);
    expect(both.requestDays).toBe(14);
    expect(protectionsOf(both, 'alias', 'production')).toEqual([prod]);
    expect(protectionsOf(both, 'stage', 'Production')).toEqual([]);
  });

  it('takes the approvals of the project where the model asks for none', () => {
    const two = [{ role: null, count: 2 }];
    expect(effectivePolicy(policy({ approvals: two }), policy({})).approvals).toEqual(two);
    expect(
      effectivePolicy(policy({ approvals: two }), policy({ approvals: [{ role: 'admin', count: 1 }] })).approvals,
    ).toEqual([{ role: 'admin', count: 1 }]);
    expect([asksForMore(policy({})), asksForMore(policy({ approvals: two }))]).toEqual([false, true]);
    expect(asksForMore(policy({ approvals: [{ role: 'approver', count: 1 }] }))).toBe(false);
  });

  it('knows whose role counts for a model', () => {
    expect(approvingRoles(actor({ role: 'editor' }), 'p', 'mdl_1')).toEqual([]);
    expect(approvingRoles(actor({ role: 'approver', project: 'p' }), 'p', 'mdl_1')).toEqual(['approver']);
    expect(approvingRoles(actor({ role: 'approver', project: 'q' }), 'p', 'mdl_1')).toEqual([]);
    expect(approvingRoles(actor({ role: 'admin' }), 'p', 'mdl_1')).toEqual(['approver', 'admin']);
    const onModel = actor({ role: 'approver', project: 'p', resource: 'model/mdl_1' });
    expect([approvingRoles(onModel, 'p', 'mdl_1'), approvingRoles(onModel, 'p', 'mdl_2')]).toEqual([['approver'], []]);
    const narrow = { ...actor({ role: 'admin' }), limits: { permissions: ['model:read' as const], project: null } };
    expect(approvingRoles(narrow, 'p', 'mdl_1')).toEqual([]);
  });
});
