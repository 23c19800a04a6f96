import { describe, expect, it } from 'vitest';
import { candidateRows, chooseWindow, planWindows } from './windows.ts';

describe('the windows of a training', () => {
  it('collapses windows that are larger than the rows there are', () => {
    expect(planWindows([null, 5000, 1000, 400], 1000)).toEqual({ sizes: [1000, 400], validationFrom: 800 });
    expect(planWindows([null], 1000).sizes).toEqual([1000]);
  });
  it('judges on the newest fifth, or on half of the smallest window where that is less', () => {
    expect(planWindows([null, 500], 1000).validationFrom).toBe(800);
    expect(planWindows([null, 100], 1000).validationFrom).toBe(950);
  });
  it('lets a candidate learn from its own rows before the judged ones', () => {
    const plan = planWindows([null, 400], 1000);
    expect(candidateRows(1000, 1000, plan)).toEqual({ from: 0, to: 800 });
    expect(candidateRows(400, 1000, plan)).toEqual({ from: 600, to: 800 });
  });
});

describe('the choice between windows', () => {
  const window = (size: number, ...losses: number[]) => ({ size, losses: Float64Array.from(losses) });

  it('takes the lowest loss where it is clear', () => {
    const chosen = chooseWindow([window(1000, 0.9, 0.91, 0.89, 0.9), window(200, 0.1, 0.11, 0.1, 0.09)]);
    expect(chosen.size).toBe(200);
  });
  it('takes the larger window of equals, in whatever order they come', () => {
    const equals = [window(200, 0.4, 0.6), window(1000, 0.4, 0.6), window(500, 0.4, 0.6)];
    expect(chooseWindow(equals).size).toBe(1000);
    expect(chooseWindow(equals.toReversed()).size).toBe(1000);
  });
  it('takes the larger window within one standard error of the paired difference', () => {
    // Differences 0.3, -0.2, 0.3, -0.2: mean 0.05, standard error 0.144.
    const small = window(200, 0.2, 0.5, 0.2, 0.5);
    expect(chooseWindow([window(1000, 0.5, 0.3, 0.5, 0.3), small]).size).toBe(1000);
    // The same mean difference with no noise is a clear one.
    expect(chooseWindow([window(1000, 0.25, 0.55, 0.25, 0.55001), small]).size).toBe(200);
  });
  it('does not take a stretch of hard rows in a row for certainty', () => {
    // The same losses (mean 0.56 against 0.57), once in one stretch and once spread evenly.
    const small = window(200, ...Array.from({ length: 400 }, (_, row) => (row < 160 ? 0.8 : 0.4)));
    const large = window(1000, ...Array.from({ length: 400 }, () => 0.57));
    expect(chooseWindow([large, small]).size).toBe(1000);
    const everywhere = window(200, ...Array.from({ length: 400 }, (_, row) => (row % 5 < 2 ? 0.8 : 0.4)));
    expect(chooseWindow([large, everywhere]).size).toBe(200);
  });
});
