import { describe, expect, it } from 'vitest';
import { compareMeans, leastPValue } from './compare-means.ts';
import { rng } from './random.ts';

describe('the difference of two means', () => {
  it('counts the ways to deal the values', () => {
    // Of the 20 ways to deal six values, two are as far apart as these.
    expect(compareMeans([1, 2, 3], [4, 5, 6], { seed: 1 })).toMatchObject({ difference: 3, pValue: 0.1 });
    expect(compareMeans([1, 2], [3, 4], { seed: 1 }).pValue).toBeCloseTo(1 / 3, 12);
    expect(compareMeans([5, 5, 5], [5, 5], { seed: 1 })).toEqual({ difference: 0, low: 0, high: 0, pValue: 1 });
  });
  it('knows how small a p-value can get', () => {
    expect(leastPValue(2, 2)).toBeCloseTo(1 / 3, 12);
    expect(leastPValue(3, 3)).toBeCloseTo(0.1, 12);
    expect(leastPValue(4, 4)).toBeCloseTo(2 / 70, 12);
    expect(leastPValue(2, 5)).toBeCloseTo(1 / 21, 12);
  });
  it('keeps its level and covers nearly as often as it promises with five values each', () => {
    const random = rng(17);
    let [rejected, covered] = [0, 0];
    const trials = 400;
    for (let trial = 0; trial < trials; trial++) {
      const draw = () => Array.from({ length: 5 }, () => random.normal());
      const { pValue, low, high } = compareMeans(draw(), draw(), { seed: trial, resamples: 500 });
      if (pValue <= 0.05) rejected++;
      if (low <= 0 && high >= 0) covered++;
    }
    expect(rejected / trials).toBeLessThan(0.075);
    expect(covered / trials).toBeGreaterThan(0.9);
  });
  it('draws the ways to deal when they are too many to count, and finds a difference that is there', () => {
    const random = rng(3);
    const a = Array.from({ length: 30 }, () => random.normal());
    const b = Array.from({ length: 30 }, () => 2 + random.normal());
    const once = () => compareMeans(a, b, { seed: 9 });
    expect(once()).toEqual(once());
    expect(once().pValue).toBeLessThan(0.001);
    expect(once().low).toBeGreaterThan(1);
  });
  it('refuses to compare with a single value', () => {
    expect(() => compareMeans([1], [1, 2], { seed: 1 })).toThrow('two values');
  });
});
