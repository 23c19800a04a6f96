import type { ColumnProfile } from '@millwright/contract';
import { describe, expect, it } from 'vitest';
import { prepareColumn } from './column-profile.ts';
import { compareVersions, rebin } from './version-diff.ts';

const column = (part: Partial<ColumnProfile>): ColumnProfile => ({
  name: 'amount',
  type: 'number',
  count: 100,
  missing: 0,
  distinct: 90,
  min: 0,
  max: 10,
  mean: 5,
  stddev: 2,
  quantiles: { p05: 1, p25: 2.5, p50: 5, p75: 7.5, p95: 9 },
  histogram: { edges: [0, 5, 10], counts: [25, 75] },
  top: null,
  ...part,
});
const words = (top: [string, number][]): ColumnProfile =>
  column({
    name: 'country',
    type: 'string',
    histogram: null,
    quantiles: null,
    top: top.map(([value, count]) => ({ value, count })),
  });

describe('prepareColumn', () => {
  it('scales bars to the highest and places quantiles on their axis', () => {
    const prepared = prepareColumn(column({}));
    expect(prepared.bars.map((bar) => [bar.from, bar.to, bar.height])).toEqual([
      [0, 0.5, 1 / 3],
      [0.5, 1, 1],
    ]);
    expect(prepared.quantiles).toEqual({ p05: 0.1, p25: 0.25, p50: 0.5, p75: 0.75, p95: 0.9 });
  });
  it('says what is missing', () => {
    expect(prepareColumn(column({ missing: 7 })).sentence).toContain('7 % missing');
    expect(prepareColumn(column({})).sentence).toContain('none missing');
  });
  it('shows the share of frequent values among all rows', () => {
    expect(prepareColumn(words([['DE', 60]])).top[0]).toMatchObject({ value: 'DE', share: 0.6 });
  });
  it('draws a column of one value as one bar of full width', () => {
    const prepared = prepareColumn(column({ min: 3, max: 3, histogram: { edges: [3, 3], counts: [100] } }));
    expect(prepared.bars[0]).toMatchObject({ from: 0, to: 1, height: 1 });
    expect(prepared.quantiles).toBeNull();
  });
});

describe('rebin', () => {
  it('keeps the total and splits bins in proportion', () => {
    expect(rebin({ edges: [0, 10], counts: [100] }, [0, 5, 20])).toEqual([50, 50]);
  });
  it('keeps a bin without width, also at the last edge', () => {
    expect(rebin({ edges: [20, 20], counts: [9] }, [0, 10, 20])).toEqual([0, 9]);
  });
});

describe('compareVersions', () => {
  const of = (...profile: ColumnProfile[]) => ({ profile });
  it('finds columns that came, went and changed their type, and puts them first', () => {
    const differences = compareVersions(
      of(column({}), column({ name: 'gone' }), column({ name: 'hour', type: 'number' })),
      of(column({}), column({ name: 'hour', type: 'integer' }), column({ name: 'new' })),
    );
    expect(differences.map(({ name, change }) => [name, change])).toEqual([
      ['gone', 'removed'],
      ['new', 'added'],
      ['hour', 'type'],
      ['amount', 'same'],
    ]);
  });
  it('is 0 for the same distribution and 1 for nothing in common', () => {
    expect(compareVersions(of(column({})), of(column({})))[0]?.distance).toBe(0);
    const far = column({ histogram: { edges: [90, 95, 100], counts: [50, 50] } });
    expect(compareVersions(of(column({})), of(far))[0]?.distance).toBeCloseTo(1);
  });
  it('counts values outside of the frequent ones as one', () => {
    const [difference] = compareVersions(
      of(words([['DE', 100]])),
      of(
        words([
          ['DE', 40],
          ['FR', 30],
        ]),
      ),
    );
    expect(difference?.distance).toBeCloseTo(0.6);
    expect(difference?.distribution?.labels).toEqual(['DE', 'FR', 'all others']);
  });
});
