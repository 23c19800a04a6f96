import { rng } from '@millwright/stats';
import { describe, expect, it } from 'vitest';
import { majority, persistence } from './baselines.ts';
import { blockLengthFor, compareLosses } from './comparison.ts';
import { rowLosses, truthOf } from './truth.ts';

const labels = (...codes: number[]) => ({
  kind: 'category' as const,
  codes: Int32Array.from(codes),
  levels: ['a', 'b'],
});
const values = (...list: number[]) => ({ kind: 'number' as const, values: Float64Array.from(list) });

describe('the truth of some rows', () => {
  it('leaves out the rows whose target is unknown', () => {
    expect(truthOf(labels(0, -1, 1, 0), 1, 4)).toEqual({
      task: 'classification',
      rows: Int32Array.of(2, 3),
      labels: ['b', 'a'],
    });
    expect(truthOf(values(1, 2, Number.NaN, 4), 1, 4)).toEqual({
      task: 'regression',
      rows: Int32Array.of(1, 3),
      values: Float64Array.of(2, 4),
    });
  });
});

describe('baselines', () => {
  it('predict the most frequent label of the training rows, or their mean', () => {
    expect(majority(truthOf(labels(1, 0, 0), 0, 3), 2)).toMatchObject({ labels: ['a', 'a'] });
    expect(majority(truthOf(labels(1, 0), 0, 2), 1)).toMatchObject({ labels: ['b'] });
    expect(majority(truthOf(values(1, 2, 6), 0, 3), 2)).toMatchObject({ values: Float64Array.of(3, 3) });
  });
  it('repeat the value before, beginning with the last training row', () => {
    const all = labels(0, 1, 0, 0, 1);
    expect(persistence(truthOf(all, 0, 2), truthOf(all, 2, 5))).toMatchObject({ labels: ['b', 'a', 'a'] });
    const numbers = values(5, 7, 8, 9);
    expect(persistence(truthOf(numbers, 0, 2), truthOf(numbers, 2, 4))).toMatchObject({
      values: Float64Array.of(7, 8),
    });
  });
});

describe('a comparison', () => {
  it('costs a wrong label 1 and a wrong value its squared error', () => {
    const classes = truthOf(labels(0, 1), 0, 2);
    expect([...rowLosses(classes, { task: 'classification', labels: ['a', 'a'], probabilities: null })]).toEqual([
      0, 1,
    ]);
    expect([...rowLosses(truthOf(values(1, 2), 0, 2), { task: 'regression', values: Float64Array.of(1, 5) })]).toEqual([
      0, 9,
    ]);
  });
  it('draws blocks of n^(1/3) rows and gives the same answer for the same seed', () => {
    expect([1, 8, 1000, 11_328].map(blockLengthFor)).toEqual([1, 2, 10, 22]);
    const random = rng(1);
    const better = Float64Array.from({ length: 1000 }, () => random.bernoulli(0.2));
    const worse = Float64Array.from({ length: 1000 }, () => random.bernoulli(0.5));
    const comparison = compareLosses('majority', better, worse, 7);
    const { loss, baselineLoss, difference, low, high } = comparison;
    expect(loss).toBe(better.reduce((sum, value) => sum + value, 0) / 1000);
    expect(difference).toBeCloseTo(loss - baselineLoss, 12);
    // The standard error of the difference of two independent shares of 1000 rows is 0.0202.
    expect(high - difference).toBeCloseTo(1.96 * 0.0202, 1);
    expect(low).toBeLessThan(difference);
    expect(high).toBeLessThan(0);
    expect(compareLosses('majority', better, worse, 7)).toEqual(comparison);
  });
});
