import { describe, expect, it } from 'vitest';
import { noPolicy } from '../policies/policy.ts';
import type { SavedVersion } from '../versions/store.ts';
import { bindingOf, checkDecision, isMet, progressOf, rulesFor, waitsFor } from './request.ts';
import type { SavedRequest, SavedVote } from './store.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const version = {
  number: 3,
  modelName: 'fraud',
  format: 'mlflow',
  digest,
  signature: null,
  source: 'runs:/1/model',
  createdById: 'usr_ann',
} as SavedVersion;
const request = { state: 'open', requestedById: 'usr_bob', closedReason: '' } as SavedRequest;
const vote = (voterId: string, roles: SavedVote['roles'], decision: SavedVote['decision'] = 'approve') =>
  ({ voterId, voter: voterId, decision, roles, reason: 'seen', at: 1 }) as SavedVote;
const person = (id: string, roles: SavedVote['roles'] = ['approver']) => ({ id, name: id, roles, mayApprove: true });

describe('a request for approval', () => {
  it('is bound to files, signature and source', () => {
    const bound = bindingOf(version);
    expect(bindingOf({ ...version, note: 'other', tags: { a: 'b' } } as SavedVersion)).toBe(bound);
    for (const change of [
      { digest: `sha256:${'b'.repeat(64)}` },
      { source: 'runs:/2/model' },
      { signature: { inputs: [] } },
    ])
      expect(bindingOf({ ...version, ...change } as SavedVersion)).not.toBe(bound);
  });

  it('needs what the policy asks for, and the roles that an alias is left to', () => {
    const protections = [{ kind: 'alias', pattern: 'prod*', role: 'admin', approvedOnly: true }] as const;
    const policy = { ...noPolicy, protections: [...protections] };
    expect(rulesFor(policy, { alias: null, stage: null })).toEqual([{ role: null, count: 1 }]);
    expect(rulesFor(policy, { alias: 'prod-eu', stage: null })).toEqual([
      { role: null, count: 1 },
      { role: 'admin', count: 1 },
    ]);
    const two = { ...policy, approvals: [{ role: 'approver' as const, count: 2 }] };
    const rules = rulesFor(two, { alias: 'prod-eu', stage: null });
    const met = (...votes: SavedVote[]) => isMet(progressOf(rules, votes));
    expect(met(vote('a', ['approver']), vote('b', ['approver']))).toBe(false);
    expect(met(vote('a', ['approver', 'admin']))).toBe(false);
    expect(met(vote('a', ['approver', 'admin']), vote('b', ['approver']))).toBe(true);
    expect(met(vote('a', ['approver', 'admin']), vote('b', ['approver'], 'reject'))).toBe(false);
  });

  it('is approved neither by who asked nor by who registered, and once by everybody', () => {
    const approve = { decision: 'approve' as const, digest };
    const by =
      (id: string, votes: SavedVote[] = []) =>
      () =>
        checkDecision(request, version, votes, person(id), approve);
    expect(by('usr_cy')).not.toThrow();
    expect(by('usr_ann')).toThrow('registered by');
    expect(by('usr_bob')).toThrow('asked for this');
    expect(by('usr_cy', [vote('usr_cy', [])])).toThrow('already');
    const reject = { ...approve, decision: 'reject' as const };
    expect(() => checkDecision(request, version, [], person('usr_ann'), reject)).not.toThrow();
    expect(() => checkDecision(request, version, [], person('usr_cy'), { ...approve, digest: null })).toThrow('digest');
    expect(() => checkDecision({ ...request, state: 'void' }, version, [], person('usr_cy'), approve)).toThrow('void');
  });

  it('waits for those whose word would bring it on', () => {
    const rules = [
      { role: 'approver' as const, count: 1 },
      { role: 'admin' as const, count: 1 },
    ];
    const waits = (who: ReturnType<typeof person>, votes: SavedVote[] = []) =>
      waitsFor(request, version, votes, progressOf(rules, votes), who);
    expect([waits(person('usr_cy')), waits(person('usr_ann')), waits(person('usr_bob'))]).toEqual([true, false, false]);
    expect(waits({ ...person('usr_cy'), mayApprove: false })).toBe(false);
    const one = [vote('usr_dan', ['approver'])];
    expect([waits(person('usr_cy'), one), waits(person('usr_eve', ['approver', 'admin']), one)]).toEqual([false, true]);
  });
});
