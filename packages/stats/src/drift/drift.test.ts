import { describe, expect, it } from 'vitest';
import { hypergeometricTail } from '../distributions.ts';
import { rng } from '../random.ts';
import { chiSquare, chiSquareGoodnessOfFit } from './chisquare.ts';
import { cramerVonMises } from './cramer-von-mises.ts';
import { countCategories, pairCounts, pairHistograms } from './frequencies.ts';
import { hellinger } from './hellinger.ts';
import { jensenShannon } from './jensen-shannon.ts';
import { ks } from './ks.ts';
import { lInfinity } from './l-infinity.ts';
import { mannWhitney } from './mann-whitney.ts';
import { psi } from './psi.ts';
import { tTest } from './t-test.ts';
import { totalVariation } from './total-variation.ts';
import { wasserstein } from './wasserstein.ts';
import { zTest } from './z-test.ts';

describe('distances of counts', () => {
  const apart = { reference: [10, 0], current: [0, 30] };
  const alike = { reference: [10, 20], current: [1, 2] };
  it('are at their bound for samples that share nothing and 0 for equal shares', () => {
    for (const distance of [jensenShannon, hellinger, totalVariation, lInfinity]) {
      expect(distance(apart).statistic).toBeCloseTo(1, 12);
      expect(distance(alike).statistic).toBeCloseTo(0, 7);
    }
    expect(psi(alike).statistic).toBeCloseTo(0, 12);
    expect(psi(apart).statistic).toBeGreaterThan(10);
  });
  it('say which side has no rows', () => {
    expect(() => totalVariation({ reference: [0, 0], current: [1, 2] })).toThrow('reference counts sum to 0');
    expect(() => psi({ reference: [1], current: [1, 2] })).toThrow('differ in length');
  });
});

it('lines up categories and keeps rows that fall outside the reference bins', () => {
  const counted = countCategories(['a', 'b', 1, '1', null, undefined, Number.NaN, true]);
  expect(counted.missing).toBe(3);
  expect(Object.fromEntries(counted.counts)).toEqual({ a: 1, b: 1, '1': 2, true: 1 });
  expect(pairCounts(new Map([['a', 2]]), new Map([['b', 3]]))).toEqual({ reference: [2, 0], current: [0, 3] });
  expect(pairHistograms([0, 1, 2], [1, 5, -5], [0, 1, 2])).toEqual({ reference: [1, 2, 0], current: [0, 1, 2] });
});

describe('chi-square', () => {
  it("applies Yates' correction to two cells", () => {
    const [a, b, c, d] = [30, 70, 20, 30];
    const total = a + b + c + d;
    const expected = (total * (Math.abs(a * d - b * c) - total / 2) ** 2) / ((a + b) * (c + d) * (a + c) * (b + d));
    expect(chiSquare({ reference: [a, b], current: [c, d] }, { yates: true }).statistic).toBeCloseTo(expected, 10);
  });
  it('is exact for two cells when one is thin, where the textbook law is far off', () => {
    const counts = { reference: [4990, 10], current: [297, 3] };
    // The other tail, no rare row among 300, is nearer to the expected 0.74 and does not count.
    const exact = hypergeometricTail(3, 5300, 13, 300);
    expect(chiSquare(counts, { minExpected: 0 }).pValue / exact).toBeCloseTo(1, 9);
    expect(chiSquare(counts, { minExpected: 0, law: 'asymptotic' }).pValue / exact).toBeLessThan(0.5);
  });
  it('stays near the permutation probability when one of several cells is thin', () => {
    const counts = { reference: [2500, 2490, 10], current: [150, 147, 3] };
    const random = rng(3);
    const rows = counts.reference.flatMap((r, cell) => new Array<number>(r + counts.current[cell]!).fill(cell));
    const statistic = chiSquare(counts, { minExpected: 0 }).statistic;
    let atLeast = 0;
    for (let shuffle = 0; shuffle < 4000; shuffle++) {
      const current = [0, 0, 0];
      // The first 300 of a Fisher-Yates shuffle are a random draw.
      for (let i = 0; i < 300; i++) {
        const j = i + random.int(rows.length - i);
        [rows[i], rows[j]] = [rows[j]!, rows[i]!];
        current[rows[i]!]!++;
      }
      const reference = current.map((c, cell) => counts.reference[cell]! + counts.current[cell]! - c);
      if (chiSquare({ reference, current }, { minExpected: 0 }).statistic >= statistic - 1e-9) atLeast++;
    }
    const permutation = atLeast / 4000;
    const error = (law: 'exact' | 'asymptotic') =>
      Math.abs(Math.log(chiSquare(counts, { minExpected: 0, law }).pValue / permutation));
    expect(error('exact')).toBeLessThan(Math.log(1.6));
    expect(error('exact')).toBeLessThan(error('asymptotic'));
  });
  it('merges rare categories and finds nothing in a single one', () => {
    const many = { reference: [5000, 1, 1, 1, 0], current: [300, 0, 0, 0, 1] };
    expect(chiSquare(many).pValue).toBeGreaterThan(0.1);
    expect(chiSquare({ reference: [7], current: [3] })).toEqual({ statistic: 0, pValue: 1 });
    expect(chiSquareGoodnessOfFit({ reference: [10, 0], current: [9, 1] }).pValue).toBe(0);
  });
});

describe('tests of numeric samples', () => {
  const random = rng(8);
  const draw = (count: number, shift = 0) => Array.from({ length: count }, () => random.normal() + shift);
  it('all notice a shift and ignore missing values', () => {
    const [reference, current] = [
      [null, ...draw(400)],
      [...draw(200, 0.6), Number.NaN],
    ];
    for (const test of [ks, cramerVonMises, mannWhitney, tTest]) {
      expect(test(reference, current).pValue).toBeLessThan(1e-4);
    }
    expect(wasserstein([0, 1, 3], [5, 6, 8]).statistic).toBeCloseTo(5, 12);
  });
  it('err in about one of twenty comparisons without drift', () => {
    const alarms = new Map<string, number>();
    for (let trial = 0; trial < 1000; trial++) {
      const [reference, current] = [draw(80), draw(40)];
      for (const test of [ks, cramerVonMises, mannWhitney, tTest]) {
        if (test(reference, current).pValue < 0.05) alarms.set(test.name, (alarms.get(test.name) ?? 0) + 1);
      }
    }
    for (const count of alarms.values()) {
      expect(count).toBeGreaterThan(25);
      expect(count).toBeLessThan(75);
    }
    expect(alarms.size).toBe(4);
  });
  it('find nothing in constant samples and name an empty one', () => {
    const constant = [2, 2, 2];
    for (const test of [ks, mannWhitney, tTest]) expect(test(constant, constant).pValue).toBe(1);
    expect(zTest({ successes: 0, count: 5 }, { successes: 0, count: 9 }).pValue).toBe(1);
    expect(() => ks([], [1])).toThrow('ks: the reference has no present values');
    expect(() => cramerVonMises([1], [null])).toThrow('the current window has no present values');
  });
});
