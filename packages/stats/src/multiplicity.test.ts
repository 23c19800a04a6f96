import { expect, it } from 'vitest';
import { benjaminiHochberg, bonferroni, holm } from './multiplicity.ts';
import { kOfN } from './persistence.ts';

const close = (actual: number[], expected: number[]) =>
  actual.forEach((p, i) => expect(p).toBeCloseTo(expected[i]!, 12));

it('adjusts in the order given and keeps adjusted values monotone', () => {
  close(benjaminiHochberg([0.04, 0.01, 0.03]).adjusted, [0.04, 0.03, 0.04]);
  close(holm([0.04, 0.01, 0.03]).adjusted, [0.06, 0.03, 0.06]);
  close(bonferroni([0.04, 0.01, 0.5]).adjusted, [0.12, 0.03, 1]);
  expect(benjaminiHochberg([0.04, 0.01, 0.03], 0.035).rejected).toEqual([false, true, false]);
  expect(benjaminiHochberg([])).toEqual({ adjusted: [], rejected: [] });
});

it('refuses what is not a probability', () => {
  expect(() => benjaminiHochberg([0.1, Number.NaN])).toThrow('p-value 1');
  expect(() => holm([-0.1])).toThrow('p-value 0');
});

it('asks for k hits among the last n windows', () => {
  expect(kOfN([true, false, true], 2, 3)).toBe(true);
  expect(kOfN([true, true, false, false], 2, 3)).toBe(false);
  expect(kOfN([true, true], 2, 3)).toBe(true);
  expect(kOfN([], 1, 3)).toBe(false);
  expect(() => kOfN([], 4, 3)).toThrow('k of n');
});
