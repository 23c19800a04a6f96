import { describe, expect, it } from 'vitest';
import golden from './fixtures/metrics.json' with { type: 'json' };
import { classReport, metricsFor } from './metrics.ts';
import type { Predicted, Truth } from './truth.ts';

const rowsOf = (count: number) => Int32Array.from({ length: count }, (_, row) => row);
const truthOf = (labels: string[]): Truth => ({ task: 'classification', rows: rowsOf(labels.length), labels });
const predictedOf = (labels: string[], ...probabilities: number[]): Predicted => ({
  task: 'classification',
  labels,
  probabilities: Float64Array.from(probabilities),
});

describe(`metrics as in ${golden.source.split(',')[0]}`, () => {
  it.each(['twoClasses', 'threeClasses'] as const)('agree for %s', (kind) => {
    const { classes, truth, predicted, probabilities, expected, precision, recall, rows, confusion } = golden[kind];
    const found = metricsFor(truthOf(truth), predictedOf(predicted, ...probabilities), classes);
    expect(Object.keys(found).sort()).toEqual(Object.keys(expected).sort());
    for (const [name, value] of Object.entries(expected)) expect(found[name as 'f1'], name).toBeCloseTo(value, 6);
    const report = classReport(truth, predicted, classes);
    expect(report.confusion).toEqual(confusion);
    report.classes?.forEach((line, index) => {
      expect(line).toMatchObject({ label: classes[index], rows: rows[index] });
      expect(line.precision).toBeCloseTo(precision[index]!, 12);
      expect(line.recall).toBeCloseTo(recall[index]!, 12);
    });
  });
  it('agree for a regression', () => {
    const { truth, predicted, expected } = golden.regression;
    const found = metricsFor(
      { task: 'regression', rows: rowsOf(truth.length), values: Float64Array.from(truth) },
      { task: 'regression', values: Float64Array.from(predicted) },
      [],
    );
    expect(Object.keys(found).sort()).toEqual(Object.keys(expected).sort());
    for (const [name, value] of Object.entries(expected)) expect(found[name as 'r2'], name).toBeCloseTo(value, 9);
  });
});

describe('metrics at the edge', () => {
  const classes = ['no', 'yes'];
  it('leave the area under the curve out where one class is absent', () => {
    const found = metricsFor(truthOf(['no', 'no']), predictedOf(['no', 'yes'], 0.9, 0.1, 0.4, 0.6), classes);
    expect(Object.keys(found).sort()).toEqual(['accuracy', 'brier', 'f1', 'logLoss']);
  });
  it('count a label that training never saw as wrong, with probability 0', () => {
    const found = metricsFor(truthOf(['perhaps']), predictedOf(['no'], 0.9, 0.1), classes);
    expect(found.accuracy).toBe(0);
    expect(found.logLoss).toBeCloseTo(-Math.log(1e-15), 9);
    const report = classReport(['perhaps', 'no'], ['no', 'no'], classes);
    expect(report.classes).toEqual([
      { label: 'no', rows: 1, precision: 0.5, recall: 1 },
      { label: 'yes', rows: 0, precision: null, recall: null },
      { label: 'perhaps', rows: 1, precision: null, recall: 0 },
    ]);
    expect(report.confusion).toEqual([
      [1, 0, 0],
      [0, 0, 0],
      [1, 0, 0],
    ]);
  });
  it('do without probabilities', () => {
    const labels: Predicted = { task: 'classification', labels: ['no'], probabilities: null };
    expect(metricsFor(truthOf(['no']), labels, classes)).toEqual({ accuracy: 1, f1: 0 });
  });
});
