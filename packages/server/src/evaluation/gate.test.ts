import type { Comparison, GateRule } from '@millwright/contract';
import { describe, expect, it } from 'vitest';
import { checkRules, digestOfRules, judge } from './gate.ts';

const aComparison = (more: Partial<Comparison> = {}): Comparison => ({
  baseline: 'majority',
  loss: 0.18,
  baselineLoss: 0.42,
  difference: -0.24,
  low: -0.26,
  high: -0.22,
  pValue: 0.001,
  resamples: 2000,
  ...more,
});
const none = { metrics: {}, comparisons: [], absent: {} };

describe('a gate', () => {
  it('is green when every rule passes, and says by which numbers', () => {
    const rules: GateRule[] = [
      { kind: 'value', metric: 'accuracy', atLeast: 0.8 },
      { kind: 'baseline', baseline: 'majority', margin: 0, mustBeat: true },
    ];
    const { verdict, results } = judge(rules, { ...none, metrics: { accuracy: 0.82 }, comparisons: [aComparison()] });
    expect(verdict).toBe('green');
    expect(results.map(({ message }) => message)).toEqual([
      'accuracy is 0.82; at least 0.8 was asked for.',
      'Loss 0.18 against 0.42 of the majority baseline: difference -0.24, 95 % interval -0.26 to -0.22; its upper bound is below 0.',
    ]);
    expect(results[1]).toMatchObject({ observed: -0.22, threshold: 0 });
  });
  it('is red when one rule fails', () => {
    const rules: GateRule[] = [
      { kind: 'value', metric: 'logLoss', atMost: 0.4 },
      { kind: 'value', metric: 'accuracy', atLeast: 0.5 },
    ];
    const { verdict, results } = judge(rules, { ...none, metrics: { logLoss: 0.5, accuracy: 0.9 } });
    expect(verdict).toBe('red');
    expect(results[0]).toMatchObject({
      passed: false,
      observed: 0.5,
      threshold: 0.4,
      message: 'logLoss is 0.5; at most 0.4 is needed.',
    });
  });
  it('allows a champion to be missed by the margin, but not to be only equalled where it must be beaten', () => {
    const evidence = { ...none, comparisons: [aComparison({ baseline: 'champion', high: 0.009 })] };
    const rule = { kind: 'baseline', baseline: 'champion', margin: 0.01 } as const;
    expect(judge([rule], evidence).verdict).toBe('green');
    expect(judge([{ ...rule, margin: 0.005 }], evidence).verdict).toBe('red');
    expect(judge([{ ...rule, mustBeat: true }], evidence).verdict).toBe('red');
    const equal = { ...none, comparisons: [aComparison({ baseline: 'champion', high: 0 })] };
    expect(judge([{ ...rule, margin: 0 }], equal).verdict).toBe('green');
    expect(judge([{ ...rule, margin: 0, mustBeat: true }], equal).verdict).toBe('red');
  });
  it('skips a comparison that cannot be made and says why', () => {
    const rules: GateRule[] = [{ kind: 'baseline', baseline: 'champion', margin: 0 }];
    const { verdict, results } = judge(rules, { ...none, absent: { champion: 'There is no champion yet.' } });
    expect(verdict).toBe('green');
    expect(results[0]).toMatchObject({ skipped: true, passed: false, message: 'There is no champion yet.' });
  });
  it('does not let a metric pass that is not defined on the rows', () => {
    const { verdict, results } = judge([{ kind: 'value', metric: 'rocAuc', atLeast: 0.1 }], none);
    expect(verdict).toBe('red');
    expect(results[0]?.message).toContain('not defined');
  });
  it('says nothing without rules', () => {
    expect(judge([], none)).toEqual({ verdict: 'none', results: [] });
  });
});

describe('the rules of a gate', () => {
  it('have a digest that does not depend on the order of keys', () => {
    const digest = digestOfRules([{ kind: 'value', metric: 'accuracy', atLeast: 0.8 }]);
    expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(digestOfRules([{ atLeast: 0.8, metric: 'accuracy', kind: 'value' }])).toBe(digest);
    expect(digestOfRules([{ kind: 'value', metric: 'accuracy', atLeast: 0.81 }])).not.toBe(digest);
  });
  it('are refused when they could never be judged', () => {
    expect(() => checkRules([{ kind: 'value', metric: 'rmse', atMost: 1 }], 'classification')).toThrow(
      'rmse is no metric',
    );
    expect(() => checkRules([{ kind: 'value', metric: 'rmse' }], 'regression')).toThrow('needs a threshold');
  });
});
