import { describe, expect, it } from 'vitest';
import { aRun, aSummary } from './a-run.ts';
import { lastOf } from './metric-meaning.ts';
import { averageOf, groupRuns } from './run-groups.ts';

describe('averageOf', () => {
  it('gives the mean with its 95 % interval', () => {
    // t(0.975, 3) = 3.182446, standard deviation of 1..4 = 1.290994.
    const average = averageOf([1, 2, 3, 4]);
    expect(average).toMatchObject({ count: 4, mean: 2.5 });
    expect(average?.half).toBeCloseTo((3.182446305284263 * 1.2909944487358056) / 2, 9);
  });
  it('has no interval for one value, and nothing for none', () => {
    expect(averageOf([7])).toEqual({ count: 1, mean: 7, half: null });
    expect(averageOf([])).toBeNull();
  });
});

describe('groupRuns', () => {
  const runs = [
    aRun({ parameters: { lr: '0.1' }, metrics: { auc: aSummary(0.9) } }),
    aRun({ parameters: { lr: '0.01' }, metrics: { auc: aSummary(0.6) } }),
    aRun({ parameters: { lr: '0.1' }, metrics: { auc: aSummary(0.7) } }),
    aRun({ parameters: { lr: '10' }, metrics: { auc: { ...aSummary(0), last: 'NaN' } } }),
    aRun({ parameters: {} }),
  ];
  it('orders numbers by their size and puts runs without the parameter last', () => {
    const groups = groupRuns(runs, 'parameters.lr', { metrics: ['auc'], summary: lastOf });
    expect(groups.map(({ value, runs: part }) => [value, part.length])).toEqual([
      ['0.01', 1],
      ['0.1', 2],
      ['10', 1],
      [null, 1],
    ]);
    expect(groups[1]?.metrics['auc']?.mean).toBeCloseTo(0.8, 12);
  });
  it('leaves out values that are no numbers', () => {
    const groups = groupRuns(runs, 'parameters.lr', { metrics: ['auc'], summary: lastOf });
    expect(groups[2]?.metrics).toEqual({});
  });
});
