import { describe, expect, it } from 'vitest';
import { rng } from '../random.ts';
import { attributeChange } from './attribute.ts';
import type { AttributionRun } from './design.ts';
import golden from './fixtures/attributions.json' with { type: 'json' };
import { fitRidge, resampledRidge } from './ridge.ts';

const aRun = (value: number, factors: Record<string, string>): AttributionRun => ({ value, factors });
const asRuns = (runs: readonly { value: number; factors: Record<string, string> }[]): AttributionRun[] => [...runs];
const options = { seed: 1 };

describe('the attribution of a change', () => {
  it('has the Shapley values and the prediction error that scikit-learn finds for an additive ridge fit', () => {
    const [from, to, ...others] = asRuns(golden.surrogate.runs);
    const found = attributeChange(others, from!, to!, options);
    expect(found.method).toBe('surrogate');
    expect(found.predicts).toBeCloseTo(golden.surrogate.predicts, 8);
    const expected: Record<string, number> = golden.surrogate.contributions;
    for (const { factors, value, low, high } of found.contributions) {
      expect(value).toBeCloseTo(expected[factors.join()] ?? Number.NaN, 9);
      expect(low).toBeLessThan(value);
      expect(high).toBeGreaterThan(value);
    }
    const explained = found.contributions.reduce((sum, { value }) => sum + value, 0);
    expect(found.remainder).toBeCloseTo(to!.value - from!.value - explained, 12);
  });

  it('has the Shapley values and the t intervals of least squares where every combination was run', () => {
    const runs = asRuns(golden.cells.runs);
    const { from, to, noise, contributions } = golden.cells;
    const others = runs.filter((_run, at) => at !== from && at !== to);
    const found = attributeChange(others, runs[from]!, runs[to]!, options);
    expect(found).toMatchObject({ method: 'cells', runs: runs.length });
    expect(found.noise).toBeCloseTo(noise, 10);
    const expected: Record<string, { value: number; low: number; high: number }> = contributions;
    for (const { factors, ...one } of found.contributions)
      for (const part of ['value', 'low', 'high'] as const)
        expect(one[part]).toBeCloseTo(expected[factors.join()]?.[part] ?? Number.NaN, 9);
  });

  it('does not tell apart what changed together in every run, and tells the rest', () => {
    const random = rng(3);
    const others = Array.from({ length: 40 }, (): AttributionRun => {
      const large = random.bernoulli(0.5);
      const depth = 1 + random.int(5);
      const value = 0.5 + 0.1 * large + 0.02 * depth + 0.005 * random.normal();
      return aRun(value, { rate: large ? '0.1' : '0.01', batch: large ? '256' : '32', depth: String(depth) });
    });
    const from = aRun(0.52, { rate: '0.01', batch: '32', depth: '1' });
    const to = aRun(0.7, { rate: '0.1', batch: '256', depth: '5' });
    const { contributions } = attributeChange(others, from, to, options);
    expect(contributions.map(({ factors }) => factors)).toEqual([['batch', 'rate'], ['depth']]);
    expect(contributions[0]!.value).toBeCloseTo(0.1, 2);
    expect(contributions[1]!.value).toBeCloseTo(0.08, 2);
  });

  it('tells three that only came apart as a whole from one that came apart', () => {
    // a and b together say c: none of the three moves alone, and no two of them do.
    const runs = [
      aRun(1, { a: '0', b: '0', c: '0', d: 'x' }),
      aRun(2, { a: '1', b: '1', c: '1', d: 'x' }),
      aRun(1.5, { a: '0', b: '0', c: '0', d: 'y' }),
      aRun(2.5, { a: '1', b: '1', c: '1', d: 'y' }),
      aRun(1.1, { a: '0', b: '0', c: '0', d: 'x' }),
      aRun(2.6, { a: '1', b: '1', c: '1', d: 'y' }),
    ];
    const { contributions } = attributeChange(runs.slice(1, 3).concat(runs.slice(4)), runs[0]!, runs[3]!, options);
    expect(contributions.map(({ factors }) => factors.join('+'))).toEqual(['a+b+c', 'd']);
  });

  it('gives the whole change to everything that changed when there are only the two runs', () => {
    const found = attributeChange([], aRun(0.5, { a: '1', b: 'x' }), aRun(0.7, { a: '2', b: 'y' }), options);
    expect(found).toMatchObject({ method: 'pair', runs: 2, noise: null, predicts: null });
    expect(found.contributions).toEqual([{ factors: ['a', 'b'], value: expect.closeTo(0.2), low: null, high: null }]);
    expect(found.remainder).toBeCloseTo(0);
  });

  it('leaves a change between runs alike in everything to the remainder, beside the noise of such runs', () => {
    const others = [0.5, 0.54, 0.46].map((value) => aRun(value, { a: '1' }));
    const found = attributeChange(others, aRun(0.5, { a: '1' }), aRun(0.6, { a: '1' }), options);
    expect(found.contributions).toEqual([]);
    expect(found.remainder).toBeCloseTo(0.1);
    expect(found.noise).toBeGreaterThan(0.04);
  });

  it('covers the true effect with its intervals about as often as it says', () => {
    let covered = 0;
    const trials = 120;
    for (let trial = 0; trial < trials; trial++) {
      const random = rng(trial);
      const draw = (): AttributionRun => {
        const a = random.int(6);
        const b = random.bernoulli(0.5);
        return aRun(0.03 * a + 0.1 * b + 0.05 * random.normal(), { a: String(a), b: b ? 'on' : 'off' });
      };
      const from = aRun(0.05 * random.normal(), { a: '0', b: 'off' });
      const to = aRun(0.25 + 0.05 * random.normal(), { a: '5', b: 'on' });
      const others = Array.from({ length: 60 }, draw);
      const { contributions } = attributeChange(others, from, to, { seed: trial, resamples: 150 });
      const b = contributions.find(({ factors }) => factors.join() === 'b');
      if (b && b.low !== null && b.high !== null && b.low <= 0.1 && b.high >= 0.1) covered++;
    }
    // 95 % intervals of the bootstrap are a little narrow at this size.
    expect(covered / trials).toBeGreaterThan(0.87);
  });

  it('fits a resample as if its rows were written down', () => {
    const random = rng(9);
    const rows = Array.from({ length: 30 }, () => [random.normal() + 5, random.normal(), random.bernoulli(0.4)]);
    const values = rows.map(([a = 0, b = 0]) => 2 * a - b + random.normal());
    const drawn = rows.map(() => random.int(30));
    const counts = rows.map((_row, at) => drawn.filter((one) => one === at).length);
    const plain = fitRidge(
      drawn.map((at) => rows[at]!),
      drawn.map((at) => values[at]!),
      0.1,
    );
    const found = resampledRidge(rows, values, 0.1)(counts);
    for (const [at, one] of plain.coefficients.entries()) expect(found[at]).toBeCloseTo(one, 9);
  });

  it('refuses a value that is no number', () => {
    expect(() => attributeChange([], aRun(Number.NaN, {}), aRun(1, {}), options)).toThrow(RangeError);
  });
});
