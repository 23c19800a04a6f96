import { describe, expect, it } from 'vitest';
import { meanWithBand } from './bands.ts';

const line = (...ys: (number | null)[]) => ys.map((y, x) => ({ x, y }));

describe('meanWithBand', () => {
  it('spans all values, and leaves out what is missing', () => {
    expect(meanWithBand([line(1, 2, 4), line(3, null, 8)], 'range')).toEqual([
      { x: 0, y: 2, low: 1, high: 3 },
      { x: 1, y: 2 },
      { x: 2, y: 6, low: 4, high: 8 },
    ]);
  });
  it('spans the 95 % interval of the mean', () => {
    const [point] = meanWithBand([line(1), line(3)], 'interval');
    // t(0.975, 1) = 12.7062; standard error of 1 and 3 is 1.
    expect(point?.y).toBe(2);
    expect(point?.high).toBeCloseTo(14.7062, 4);
  });
  it('joins lines whose points stand at different places', () => {
    const even = Array.from({ length: 50 }, (_none, at) => ({ x: at * 2, y: 0 }));
    const odd = Array.from({ length: 50 }, (_none, at) => ({ x: at * 2 + 1, y: 10 }));
    const joined = meanWithBand([even, odd], 'range');
    expect(joined.length).toBeLessThanOrEqual(51);
    expect(joined.filter((point) => point.y === 5).length).toBeGreaterThan(40);
  });
});
