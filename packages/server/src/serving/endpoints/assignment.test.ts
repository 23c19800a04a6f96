import { rng } from '@millwright/stats';
import { describe, expect, it } from 'vitest';
import { bucketCount, bucketOf, isChallengers } from './assignment.ts';

const units = Array.from({ length: 20_000 }, (_, i) => `customer-${i}`);

describe('assignment of units', () => {
  it('gives a unit the same variant every time', () => {
    for (const unit of units.slice(0, 500))
      expect(isChallengers('rol_1', unit, 0.3)).toBe(isChallengers('rol_1', unit, 0.3));
  });

  it('never moves a unit back to the champion when the weight rises', () => {
    const random = rng(7);
    for (let i = 0; i < 5000; i++) {
      const unit = `${random.next()}`;
      const [lower, higher] = [random.next(), random.next()].sort((a, b) => a - b) as [number, number];
      if (isChallengers('salt', unit, lower)) expect(isChallengers('salt', unit, higher)).toBe(true);
    }
  });

  it('gives the challenger the share of units that its weight says', () => {
    for (const weight of [0.01, 0.25, 0.5, 0.9]) {
      const share = units.filter((unit) => isChallengers('rol_1', unit, weight)).length / units.length;
      // Five standard deviations of a binomial share.
      expect(Math.abs(share - weight)).toBeLessThan(5 * Math.sqrt((weight * (1 - weight)) / units.length));
    }
    expect(units.some((unit) => isChallengers('rol_1', unit, 0))).toBe(false);
    expect(units.every((unit) => isChallengers('rol_1', unit, 1))).toBe(true);
  });

  it('deals anew in the next rollout', () => {
    const both =
      units.filter((unit) => isChallengers('rol_1', unit, 0.5) && isChallengers('rol_2', unit, 0.5)).length /
      units.length;
    expect(Math.abs(both - 0.25)).toBeLessThan(5 * Math.sqrt((0.25 * 0.75) / units.length));
  });

  it('spreads similar units evenly over the buckets', () => {
    const counts = new Array<number>(20).fill(0);
    for (const unit of units) counts[Math.floor((bucketOf('s', unit) / bucketCount) * 20)]!++;
    const expected = units.length / 20;
    const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    // The 0.9999 quantile of chi-square with 19 degrees of freedom.
    expect(chiSquare).toBeLessThan(52.4);
  });
});
