import { expect, it } from 'vitest';
import { pairedBootstrap } from './bootstrap.ts';
import { rng } from './random.ts';

it('covers the true difference about as often as it promises, and gives the same answer for a seed', () => {
  const random = rng(11);
  let covered = 0;
  let significant = 0;
  for (let trial = 0; trial < 300; trial++) {
    const base = Array.from({ length: 120 }, () => random.normal());
    const a = base.map((x) => x + 0.4 * random.normal());
    const { low, high, pValue } = pairedBootstrap(a, base, { seed: trial, resamples: 400 });
    if (low <= 0 && high >= 0) covered++;
    if (pValue <= 0.05) significant++;
  }
  expect(covered / 300).toBeGreaterThan(0.91);
  expect(significant / 300).toBeLessThan(0.085);
  const once = () => pairedBootstrap([1, 2, 4, 3], [1, 1, 2, 2], { seed: 5 });
  expect(once()).toEqual(once());
  expect(once()).toMatchObject({ difference: 1, resamples: 2000 });
});

it('widens the interval for time-ordered rows when whole blocks are drawn', () => {
  const random = rng(3);
  let level = 0;
  const a = Array.from({ length: 1000 }, () => {
    level = 0.9 * level + random.normal();
    return level;
  });
  const b = a.map(() => 0);
  const width = (blockLength: number) => {
    const { low, high } = pairedBootstrap(a, b, { seed: 1, blockLength });
    return high - low;
  };
  expect(width(50)).toBeGreaterThan(2.5 * width(1));
  expect(() => pairedBootstrap(a, b, { seed: 1, blockLength: 1001 })).toThrow('blockLength');
  expect(() => pairedBootstrap([1], [1, 2], { seed: 1 })).toThrow('1 true values but 2');
});
