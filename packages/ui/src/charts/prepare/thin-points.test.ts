import type { MetricPoint } from '@millwright/contract';
import { describe, expect, it } from 'vitest';
import { thinPoints } from './thin-points.ts';

const course = (count: number, value: (step: number) => MetricPoint['value'], from = 0): MetricPoint[] =>
  Array.from({ length: count }, (_none, index) => ({
    step: from + index,
    at: from + index,
    value: value(from + index),
  }));

describe('thinPoints', () => {
  it('leaves few points alone, in the order of their steps', () => {
    const points = course(10, (step) => step);
    expect(thinPoints(points.toReversed(), 10)).toEqual(points);
  });
  it('keeps both ends, every spike and the first that is no number', () => {
    const points = course(10_000, (step) =>
      step === 1234 ? 99 : step === 7777 ? -99 : step === 5000 ? 'NaN' : Math.sin(step / 100),
    );
    const thin = thinPoints(points, 200);
    expect(thin.length).toBeLessThanOrEqual(200);
    expect([thin[0]?.step, thin.at(-1)?.step]).toEqual([0, 9999]);
    expect(thin.map((point) => point.value)).toEqual(expect.arrayContaining([99, -99, 'NaN']));
  });
  it('shows the beginning no coarser than the end, however often points were added', () => {
    let points: MetricPoint[] = [];
    for (let part = 0; part < 200; part++) {
      points = [...points, ...course(100, (step) => (step % 2 === 0 ? 1 : -1), part * 100)];
      if (points.length > 600) points = thinPoints(points, 300);
    }
    const early = points.filter((point) => point.step < 5000).length;
    const late = points.filter((point) => point.step >= 10_000 && point.step < 15_000).length;
    expect(early).toBeGreaterThan(late / 2);
  });
  it('spreads points of one step over their time', () => {
    const points = course(1000, (at) => at).map((point) => ({ ...point, step: 0 }));
    const thin = thinPoints(points, 100);
    expect(thin.length).toBeGreaterThan(60);
    expect(thin.length).toBeLessThanOrEqual(100);
  });
});
