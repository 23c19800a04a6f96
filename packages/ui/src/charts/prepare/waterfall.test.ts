import { describe, expect, it } from 'vitest';
import { prepareWaterfall } from './waterfall.ts';

describe('a waterfall', () => {
  const prepared = prepareWaterfall(
    { label: 'a', value: 0.5 },
    [
      { label: 'rate', value: 0.2, low: 0.1, high: 0.35 },
      { label: 'depth', value: -0.05, low: null, high: null },
      { label: 'unexplained', value: 0.02, low: null, high: null, isRest: true },
    ],
    { label: 'b', value: 0.67 },
    'auc',
  );
  it('begins each bar where the one before ends, and reaches the end', () => {
    const [start, rate, depth, rest, end] = prepared.rows;
    expect(rate?.from).toBe(start?.to);
    expect(depth?.from).toBe(rate?.to);
    expect(rest?.from).toBe(depth?.to);
    expect(rest?.to).toBeCloseTo(end?.from ?? 0, 12);
    expect((rate?.to ?? 0) > (rate?.from ?? 0)).toBe(true);
    expect((depth?.to ?? 0) < (depth?.from ?? 0)).toBe(true);
  });
  it('has everything on its scale, intervals too', () => {
    for (const row of prepared.rows)
      for (const at of [row.from, row.to, row.low ?? 0.5, row.high ?? 0.5]) {
        expect(at).toBeGreaterThanOrEqual(0);
        expect(at).toBeLessThanOrEqual(1);
      }
    expect(prepared.rows[1]?.high).toBeGreaterThan(prepared.rows[1]?.to ?? 1);
  });
  it('says the same in words and as a table', () => {
    expect(prepared.sentence).toBe('auc from 0.5 to 0.67: rate +0.2 (+0.1 to +0.35); depth -0.05; unexplained +0.02.');
    expect(prepared.table.rows).toHaveLength(5);
    expect(prepared.table.rows[2]).toEqual(['depth', '-0.05', '–', '–', '0.65']);
  });
  it('has a scale even where nothing changed', () => {
    const flat = prepareWaterfall({ label: 'a', value: 0 }, [], { label: 'b', value: 0 }, 'loss');
    expect(flat.rows.map(({ from }) => from)).toEqual([0.5, 0.5]);
  });
});
