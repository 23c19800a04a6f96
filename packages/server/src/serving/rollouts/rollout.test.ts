import { rng } from '@millwright/stats';
import { describe, expect, it } from 'vitest';
import {
  type ArmObservations,
  type Progress,
  advanceRollout,
  beginRollout,
  completePolicy,
  evidenceOf,
  lossOf,
} from './rollout.ts';

const { policy } = completePolicy({ minLabelsPerStep: 20, lossMargin: 0.1, maxLabels: 4000 });
const versions = { champion: { id: 'mv_1', number: 1 }, challenger: { id: 'mv_2', number: 2 } };
const nothing: ArmObservations = { requests: 0, failures: 0, losses: [] };
const seen = (losses: number[], failures = 0): ArmObservations => ({
  requests: losses.length + failures,
  failures,
  losses,
});

/** Feeds both arms with wrong predictions at the given rates until something is decided for good. */
const run = (
  rates: { champion: number; challenger: number },
  seed: number,
): { progress: Progress; decisions: string[]; reason: string } => {
  const random = rng(seed);
  let progress = beginRollout('classification', policy, versions);
  const decisions: string[] = [];
  let reason = '';
  while (progress.state === 'running') {
    const losses = (rate: number, share: number) =>
      Array.from({ length: Math.round(40 * share) }, () => random.bernoulli(rate));
    const next = advanceRollout('classification', policy, progress, {
      champion: seen(losses(rates.champion, 1 - progress.weight)),
      challenger: seen(losses(rates.challenger, progress.weight)),
    });
    progress = next.progress;
    for (const step of next.steps) {
      decisions.push(step.decision);
      reason = step.reason;
    }
  }
  return { progress, decisions, reason };
};

describe('a rollout', () => {
  it('raises the weight by its steps and promotes a challenger that is no worse', () => {
    const { progress, decisions, reason } = run({ champion: 0.1, challenger: 0.05 }, 1);
    expect(progress).toMatchObject({ state: 'promoted', weight: 1 });
    expect(decisions).toEqual(['advance', 'promote']);
    expect(reason).toMatch(/at most 0\.1 above the champion's: 0\.\d+ on \d+ labels against 0\.\d+ on \d+/);
  });

  it('rolls a challenger back that errs more often', () => {
    const outcomes = Array.from(
      { length: 20 },
      (_, seed) => run({ champion: 0.05, challenger: 0.4 }, seed).progress.state,
    );
    expect(outcomes.filter((state) => state === 'rolled-back').length).toBeGreaterThanOrEqual(19);
    expect(outcomes).not.toContain('promoted');
  });

  it('pauses when the labels run out and neither is shown', () => {
    const few = completePolicy({ maxLabels: 10, minLabelsPerStep: 5 }).policy;
    const { progress, steps } = advanceRollout('classification', few, beginRollout('classification', few, versions), {
      champion: seen([0, 0, 1, 0, 0]),
      challenger: seen([0, 1, 0, 0, 0]),
    });
    expect([progress.state, progress.weight, steps.map(({ decision }) => decision)]).toEqual([
      'paused',
      0.25,
      ['pause'],
    ]);
  });

  it('is rolled back at once when half of twenty requests of the challenger failed, also while it is paused', () => {
    for (const state of ['running', 'paused'] as const) {
      const before = { ...beginRollout('classification', policy, versions), state };
      const { progress, steps } = advanceRollout('classification', policy, before, {
        champion: nothing,
        challenger: seen([0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 10),
      });
      expect(progress.state).toBe('rolled-back');
      expect(steps[0]?.reason).toBe('10 of 20 successive challenger requests failed.');
    }
  });

  it('neither rises nor is promoted while it is paused, but goes on counting', () => {
    const before = { ...beginRollout('classification', policy, versions), state: 'paused' as const };
    const { progress, steps } = advanceRollout('classification', policy, before, {
      champion: seen(new Array<number>(400).fill(0)),
      challenger: seen(new Array<number>(400).fill(0)),
    });
    expect([progress.state, progress.weight, steps, progress.challenger.labelled]).toEqual(['paused', 0.25, [], 400]);
  });

  it('counts wrong labels or squared errors', () => {
    expect(lossOf('classification', { label: 'a', value: Number.NaN }, 'a')).toBe(0);
    expect(lossOf('classification', { label: 'a', value: Number.NaN }, 'b')).toBe(1);
    expect(lossOf('regression', { label: null, value: 3 }, '5')).toBe(4);
    expect(lossOf('regression', { label: null, value: Number.NaN }, '5')).toBeNull();
    const { progress } = advanceRollout('regression', policy, beginRollout('regression', policy, versions), {
      champion: seen([1, 3]),
      challenger: seen([4]),
    });
    expect([progress.champion.meanLoss, progress.challenger.lossSum]).toEqual([2, 4]);
  });

  it('shows evidence on the scale on which it decides', () => {
    const promoted = run({ champion: 0.1, challenger: 0.02 }, 3).progress;
    const evidence = evidenceOf('classification', policy, promoted.test);
    expect(evidence.threshold).toBe(20);
    expect(evidence.noHarm).toBeGreaterThanOrEqual(20);
    expect(evidence.harm).toBeLessThan(20);
  });

  it.each([
    [{ steps: [0.5, 0.25] }, 'rise'],
    [{ steps: [0.5, 0.5] }, 'rise'],
    [{ lossMargin: 0 }, 'lossMargin'],
    [{ alpha: 0.5 }, 'alpha'],
  ])('refuses the policy %j', (given, word) => {
    expect(completePolicy(given).problem).toContain(word);
  });
});
