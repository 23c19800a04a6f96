import { describe, expect, it } from 'vitest';
import { compareSettings, distanceOf, fingerprintOf, isSeed, settingsOf } from './settings.ts';

describe('the settings of a run', () => {
  it.each(['seed', 'random_state', 'model.random_state', 'numpy_seed', 'SEED', 'data/seed', 'random_seed'])(
    'takes %s for a seed',
    (key) => expect(isSeed(key)).toBe(true),
  );
  it.each(['seedling_size', 'lr', 'n_seeds', 'proceed', 'random_states'])('takes %s for a setting', (key) =>
    expect(isSeed(key)).toBe(false),
  );
  it('are the same with another seed, in another order, and with a number spelt otherwise', () => {
    const one = fingerprintOf({ lr: '0.1', kernel: 'rbf', seed: '1' });
    expect(fingerprintOf({ kernel: 'rbf', seed: '2', lr: '1e-1' })).toBe(one);
    expect(fingerprintOf({ kernel: 'rbf', lr: '0.2' })).not.toBe(one);
    expect(fingerprintOf({ kernel: 'rbf' })).not.toBe(one);
    expect(fingerprintOf({ 'lr","x': '0.1', kernel: 'rbf' })).not.toBe(one);
  });
  it('are not those that name the data', () => {
    expect(settingsOf({ datasetDigest: 'x', b: '2', a: '1', rows: '3' })).toEqual([
      ['a', '1'],
      ['b', '2'],
    ]);
  });
  it.each([
    ['0.1', '0.10', 0],
    ['100', '90', 0.1],
    ['-1', '1', 1],
    ['0', '0.0', 0],
    ['rbf', 'rbf', 0],
    ['rbf', 'poly', 1],
    ['1', 'one', 1],
    ['', '0', 1],
    ['1', undefined, 1],
    ['Infinity', '1', 1],
  ] as const)('lie between %s and %s at a distance of %d', (asked, had, distance) =>
    expect(distanceOf(asked, had)).toBeCloseTo(distance, 12),
  );
  it('are compared by the mean and the greatest distance of what is asked', () => {
    const asked = [
      ['lr', '0.1'],
      ['depth', '4'],
    ] as const;
    expect(compareSettings(asked, { lr: '0.05', depth: '4', other: 'x' })).toEqual({ mean: 0.25, greatest: 0.5 });
    expect(compareSettings([], {})).toEqual({ mean: 0, greatest: 0 });
  });
});
