import type { ColumnProfile } from '@millwright/contract';
import { describe, expect, it } from 'vitest';
import { inferChecks, isCategorical } from './infer.ts';

const aProfile = (profile: Partial<ColumnProfile>): ColumnProfile => ({
  name: 'x',
  type: 'number',
  count: 200,
  missing: 0,
  distinct: 200,
  min: null,
  max: null,
  mean: null,
  stddev: null,
  quantiles: null,
  histogram: null,
  top: null,
  ...profile,
});
const rangeOf = (min: number, max: number) => {
  const check = inferChecks([aProfile({ min, max })], 200, new Map(), null).find(({ kind }) => kind === 'in-range');
  return [check?.parameters['min'], check?.parameters['max']];
};

describe('inferChecks', () => {
  it('widens a range on both sides, but never across zero', () => {
    expect(rangeOf(-10, 10)).toEqual([-15, 15]);
    expect(rangeOf(1, 101)).toEqual([0, 126]);
    expect(rangeOf(-101, -1)).toEqual([-126, 0]);
    expect(rangeOf(4, 4)).toEqual([3, 5]);
    expect(rangeOf(0, 0)).toEqual([0, 0]);
  });
  it('stays finite at the ends of what a number can hold', () => {
    expect(rangeOf(-Number.MAX_VALUE, Number.MAX_VALUE)).toEqual([-Number.MAX_VALUE, Number.MAX_VALUE]);
  });
  it('promises no missing values only as firmly as the rows allow', () => {
    const severity = (rows: number) =>
      inferChecks([aProfile({})], rows, new Map(), null).find(({ kind }) => kind === 'not-missing')?.severity;
    expect([severity(99), severity(100)]).toEqual(['warning', 'error']);
    expect(inferChecks([aProfile({ missing: 1 })], 200, new Map(), null).map(({ kind }) => kind)).not.toContain(
      'not-missing',
    );
  });
  it('gives no range to the time column', () => {
    expect(inferChecks([aProfile({ min: 0, max: 1 })], 200, new Map(), 'x').map(({ kind }) => kind)).not.toContain(
      'in-range',
    );
  });
  it('takes texts for categories only when they are few and repeat', () => {
    expect(isCategorical(aProfile({ type: 'string', distinct: 30 }))).toBe(true);
    expect(isCategorical(aProfile({ type: 'string', distinct: 31 }))).toBe(false);
    expect(isCategorical(aProfile({ type: 'string', distinct: 10, count: 19 }))).toBe(false);
    expect(isCategorical(aProfile({ type: 'integer', distinct: 3 }))).toBe(false);
    expect(isCategorical(aProfile({ type: 'string', distinct: 0, count: 0 }))).toBe(false);
  });
});
