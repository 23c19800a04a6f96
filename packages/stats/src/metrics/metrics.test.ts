import { describe, expect, it } from 'vitest';
import { accuracy, confusionMatrix, errorRate, f1, macroF1, precision, recall } from './classification.ts';
import { brier, expectedCalibrationError, logLoss } from './probability.ts';
import { averagePrecision, rocAuc } from './ranking.ts';
import { mae, mape, r2, rmse } from './regression.ts';

describe('classification', () => {
  const truth = [1, 1, 1, 0, 0, 0, 0, 0];
  const predicted = [1, 1, 0, 1, 0, 0, 0, 0];
  it('counts right, wrong, found and missed', () => {
    expect(accuracy(truth, predicted)).toBe(0.75);
    expect(errorRate(truth, predicted)).toBe(0.25);
    expect(precision(truth, predicted)).toBeCloseTo(2 / 3, 12);
    expect(recall(truth, predicted)).toBeCloseTo(2 / 3, 12);
    expect(f1(truth, predicted)).toBeCloseTo(2 / 3, 12);
    expect(macroF1(truth, predicted)).toBeCloseTo((2 / 3 + 0.8) / 2, 12);
    expect(precision([0, 1], [0, 0])).toBe(0);
  });
  it('builds a matrix over any number of classes', () => {
    expect(confusionMatrix(['a', 'b', 'c', 'a'], ['a', 'c', 'c', 'b'])).toEqual({
      labels: ['a', 'b', 'c'],
      counts: [
        [1, 1, 0],
        [0, 0, 1],
        [0, 0, 1],
      ],
    });
    expect(confusionMatrix([10, 9, 9], [9, 9, 10]).labels).toEqual([9, 10]);
    expect(() => confusionMatrix(['a'], ['x'], ['a'])).toThrow('"x" is not listed');
  });
  it('says what is wrong with its input', () => {
    expect(() => accuracy([1], [1, 0])).toThrow('1 true values but 2 predictions');
    expect(() => accuracy([], [])).toThrow('no rows');
  });
});

describe('ranking', () => {
  it('counts ties half in the area under the curve', () => {
    expect(rocAuc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])).toBe(0.75);
    expect(rocAuc([0, 1, 0, 1], [0.5, 0.5, 0.5, 0.5])).toBe(0.5);
    expect(rocAuc([1, 0, 1, 0], [0.9, 0.9, 0.4, 0.1])).toBe(0.625);
    expect(() => rocAuc([1, 1], [0.1, 0.2])).toThrow('both classes');
  });
  it('does not depend on the order of tied rows', () => {
    expect(averagePrecision([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])).toBeCloseTo(0.8333333333, 9);
    expect(averagePrecision([1, 0], [0.5, 0.5])).toBe(averagePrecision([0, 1], [0.5, 0.5]));
    expect(() => averagePrecision([0], [0.5])).toThrow('no row is positive');
    expect(() => rocAuc([0, 1], [0.5, Number.NaN])).toThrow('row 1');
  });
});

describe('probabilities', () => {
  it('scores them', () => {
    expect(logLoss([1, 0], [0.8, 0.4])).toBeCloseTo(-(Math.log(0.8) + Math.log(0.6)) / 2, 12);
    expect(logLoss([1], [0])).toBeCloseTo(-Math.log(1e-15), 9);
    expect(brier([1, 0], [0.8, 0.4])).toBeCloseTo(0.1, 12);
    expect(() => brier([1], [1.2])).toThrow('row 0');
  });
  it('measures calibration per bin', () => {
    expect(expectedCalibrationError([1, 1, 0, 0], [0.95, 0.95, 0.05, 0.05])).toBeCloseTo(0.05, 12);
    expect(expectedCalibrationError([1, 0], [1, 0])).toBe(0);
  });
});

describe('regression', () => {
  it('measures errors in the unit of the target', () => {
    expect(rmse([1, 2, 3], [1, 2, 6])).toBeCloseTo(Math.sqrt(3), 12);
    expect(mae([1, 2, 3], [1, 2, 6])).toBe(1);
    expect(r2([1, 2, 3], [1, 2, 6])).toBeCloseTo(1 - 9 / 2, 12);
    expect(r2([2, 2], [2, 2])).toBe(1);
    expect(r2([2, 2], [1, 3])).toBe(0);
  });
  it('leaves zero targets out of percentages and says how many', () => {
    expect(mape([0, 2, 4], [1, 1, 5])).toEqual({ value: 0.375, skipped: 1 });
    expect(() => mape([0], [1])).toThrow('every true value is 0');
  });
});
