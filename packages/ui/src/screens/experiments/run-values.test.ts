import type { Run } from '@millwright/contract';
import { describe, expect, it } from 'vitest';
import { aRun, aSummary } from './a-run.ts';
import { lastOf } from './metric-meaning.ts';
import { axesOf, compareRuns, firstAxes, metricKeys, tellingAxes, valueAt } from './run-values.ts';

const [run, summary] = [aRun, aSummary];
const two = [
  run({ parameters: { l2: '1', seed: '7' }, metrics: { auc: summary(0.9) } }),
  run({ parameters: { l2: '2', seed: '7' }, metrics: { auc: summary(0.8), 'val.loss': summary(2) } }),
];

describe('the values of runs', () => {
  it('orders keys by how many runs have them', () => {
    expect(metricKeys(two)).toEqual(['auc', 'val.loss']);
  });
  it('reads a key that has a dot itself', () => {
    expect(valueAt(two[1] as Run, 'metrics.val.loss', () => 'min')).toBe(1);
    expect(valueAt(two[0] as Run, 'metrics.val.loss', lastOf)).toBeNull();
  });
  it('begins parallel coordinates with what differs and ends with the metric most runs have', () => {
    const axes = axesOf(two);
    expect(axes.map((axis) => axis.id)).toEqual(['parameters.l2', 'metrics.auc', 'metrics.val.loss']);
    expect(firstAxes(axes)).toEqual(['parameters.l2', 'metrics.val.loss', 'metrics.auc']);
  });
});

describe('axesOf', () => {
  it('leaves out digests and other long texts', () => {
    const digests = ['a', 'b'].map((letter) => run({ parameters: { digest: letter.repeat(64), window: letter } }));
    expect(axesOf(digests).map((axis) => axis.id)).toEqual(['parameters.window']);
  });
});

describe('tellingAxes', () => {
  it('leaves out what runs without the metric of most runs have', () => {
    const mixed = [
      ...two,
      run({ parameters: { l2: '3' }, metrics: { auc: summary(0.7) } }),
      ...Array.from({ length: 4 }, () => run({ metrics: { lonely: summary(1) } })),
      run({ parameters: { C: '1' }, metrics: { accuracy: summary(0.7) } }),
      run({ parameters: { C: '2' }, metrics: { accuracy: summary(0.7) } }),
    ];
    expect(tellingAxes(mixed).map((axis) => axis.id)).toEqual(['parameters.l2', 'parameters.seed', 'metrics.auc']);
  });
});

describe('compareRuns', () => {
  it('marks rows that differ, also where one run lacks the value', () => {
    const differing = compareRuns(two).filter((row) => row.differs);
    expect(differing.map((row) => [row.group, row.key, row.values])).toEqual([
      ['Parameters', 'l2', ['1', '2']],
      ['Metrics', 'auc', [0.9, 0.8]],
      ['Metrics', 'val.loss', [null, 2]],
    ]);
  });
  it('finds no difference in a single run', () => {
    expect(compareRuns([two[0] as Run]).some((row) => row.differs)).toBe(false);
  });
});
