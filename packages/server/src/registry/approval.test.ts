import type { ModelVersion } from '@millwright/contract';
import { describe, expect, it } from 'vitest';
import { decideApproval, firstApproval } from './approval.ts';
import { noPolicy } from './policies/policy.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const gate = (verdict: 'green' | 'red' | 'none') => ({
  id: 'evl_1',
  gate: { rules: [], digest, fixedAt: 0, verdict, results: [] },
});
const pending: ModelVersion['approval'] = { state: 'pending', by: null, at: null, reason: '', digest: null };
const version = { number: 3, modelName: 'fraud', digest, approval: pending, createdById: 'usr_ann' };
const ann = { name: 'ann' };
const approve = { decision: 'approve' as const, reason: 'looks right', digest };

describe('a new version', () => {
  it('is approved by a green gate, in the name of the gate and for this digest, where the model leaves it to the gate', () => {
    expect(firstApproval({ approval: 'automatic' }, noPolicy, ann, gate('green'), digest, 7)).toEqual({
      state: 'approved',
      by: 'gate:evl_1',
      at: 7,
      reason: 'The gate of evaluation evl_1 is green.',
      digest,
    });
  });
  it('is pending otherwise', () => {
    for (const evaluation of [gate('red'), gate('none'), null])
      expect(firstApproval({ approval: 'automatic' }, noPolicy, ann, evaluation, digest, 7)).toEqual(pending);
    expect(firstApproval({ approval: 'manual' }, noPolicy, ann, gate('green'), digest, 7)).toEqual(pending);
  });
});

describe('a version of a model that asks for no approval', () => {
  it('is approved as it arrives, in the name of who registered it', () => {
    const expected = { state: 'approved', by: 'ann', at: 7, reason: 'This model asks for no approval.' };
    expect(firstApproval({ approval: 'none' }, noPolicy, ann, null, digest, 7)).toEqual({ ...expected, digest });
    expect(firstApproval({ approval: 'none' }, noPolicy, ann, gate('red'), null, 7)).toEqual({
      ...expected,
      digest: null,
    });
  });
});

describe('a decision', () => {
  it('of somebody else approves or rejects, with reason and digest', () => {
    expect(decideApproval(version, 'manual', { id: 'usr_bob', name: 'bob' }, approve, 9)).toEqual({
      state: 'approved',
      by: 'bob',
      at: 9,
      reason: 'looks right',
      digest,
    });
    expect(
      decideApproval(version, 'manual', { id: 'usr_bob', name: 'bob' }, { ...approve, decision: 'reject' }, 9).state,
    ).toBe('rejected');
  });
  it('of the requester does not approve where a person must, but may reject', () => {
    expect(() => decideApproval(version, 'manual', { id: 'usr_ann', name: 'ann' }, approve, 9)).toThrow(
      expect.objectContaining({ code: 'SELF_APPROVAL' }),
    );
    expect(
      decideApproval(version, 'manual', { id: 'usr_ann', name: 'ann' }, { ...approve, decision: 'reject' }, 9).state,
    ).toBe('rejected');
    expect(decideApproval(version, 'automatic', { id: 'usr_ann', name: 'ann' }, approve, 9).state).toBe('approved');
  });
  it('about another digest is stale', () => {
    expect(() =>
      decideApproval(
        version,
        'manual',
        { id: 'usr_bob', name: 'bob' },
        { ...approve, digest: `sha256:${'b'.repeat(64)}` },
        9,
      ),
    ).toThrow(expect.objectContaining({ code: 'STALE' }));
  });
  it('is taken once', () => {
    for (const state of ['approved', 'rejected'] as const)
      expect(() =>
        decideApproval(
          { ...version, approval: { ...pending, state, by: 'eve' } },
          'manual',
          { id: 'usr_bob', name: 'bob' },
          approve,
          9,
        ),
      ).toThrow(expect.objectContaining({ code: 'CONFLICT', message: expect.stringContaining(`${state} by eve`) }));
  });
});
