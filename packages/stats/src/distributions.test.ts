import { describe, expect, it } from 'vitest';
import {
  binomialTail,
  chiSquareSf,
  hypergeometricTail,
  normalCdf,
  normalQuantile,
  normalSf,
  studentTQuantile,
  studentTSf,
} from './distributions.ts';
import { kolmogorovExactTwoSampleSf, kolmogorovSf, kolmogorovSfForSize } from './kolmogorov.ts';
import { besselK, lnGamma } from './special-functions.ts';

const close = (actual: number, expected: number, relative = 1e-10) =>
  expect(Math.abs(actual / expected - 1)).toBeLessThan(relative);

describe('distributions at values with a closed form or from standard tables', () => {
  it('gamma and Bessel functions', () => {
    close(lnGamma(0.5), Math.log(Math.PI) / 2);
    close(lnGamma(11), Math.log(3628800));
    close(besselK(0.5, 2), Math.sqrt(Math.PI / 4) * Math.exp(-2));
  });
  it('normal', () => {
    close(normalSf(1.959963984540054), 0.025);
    close(normalSf(10), 7.619853024160527e-24);
    close(normalCdf(1), 0.8413447460685429);
    for (const p of [1e-12, 0.001, 0.3, 0.5, 0.975]) expect(normalCdf(normalQuantile(p))).toBeCloseTo(p, 13);
    expect(() => normalQuantile(2)).toThrow('[0, 1]');
  });
  it('chi-square', () => {
    close(chiSquareSf(6, 2), Math.exp(-3));
    close(chiSquareSf(200, 2), Math.exp(-100));
    close(chiSquareSf(3.841458820694124, 1), 0.05);
  });
  it("Student's t", () => {
    close(studentTSf(1, 1), 0.25);
    close(studentTSf(3, 2), 0.5 - 3 / (2 * Math.sqrt(11)));
    expect(studentTSf(-1, 1)).toBeCloseTo(0.75, 12);
    close(studentTQuantile(0.975, 1), 12.706204736432095);
    close(studentTQuantile(0.975, 4), 2.7764451051977987);
    close(studentTQuantile(0.05, 30), -1.697260886593986);
    expect(() => studentTQuantile(1, 3)).toThrow('(0, 1)');
  });
  it('binomial and hypergeometric tails by counting', () => {
    close(binomialTail(8, 10, 0.5), 56 / 1024);
    expect(binomialTail(0, 10, 0.5)).toBe(1);
    // Fisher's tea: 8 cups, 4 with milk first, all 4 found.
    close(hypergeometricTail(4, 8, 4, 4), 1 / 70);
    close(hypergeometricTail(3, 8, 4, 4), 17 / 70);
  });
});

describe('Kolmogorov', () => {
  it('has the tabled critical values of the limit law', () => {
    close(kolmogorovSf(1.3580986393225505), 0.05, 1e-8);
    close(kolmogorovSf(0.8275735551899077), 0.5, 1e-8);
    expect(kolmogorovSf(0.1)).toBeCloseTo(1, 12);
  });
  it('has the tabled critical values of small samples (Miller 1956)', () => {
    expect(kolmogorovSfForSize(10, 0.40925)).toBeCloseTo(0.05, 4);
    expect(kolmogorovSfForSize(100, 0.13403)).toBeCloseTo(0.05, 4);
  });
  it('joins its two formulas without a step', () => {
    for (const n of [20, 570, 50_000]) {
      const d = Math.sqrt(2.2 / n);
      close(kolmogorovSfForSize(n, d * 1.0000001), kolmogorovSfForSize(n, d * 0.9999999), 2e-3);
    }
  });
  it('counts lattice paths exactly', () => {
    const noTies = new Array<boolean>(8).fill(true);
    // Two samples of four apart: 2 of the 70 arrangements.
    close(kolmogorovExactTwoSampleSf(4, 4, 1, noTies), 2 / 70);
    // All eight values equal: nothing can differ.
    expect(kolmogorovExactTwoSampleSf(4, 4, 0.5, [0, 0, 0, 0, 0, 0, 0, 1])).toBe(0);
  });
});
