import { describe, expect, it } from 'vitest';
import { judge, type RunFacts, weights } from './score.ts';

const nothing: RunFacts = {
  trained: null,
  code: { commit: null, repository: null, isDirty: null, hasDiff: false, untracked: [] },
  data: { versions: 0, datasets: [] },
  environment: { python: null, pinned: 0, others: 0, hasRequirements: false },
  seeds: [],
};
const everything: RunFacts = {
  trained: null,
  code: { commit: 'a'.repeat(40), repository: 'https://host/x', isDirty: false, hasDiff: false, untracked: [] },
  data: { versions: 1, datasets: [] },
  environment: { python: '3.12.4', pinned: 40, others: 0, hasRequirements: false },
  seeds: ['numpy'],
};
const stateOf = (part: string, facts: Partial<RunFacts>) =>
  judge({ ...everything, ...facts }).parts.find((one) => one.part === part);

describe('the score of a run', () => {
  it('is 0 where nothing is known, and says what to do', () => {
    const { score, parts } = judge(nothing);
    expect(score).toBe(0);
    for (const part of parts) {
      expect(part.state).toBe('unknown');
      expect(part.advice).not.toBe('');
    }
  });
  it('is 100 where everything is pinned', () => {
    expect(judge(everything).score).toBe(100);
    expect(Object.values(weights).reduce((sum, weight) => sum + weight, 0)).toBe(100);
  });
  const code = everything.code;
  it.each([
    ['changes that were kept', { ...code, isDirty: true, hasDiff: true }, 'pinned'],
    ['changes that were not kept', { ...code, isDirty: true }, 'partly'],
    ['nobody having looked', { ...code, isDirty: null }, 'partly'],
    ['no address', { ...code, repository: null }, 'partly'],
    ['programs beside it', { ...code, isDirty: true, hasDiff: true, untracked: ['new.py'] }, 'partly'],
    ['pictures beside it', { ...code, isDirty: true, hasDiff: true, untracked: ['a.png'] }, 'pinned'],
    ['no commit', { ...code, commit: null }, 'unknown'],
  ])('counts code with %s', (_what, given, state) => expect(stateOf('code', { code: given })?.state).toBe(state));
  it('counts data by digest as half where nothing tells where it is', () => {
    const dataset = { name: 'wine', digest: 'd', isFetchable: false };
    const part = stateOf('data', { data: { versions: 0, datasets: [dataset] } });
    expect(part).toMatchObject({ state: 'partly', points: 12 });
    expect(stateOf('data', { data: { versions: 0, datasets: [{ ...dataset, isFetchable: true }] } })?.state).toBe(
      'pinned',
    );
  });
  it('counts an environment as half where only part of it is known', () => {
    const environment = everything.environment;
    expect(stateOf('environment', { environment: { ...environment, others: 2 } })?.state).toBe('partly');
    expect(stateOf('environment', { environment: { ...environment, pinned: 0 } })?.state).toBe('partly');
    expect(stateOf('environment', { environment: { ...nothing.environment, hasRequirements: true } })?.state).toBe(
      'partly',
    );
  });
  it('knows a run that was trained here by its request, and whether this is the version that did it', () => {
    const trained = { millwright: '0.1.0', node: '26.0.0', isSameVersion: true, isDataThere: true };
    expect(judge({ ...nothing, trained }).score).toBe(100);
    expect(judge({ ...nothing, trained: { ...trained, isSameVersion: false } }).score).toBe(100 - 18);
    expect(judge({ ...nothing, trained: { ...trained, isDataThere: false } }).score).toBe(75);
  });
});
