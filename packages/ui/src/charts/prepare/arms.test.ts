import { describe, expect, it } from 'vitest';
import { prepareArmFailures, prepareArmLosses } from './arms.ts';
import { wilsonInterval } from './wilson.ts';

const arm = (number: number, labelled: number, lossSum: number) => ({
  modelVersionId: `mv_${number}`,
  number,
  requests: 200,
  failures: 3,
  labelled,
  lossSum,
  meanLoss: labelled === 0 ? null : lossSum / labelled,
});

describe('wilsonInterval', () => {
  it('is the score interval', () => {
    const { low, high } = wilsonInterval(1, 10) ?? { low: 0, high: 0 };
    expect(low).toBeCloseTo(0.01787, 4);
    expect(high).toBeCloseTo(0.40415, 4);
  });
  it('stays between 0 and 1 and is nothing without observations', () => {
    expect(wilsonInterval(0, 5)?.low).toBe(0);
    expect(wilsonInterval(5, 5)?.high).toBe(1);
    expect(wilsonInterval(0, 0)).toBeNull();
  });
});
describe('prepareArmLosses', () => {
  it('has a row per arm with labels, in the colour of its role', () => {
    const prepared = prepareArmLosses({ champion: arm(3, 100, 10), challenger: arm(4, 0, 0) });
    expect(prepared?.rows.map(({ label, colour }) => [label, colour])).toEqual([['v3 champion', 'var(--series-1)']]);
    expect(prepared?.sentence).toContain('v3 champion 0.1 (');
  });
  it('is nothing before the first label', () => {
    expect(prepareArmLosses({ champion: arm(3, 0, 0), challenger: arm(4, 0, 0) })).toBeNull();
  });
});
describe('prepareArmFailures', () => {
  it('counts failures over all requests', () => {
    expect(prepareArmFailures({ champion: arm(3, 0, 0), challenger: arm(4, 0, 0) })?.table.rows[1]?.[1]).toBe('0.015');
  });
});
