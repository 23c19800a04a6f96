import type { Comparison, GateResult } from '@millwright/contract';
import { describe, expect, it } from 'vitest';
import { bulletsOf, verdictWords } from './gate-words.ts';

const champion: Comparison = {
  baseline: 'champion',
  baselineLoss: 0.25,
  loss: 0.2,
  difference: -0.05,
  low: -0.08,
  high: -0.02,
  pValue: 0.001,
  resamples: 2000,
};
const result = (part: Partial<GateResult>): GateResult => ({
  rule: { kind: 'value', metric: 'accuracy', atLeast: 0.9 },
  passed: true,
  skipped: false,
  observed: 0.95,
  threshold: 0.9,
  message: 'said',
  ...part,
});
const gate = (verdict: 'green' | 'red' | 'none', ...results: GateResult[]) => ({
  rules: results.map(({ rule }) => rule),
  digest: 'sha256:0',
  fixedAt: 0,
  verdict,
  results,
});
const bullets = (...results: GateResult[]) => bulletsOf({ gate: gate('green', ...results), comparisons: [champion] });

describe('bulletsOf', () => {
  it('takes the baseline of a value only from a comparison in the same measure', () => {
    const rule = { kind: 'value', metric: 'logLoss', atMost: 0.3 } as const;
    expect(bullets(result({ rule, observed: 0.2, threshold: 0.3 }))[0]).toMatchObject({
      baseline: 0.25,
      direction: 'at-most',
    });
    expect(bullets(result({ rule, observed: 0.21, threshold: 0.3 }))[0]?.baseline).toBeNull();
    expect(bullets(result({}))[0]).toMatchObject({ baseline: null, direction: 'at-least' });
  });
  it('shows the end of a range that was broken', () => {
    const rule = { kind: 'value', metric: 'accuracy', atLeast: 0.5, atMost: 0.9 } as const;
    expect(bullets(result({ rule, threshold: 0.9, passed: false }))[0]?.direction).toBe('at-most');
    expect(bullets(result({ rule, threshold: 0.5 }))[0]?.direction).toBe('at-least');
  });
  it('measures a rule against a baseline from no difference', () => {
    const rule = { kind: 'baseline', baseline: 'champion', margin: 0.01, mustBeat: true } as const;
    expect(bullets(result({ rule, observed: -0.02, threshold: 0 }))[0]).toMatchObject({
      label: 'Beats champion',
      baseline: 0,
      direction: 'at-most',
    });
  });
});
describe('verdictWords', () => {
  it('names what failed and counts what did not apply', () => {
    const skipped = result({
      rule: { kind: 'baseline', baseline: 'champion', margin: 0 },
      passed: false,
      skipped: true,
    });
    expect(verdictWords(gate('red', result({ passed: false }), skipped))).toBe(
      '1 of 1 conditions are not met: Accuracy. 1 did not apply.',
    );
    expect(verdictWords(gate('none'))).toContain('no verdict');
  });
});
