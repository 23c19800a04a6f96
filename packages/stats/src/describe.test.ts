import { expect, it } from 'vitest';
import { emptySummary, mean, mergeSummaries, quantile, quantiles, summarise, variance } from './describe.ts';
import { equalWidthEdges, histogram, quantileEdges } from './histogram.ts';

it('leaves missing values out and counts them', () => {
  const values = [1, null, 2, Number.NaN, 3, undefined];
  expect(summarise(values)).toEqual({ count: 3, missing: 3, mean: 2, m2: 2, min: 1, max: 3 });
  expect(mean(values)).toBe(2);
  expect(variance(values)).toBe(1);
  expect(mean([null])).toBeNaN();
  expect(variance([1])).toBeNaN();
});

it('merges summaries as if the values had come in one stream', () => {
  const [left, right] = [
    [1e9 + 1, 1e9 + 2, null],
    [1e9 + 4, 1e9 + 9],
  ];
  const whole = summarise([...left, ...right]);
  const merged = mergeSummaries(summarise(left), summarise(right));
  expect(merged.m2).toBeCloseTo(38, 6);
  expect(merged).toMatchObject({ count: whole.count, missing: whole.missing, min: whole.min, max: whole.max });
  expect(merged.mean).toBeCloseTo(whole.mean, 6);
  expect(mergeSummaries(emptySummary(), emptySummary())).toEqual(emptySummary());
});

it('interpolates quantiles between order statistics', () => {
  expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
  expect(quantiles([10, null, 20], [0, 0.25, 1])).toEqual([10, 12.5, 20]);
  expect(() => quantile([1], 1.5)).toThrow('[0, 1]');
});

it('counts every value in exactly one bin', () => {
  const counted = histogram([0, 0.5, 1, 1.5, 2, 3, -1, null], [0, 1, 2]);
  expect(counted).toEqual({ edges: [0, 1, 2], counts: [2, 3], below: 1, above: 1, missing: 1 });
});

it('cuts equal widths, and equal counts without empty bins on ties', () => {
  expect(equalWidthEdges([0, 10], 4)).toEqual([0, 2.5, 5, 7.5, 10]);
  expect(equalWidthEdges([3, 3], 1)).toEqual([2.5, 3.5]);
  const tied = quantileEdges([0, 0, 0, 0, 1, 2], 3);
  expect(tied).toHaveLength(3);
  expect(tied[1]).toBeCloseTo(1 / 3, 12);
  expect(() => equalWidthEdges([null], 3)).toThrow('present value');
});
