import { describe, expect, it } from 'vitest';
import { holdBack } from './hold-back.ts';

const same = (row: string) => row;
describe('holdBack', () => {
  it('shows everything before anything was accepted', () => {
    expect(holdBack(['b', 'a'], null, same)).toEqual({ shown: ['b', 'a'], waiting: 0 });
  });
  it('keeps new rows above the accepted ones waiting', () => {
    expect(holdBack(['d', 'c', 'b', 'a'], new Set(['b', 'a']), same)).toEqual({ shown: ['b', 'a'], waiting: 2 });
  });
  it('shows rows below the accepted ones, which somebody loaded', () => {
    expect(holdBack(['c', 'b', 'a', 'z'], new Set(['b', 'a']), same)).toEqual({ shown: ['b', 'a', 'z'], waiting: 1 });
  });
  it('starts anew when none of the accepted rows is left', () => {
    expect(holdBack(['x'], new Set(['a']), same)).toEqual({ shown: ['x'], waiting: 0 });
  });
});
