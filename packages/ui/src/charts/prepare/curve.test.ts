import { describe, expect, it } from 'vitest';
import { prepareCurve } from './curve.ts';

const aCurve = (x: number[], y: number[], score: number | null = null) => ({ name: 'val', x, y, score });

describe('a curve of one value over another', () => {
  it('places rates between zero and one, with the line of a guess', () => {
    const prepared = prepareCurve(
      { kind: 'roc', xLabel: 'FPR', yLabel: 'TPR', series: [aCurve([0, 0.25, 1], [0, 0.75, 1], 0.9)] },
      'roc',
    );
    expect(prepared.lines[0]?.pieces).toEqual([
      [
        { x: 0, y: 0 },
        { x: 0.25, y: 0.75 },
        { x: 1, y: 1 },
      ],
    ]);
    expect(prepared.guess).toEqual({ from: 0, to: 1 });
    expect(prepared.lines[0]?.label).toBe('val (0.9)');
    expect(prepared.sentence).toContain('score 0.9');
  });

  it('leaves a gap where a value is no number, and fits other kinds to their values', () => {
    const { lines, xTicks, guess } = prepareCurve(
      { kind: 'line', xLabel: 'x', yLabel: 'y', series: [aCurve([10, 20, 30, 40], [1, Number.NaN, 3, 5])] },
      'line',
    );
    expect(lines[0]?.pieces).toEqual([
      [{ x: 0, y: 0 }],
      [
        { x: 2 / 3, y: 0.5 },
        { x: 1, y: 1 },
      ],
    ]);
    expect(xTicks.map(({ label }) => label)).toEqual(['10', '17.5', '25', '32.5', '40']);
    expect(guess).toBeNull();
  });

  it('draws nothing of nothing', () => {
    const { lines } = prepareCurve({ kind: 'line', xLabel: 'x', yLabel: 'y', series: [aCurve([], [])] }, 'line');
    expect(lines[0]?.pieces).toEqual([]);
  });
});
