import { describe, expect, it } from 'vitest';
import { createBreaker } from './breaker.ts';

const tripsAfter = (outcomes: boolean[]): number => {
  const breaker = createBreaker();
  return outcomes.findIndex((failed) => breaker.record(failed)) + 1;
};

describe('the circuit breaker', () => {
  it('trips when half of twenty successive requests failed', () =>
    expect(tripsAfter(Array.from({ length: 40 }, (_, i) => i % 2 === 0))).toBe(20));
  it('does not trip on fewer', () => expect(tripsAfter(Array.from({ length: 400 }, (_, i) => i % 20 < 9))).toBe(0));
  it('trips once and remembers why', () => {
    const breaker = createBreaker();
    const trips = Array.from({ length: 60 }, () => breaker.record(true)).filter(Boolean);
    expect([trips.length, breaker.tripped]).toEqual([1, { requests: 20, failed: 20 }]);
  });
});
