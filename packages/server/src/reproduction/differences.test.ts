import type { MetricSummary } from '@millwright/contract';
import { describe, expect, it } from 'vitest';
import { differencesOf, summarise } from './differences.ts';

const metric = (last: MetricSummary['last']): MetricSummary => ({
  last,
  min: last,
  max: last,
  lastStep: 0,
  lastAt: 0,
  points: 1,
});
const metricsOf = (values: Record<string, MetricSummary['last']>) =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, metric(value)]));
const strict = { relative: 1e-6, isGiven: false, alike: [] };
const outcomes = (found: ReturnType<typeof differencesOf>) => found.map(({ key, outcome }) => [key, outcome]);

describe('the metrics of two runs', () => {
  it('are the same, within a share of the greater, different, or in one only', () => {
    const before = metricsOf({ a: 0.5, b: 1, c: 1, d: 1, e: 'NaN', f: 'NaN', g: 0, 'system/cpu': 3 });
    const after = metricsOf({ a: 0.5, b: 1 + 5e-7, c: 1.1, e: 'NaN', f: 1, g: 0, h: 2 });
    const found = differencesOf(before, after, strict);
    expect(outcomes(found)).toEqual([
      ['c', 'different'],
      ['f', 'different'],
      ['d', 'missing'],
      ['h', 'missing'],
      ['b', 'within'],
      ['a', 'same'],
      ['e', 'same'],
      ['g', 'same'],
    ]);
    expect(found[0]).toMatchObject({ basis: 'relative', tolerance: expect.closeTo(1.1e-6, 12) });
    expect(found[0]?.relative).toBeCloseTo(0.1 / 1.1, 12);
  });
  it('may lie apart as runs with other seeds do, where there are three', () => {
    const alike = [0.52, 0.48].map((value) => ({ metrics: metricsOf({ a: value }) }));
    const [one] = differencesOf(metricsOf({ a: 0.5 }), metricsOf({ a: 0.53 }), { ...strict, alike });
    expect(one).toMatchObject({ basis: 'seeds', outcome: 'within', tolerance: expect.closeTo(0.04, 12) });
    const few = differencesOf(metricsOf({ a: 0.5 }), metricsOf({ a: 0.53 }), { ...strict, alike: alike.slice(1) });
    expect(few[0]).toMatchObject({ basis: 'relative', outcome: 'different' });
    const given = { relative: 0.1, isGiven: true, alike };
    expect(differencesOf(metricsOf({ a: 0.5 }), metricsOf({ a: 0.53 }), given)[0]).toMatchObject({
      basis: 'relative',
      outcome: 'within',
    });
  });
  it('are summarised by what is worst', () => {
    const same = differencesOf(metricsOf({ a: 1 }), metricsOf({ a: 1 }), strict);
    const other = differencesOf(metricsOf({ a: 1, b: 1 }), metricsOf({ a: 2 }), strict);
    const near = differencesOf(metricsOf({ a: 1 }), metricsOf({ a: 1 + 1e-7 }), strict);
    expect(summarise('finished', same).outcome).toBe('same');
    expect(summarise('finished', near).outcome).toBe('within');
    expect(summarise('finished', other)).toEqual({
      outcome: 'different',
      sentence:
        'Not reproduced: 1 of 2 metrics differ by more than they may; 1 of 2 are in one of the runs only (a, b).',
    });
    expect(summarise('failed', other).outcome).toBe('failed');
    expect(summarise('running', []).outcome).toBe('running');
    expect(summarise('finished', []).outcome).toBe('different');
  });
});
