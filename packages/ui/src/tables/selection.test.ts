import { describe, expect, it } from 'vitest';
import { withIds, withRange } from './selection.ts';

const ids = ['a', 'b', 'c', 'd', 'e'];
const idAt = (index: number) => ids[index];

describe('selection', () => {
  it('adds and removes', () => {
    expect([...withIds(new Set(['a']), ['b', 'c'], true)]).toEqual(['a', 'b', 'c']);
    expect([...withIds(new Set(['a', 'b']), ['b', 'c'], false)]).toEqual(['a']);
  });
  it('selects from one row to another, in either direction', () => {
    expect([...withRange(new Set(['b']), idAt, { from: 1, to: 3 })]).toEqual(['b', 'c', 'd']);
    expect([...withRange(new Set(['d']), idAt, { from: 3, to: 1 })].sort()).toEqual(['b', 'c', 'd']);
  });
  it('clears the rows between when the row clicked is selected', () => {
    expect([...withRange(new Set(ids), idAt, { from: 1, to: 3 })]).toEqual(['a', 'e']);
  });
  it('leaves out rows that are not loaded', () => {
    expect([...withRange(new Set(), (index) => (index === 2 ? undefined : ids[index]), { from: 1, to: 3 })]).toEqual([
      'b',
      'd',
    ]);
  });
});
