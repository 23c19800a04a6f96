import { expect, it } from 'vitest';
import { errorRateIncrease } from './error-rate-increase.ts';
import { rng } from './random.ts';
import { sampleRatioMismatch } from './sample-ratio.ts';

it("is Fisher's exact test without a tolerance", () => {
  const { pValue, difference } = errorRateIncrease({
    referenceErrors: 1,
    referenceCount: 4,
    windowErrors: 3,
    windowCount: 4,
  });
  expect(pValue).toBeCloseTo(17 / 70, 12);
  expect(difference).toBe(0.5);
});

it('errs at most as often as stated when the rate rose by exactly the tolerance', () => {
  const random = rng(5);
  for (const tolerance of [0, 0.02]) {
    let alarms = 0;
    for (let trial = 0; trial < 2000; trial++) {
      const count = (n: number, p: number) =>
        Array.from({ length: n }, () => random.bernoulli(p)).filter(Boolean).length;
      const referenceErrors = count(1000, 0.1);
      const windowErrors = count(300, 0.1 + tolerance);
      const result = errorRateIncrease({
        referenceErrors,
        referenceCount: 1000,
        windowErrors,
        windowCount: 300,
        tolerance,
      });
      if (result.pValue < 0.05) alarms++;
    }
    expect(alarms / 2000).toBeLessThanOrEqual(0.06);
    expect(alarms / 2000).toBeGreaterThan(0.025);
  }
});

it('needs more evidence the more is tolerated, and handles no errors and all errors', () => {
  const input = { referenceErrors: 100, referenceCount: 1000, windowErrors: 50, windowCount: 300 };
  expect(errorRateIncrease(input).pValue).toBeLessThan(errorRateIncrease({ ...input, tolerance: 0.03 }).pValue);
  expect(
    errorRateIncrease({ referenceErrors: 0, referenceCount: 10, windowErrors: 0, windowCount: 10, tolerance: 0.1 })
      .pValue,
  ).toBeGreaterThan(0.5);
  expect(
    errorRateIncrease({ referenceErrors: 0, referenceCount: 100, windowErrors: 100, windowCount: 100, tolerance: 0.1 })
      .pValue,
  ).toBeLessThan(1e-9);
  expect(() => errorRateIncrease({ ...input, windowErrors: 301 })).toThrow('between 0');
});

it('notices traffic that does not arrive in the planned shares', () => {
  expect(sampleRatioMismatch([9000, 1000], [90, 10])).toEqual({ statistic: 0, pValue: 1 });
  expect(sampleRatioMismatch([9000, 1200], [0.9, 0.1]).pValue).toBeLessThan(0.001);
  expect(sampleRatioMismatch([60, 40], [0.5, 0.5]).statistic).toBeCloseTo(4, 12);
  expect(() => sampleRatioMismatch([1], [1])).toThrow('two or more');
});
