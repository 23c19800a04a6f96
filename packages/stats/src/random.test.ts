import { expect, it } from 'vitest';
import { rng } from './random.ts';

it('repeats the same stream for the same seed and differs for another', () => {
  const draws = (seed: number) => {
    const random = rng(seed);
    return Array.from({ length: 5 }, () => random.next());
  };
  expect(draws(7)).toEqual(draws(7));
  expect(draws(7)).not.toEqual(draws(8));
  expect(draws(7)).not.toEqual(draws(7 + 2 ** 32));
});

it('has the moments of the laws it draws from', () => {
  const random = rng(1);
  const count = 100_000;
  let [uniform, normal, squares, ones] = [0, 0, 0, 0];
  for (let i = 0; i < count; i++) {
    uniform += random.next();
    const z = random.normal();
    normal += z;
    squares += z * z;
    ones += random.bernoulli(0.3);
  }
  expect(uniform / count).toBeCloseTo(0.5, 2);
  expect(Math.abs(normal / count)).toBeLessThan(0.015);
  expect(Math.abs(squares / count - 1)).toBeLessThan(0.02);
  expect(ones / count).toBeCloseTo(0.3, 2);
});

it('draws integers evenly and shuffles without losing items', () => {
  const random = rng(2);
  const counts = [0, 0, 0, 0, 0];
  for (let i = 0; i < 50_000; i++) counts[random.int(5)]!++;
  for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(400);
  const shuffled = random.shuffle([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(shuffled).not.toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect([...shuffled].sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});
