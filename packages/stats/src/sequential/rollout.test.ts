import { describe, expect, it } from 'vitest';
import { rng } from '../random.ts';
import { createRollout, type RolloutConfig, type RolloutDecision } from './rollout.ts';

const config: RolloutConfig = { lossKind: 'binary', lossMargin: 0.05 };
const configWithMargin = (lossMargin: number): RolloutConfig => ({ ...config, lossMargin });

/** Replays labelled predictions ten at a time, deciding after each ten, until the rollout ends. */
function play(
  seed: number,
  champion: number,
  challenger: number,
  share: number,
  margin: number,
): RolloutDecision & { labels: number } {
  const random = rng(seed);
  const rollout = createRollout(configWithMargin(margin));
  let state = rollout.initial();
  for (let labels = 10; ; labels += 10) {
    const arms = { champion: { ones: 0, zeros: 0 }, challenger: { ones: 0, zeros: 0 } };
    for (let i = 0; i < 10; i++) {
      const arm = random.next() < share ? 'challenger' : 'champion';
      arms[arm][random.next() < (arm === 'challenger' ? challenger : champion) ? 'ones' : 'zeros']++;
    }
    const observed = (losses: { ones: number; zeros: number }) => ({
      requests: { failed: 0, succeeded: losses.ones + losses.zeros },
      losses,
    });
    state = rollout.update(state, { champion: observed(arms.champion), challenger: observed(arms.challenger) });
    const decision = rollout.decide(state);
    if (decision.decision !== 'continue') return { ...decision, labels };
  }
}

function rollouts(champion: number, challenger: number, share: number, margin = 0.05) {
  const ended = Array.from({ length: 200 }, (_, i) => play(i + 1, champion, challenger, share, margin));
  const labels = ended
    .filter((e) => e.decision === 'promote')
    .map((e) => e.labels)
    .sort((a, b) => a - b);
  const rate = (decision: string) => ended.filter((e) => e.decision === decision).length / ended.length;
  return {
    promoted: rate('promote'),
    rolledBack: rate('rollback'),
    medianLabels: labels[labels.length >> 1] ?? Infinity,
  };
}

describe('over 200 rollouts', () => {
  const identical: [number, number, number][] = [
    [0.1, 0.25, 3000],
    [0.1, 0.5, 2000],
    [0.05, 0.25, 2000],
    [0.3, 0.5, 5000],
  ];
  for (const [rate, share, labels] of identical) {
    it(`an identical challenger at ${rate} errors and ${share} of the traffic is hardly ever rolled back`, () => {
      const { promoted, rolledBack, medianLabels } = rollouts(rate, rate, share);
      expect(rolledBack).toBeLessThanOrEqual(0.05);
      expect(promoted).toBeGreaterThan(0.9);
      expect(medianLabels).toBeLessThan(labels);
    });
  }
  for (const [champion, challenger] of [
    [0.1, 0.3],
    [0.05, 0.15],
  ] as const) {
    for (const share of [0.25, 0.5]) {
      it(`a challenger that errs ${challenger} against ${champion} at ${share} of the traffic is hardly ever promoted`, () => {
        const { promoted, rolledBack } = rollouts(champion, challenger, share);
        expect(promoted).toBeLessThanOrEqual(0.05);
        expect(rolledBack).toBeGreaterThan(0.9);
      });
    }
  }
  for (const [champion, challenger] of [
    [0.2, 0.1],
    [0.1, 0.05],
  ] as const) {
    for (const share of [0.25, 0.5]) {
      it(`a challenger that errs ${challenger} against ${champion} at ${share} of the traffic is promoted within 600 labels`, () => {
        const { promoted, medianLabels } = rollouts(champion, challenger, share);
        expect(promoted).toBeGreaterThan(0.95);
        expect(medianLabels).toBeLessThan(600);
      });
    }
  }
  it('rare errors are handled as well when the margin is as small as they are', () => {
    expect(rollouts(0.02, 0.06, 0.5, 0.02).promoted).toBeLessThanOrEqual(0.05);
    const same = rollouts(0.02, 0.02, 0.5, 0.02);
    expect(same.rolledBack).toBeLessThanOrEqual(0.05);
    expect(same.medianLabels).toBeLessThan(2500);
  });
});

describe('one rollout', () => {
  const requests = (failed: number, succeeded: number) => ({ requests: { failed, succeeded } });
  it('rolls back at once when half of twenty requests fail, and stays so', () => {
    const rollout = createRollout(config);
    const early = rollout.update(rollout.initial(), { challenger: requests(19, 0) });
    expect(rollout.decide(early).decision).toBe('continue');
    const tripped = rollout.update(early, { challenger: requests(0, 1) });
    expect(rollout.decide(tripped)).toMatchObject({ decision: 'rollback', evidence: { breakerTripped: true } });
    expect(rollout.decide(tripped).reason).toBe('19 of 20 successive challenger requests failed.');
    const later = rollout.update(tripped, { challenger: requests(0, 10_000) });
    expect(rollout.decide(later).decision).toBe('rollback');
  });
  it('trips after a long healthy time too', () => {
    const rollout = createRollout(config);
    const healthy = rollout.update(rollout.initial(), { champion: requests(0, 5000), challenger: requests(0, 5000) });
    expect(rollout.decide(rollout.update(healthy, { challenger: requests(15, 5) })).decision).toBe('rollback');
  });
  it('rolls back on failed requests before any label arrives, and says why with numbers', () => {
    const rollout = createRollout(config);
    const state = rollout.update(rollout.initial(), { champion: requests(10, 990), challenger: requests(60, 440) });
    const { decision, reason, evidence } = rollout.decide(state);
    expect(decision).toBe('rollback');
    expect(reason).toMatch(
      /^60 of 500 challenger requests failed, 10 of 1000 of the champion \(anytime p [\de.-]+\)\.$/,
    );
    expect(evidence.loss).toMatchObject({ championCount: 0, challengerCount: 0 });
  });
  it('pauses when the samples are used up without an answer', () => {
    const rollout = createRollout({ ...config, lossMargin: 0.001, maxSamples: 400 });
    const losses = { ones: 20, zeros: 180 };
    const state = rollout.update(rollout.initial(), { champion: { losses }, challenger: { losses } });
    expect(rollout.decide(state)).toMatchObject({ decision: 'pause' });
    expect(rollout.decide(state).reason).toContain('after 400 samples: 0.1 on 200 labels against 0.1 on 200');
  });
  it('compares real losses too', () => {
    const rollout = createRollout({ lossKind: 'real', lossMargin: 0.5 });
    const random = rng(6);
    const squaredErrors = (scale: number) => Array.from({ length: 800 }, () => (scale * random.normal()) ** 2);
    const after = (scale: number) => {
      const arms = { champion: { losses: squaredErrors(1) }, challenger: { losses: squaredErrors(scale) } };
      return rollout.decide(JSON.parse(JSON.stringify(rollout.update(rollout.initial(), arms))));
    };
    expect(after(0.9).decision).toBe('promote');
    expect(after(2).decision).toBe('rollback');
    expect(after(2).reason).toMatch(/loss is higher: .* \(difference between/);
  });
  it('promotes by failed requests alone when no labels will come', () => {
    const rollout = createRollout({ lossKind: 'none', lossMargin: 0, errorMargin: 0.02 });
    const state = rollout.update(rollout.initial(), { champion: requests(10, 1990), challenger: requests(5, 995) });
    expect(rollout.decide(state).decision).toBe('promote');
  });
  it('refuses settings under which it could never decide', () => {
    expect(() => createRollout({ lossKind: 'none', lossMargin: 0 })).toThrow('errorMargin');
    expect(() => createRollout({ lossKind: 'binary', lossMargin: 0 })).toThrow('lossMargin');
    expect(() => createRollout({ ...config, alpha: 0.9 })).toThrow('alpha');
  });
});
