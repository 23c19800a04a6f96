import { describe, expect, it } from 'vitest';
import { metricPoints } from './metric-points.ts';

const point = (step: number, value: number | 'NaN', at = step * 1000) => ({ step, at, value });

describe('metricPoints', () => {
  it('makes a gap of what is not a number', () => {
    expect(metricPoints([point(0, 1), point(1, 'NaN')], 'step', 0)).toEqual([
      { x: 0, y: 1 },
      { x: 1, y: null },
    ]);
  });
  it('counts relative time from the start of the run', () => {
    expect(metricPoints([point(7, 1, 5000)], 'relative', 2000)).toEqual([{ x: 3000, y: 1 }]);
    expect(metricPoints([point(7, 1, 5000)], 'time', 2000)).toEqual([{ x: 5000, y: 1 }]);
  });
  it('keeps a spike inside the band when there are too many points', () => {
    const many = Array.from({ length: 1000 }, (_none, step) => point(step, step === 500 ? 99 : 1));
    const drawn = metricPoints(many, 'step', 0, 100);
    expect(drawn).toHaveLength(100);
    expect(Math.max(...drawn.map((one) => one.high ?? 0))).toBe(99);
    expect(Math.max(...drawn.map((one) => one.y ?? 0))).toBeLessThan(99);
  });
});
