import { describe, expect, it } from 'vitest';
import { type Rng, rng } from '../random.ts';
import { emptyMeanDifference, meanDifferenceBounds, updateMeanDifference } from './mean-difference.ts';

/** Share of streams in which the lower (or upper) bound at 5 % ever passes the true difference of 0. */
function shareEverWrong(draw: (random: Rng) => number, shareB: number, side: 'lower' | 'upper' = 'lower'): number {
  let wrong = 0;
  for (let run = 0; run < 300; run++) {
    const random = rng(run + 1);
    let state = emptyMeanDifference();
    for (let row = 0; row < 2000; row += 10) {
      const losses: { a: number[]; b: number[] } = { a: [], b: [] };
      for (let i = 0; i < 10; i++) losses[random.next() < shareB ? 'b' : 'a'].push(draw(random));
      state = updateMeanDifference(state, losses);
      const bounds = meanDifferenceBounds(state, { alpha: 0.05 });
      if (side === 'lower' ? bounds.lower > 0 : bounds.upper < 0) {
        wrong++;
        break;
      }
    }
  }
  return wrong / 300;
}

describe('equal arms are called different in at most one stream of twenty, whenever one looks', () => {
  const squaredError = (random: Rng) => random.normal() ** 2;
  it('squared errors at half the traffic', () => {
    expect(shareEverWrong(squaredError, 0.5)).toBeLessThanOrEqual(0.05);
  });
  it('squared errors at a tenth of the traffic', () => {
    expect(shareEverWrong(squaredError, 0.1)).toBeLessThanOrEqual(0.05);
  });
  it('heavy tails, where a young arm looks better than it is until its first large loss', () => {
    const heavy = (random: Rng) => Math.exp(2 * random.normal());
    expect(shareEverWrong(heavy, 0.1, 'upper')).toBeLessThanOrEqual(0.05);
    expect(shareEverWrong(heavy, 0.5)).toBeLessThanOrEqual(0.05);
  });
  it('absolute errors', () => {
    expect(shareEverWrong((random) => Math.abs(random.normal()), 0.25)).toBeLessThanOrEqual(0.05);
  });
});

it('closes in on the true difference', () => {
  const random = rng(9);
  const draws = (count: number, mean: number) => Array.from({ length: count }, () => mean + random.normal());
  const bounds = (count: number) =>
    meanDifferenceBounds(updateMeanDifference(emptyMeanDifference(), { a: draws(count, 1), b: draws(count, 1.5) }), {
      alpha: 0.05,
    });
  const [few, many] = [bounds(200), bounds(5000)];
  expect(many.lower).toBeGreaterThan(0.4);
  expect(many.upper).toBeLessThan(0.6);
  expect(few.upper - few.lower).toBeGreaterThan(2 * (many.upper - many.lower));
});

it('gives no bound before both arms have enough rows, and refuses losses that are not finite', () => {
  const state = updateMeanDifference(emptyMeanDifference(), { a: [1, 2, 3] });
  expect(meanDifferenceBounds(state, { alpha: 0.05 })).toEqual({ difference: NaN, lower: -Infinity, upper: Infinity });
  expect(() => updateMeanDifference(state, { b: [Infinity] })).toThrow('finite');
  expect(JSON.parse(JSON.stringify(state))).toEqual(state);
});
