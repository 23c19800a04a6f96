import type { Performance, Window } from '@millwright/contract';
import { describe, expect, it } from 'vitest';
import { preparePerformance } from './performance.ts';

const window = (number: number, performance: Partial<Performance>): Window => ({
  id: `win_${number}`,
  endpointId: 'ep',
  number,
  rows: 500,
  startAt: number * 1000 - 1000,
  endAt: number * 1000,
  modelVersionId: 'mv',
  modelVersion: 3,
  columns: [],
  failures: 0,
  dropped: 0,
  performance: {
    labelled: 400,
    coverage: 0.8,
    loss: 0.1,
    referenceLoss: 0.08,
    pValue: 0.5,
    worse: false,
    confirmed: false,
    asOf: 0,
    state: 'judged',
    ...performance,
  },
});
const options = { task: 'classification' as const, lossTolerance: 0.02, minLabelCoverage: 0.6, marks: [] };
const newestFirst = [
  window(4, { state: 'waiting-for-labels', loss: null, coverage: 0 }),
  window(3, { state: 'waiting-for-labels', loss: 0.3, coverage: 0.2 }),
  window(2, { loss: 0.2, worse: true }),
  window(1, {}),
];

describe('preparePerformance', () => {
  it('draws judged windows solid and what waits for labels pale, meeting at the last judged one', () => {
    const [judged, waiting] = preparePerformance(newestFirst, options).loss.lines;
    expect(judged).toMatchObject({ uncertain: false, ys: [0.1, 0.2, null, null] });
    expect(waiting).toMatchObject({ uncertain: true, ys: [null, 0.2, 0.3, null] });
    expect(waiting?.colour).toBe(judged?.colour);
  });
  it('shows the reference with what is tolerated: points for classes, a share for numbers', () => {
    const highOf = (task: 'classification' | 'regression') =>
      preparePerformance(newestFirst, { ...options, task }).loss.lines[2]?.highs?.[0];
    expect(highOf('classification')).toBeCloseTo(0.1);
    expect(highOf('regression')).toBeCloseTo(0.0816);
  });
  it('tells the last judged window, how many are worse and how many wait', () => {
    expect(preparePerformance(newestFirst, options).loss.sentence).toBe(
      'Error rate: 20 % in window 2, the last that was judged, against 8 % of the reference. 1 of 2 judged windows are worse than tolerated; 2 wait for labels.',
    );
    expect(preparePerformance([], options).loss.sentence).toContain('no window was judged yet');
  });
  it('keeps the coverage below with what is needed to judge', () => {
    const { coverage } = preparePerformance(newestFirst, options);
    expect(coverage.lines[0]?.ys).toEqual([0.8, 0.8, 0.2, 0]);
    expect(coverage.threshold?.value).toBe(0.6);
  });
});
