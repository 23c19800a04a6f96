import { describe, expect, it } from 'vitest';
import { createRate, stateOf } from './link.ts';

describe('the rate of readers', () => {
  it('lets so many through in a minute, for each name by itself', () => {
    const rate = createRate(2);
    expect([rate.enter('a', 0), rate.enter('a', 1), rate.enter('a', 2), rate.enter('b', 3)]).toEqual([
      true,
      true,
      false,
      true,
    ]);
    expect(rate.enter('a', 60_000)).toBe(true);
  });
  it('forgets the oldest names rather than growing', () => {
    const rate = createRate(1, 2);
    for (const name of ['a', 'b', 'c']) expect(rate.enter(name, 0)).toBe(true);
    expect(rate.enter('c', 0)).toBe(false);
    expect(rate.enter('a', 0)).toBe(true);
  });
});

describe('the state of a link', () => {
  it('is active until it expires, unless it was revoked', () => {
    expect(stateOf({ expiresAt: 10, revokedAt: null }, 9)).toBe('active');
    expect(stateOf({ expiresAt: 10, revokedAt: null }, 10)).toBe('expired');
    expect(stateOf({ expiresAt: 10, revokedAt: 5 }, 20)).toBe('revoked');
  });
});
