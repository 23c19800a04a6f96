import { describe, expect, it } from 'vitest';
import { columnOf, selectRows, sliceTable, tableFromRows } from './table.ts';

const rows = [
  [1, 'a', true, 10n, null],
  [2.5, null, false, 20n, null],
  [null, 'b', null, null, null],
  [4, 'a', true, 40n, null],
];
const table = tableFromRows(
  ['number', 'text', 'flag', 'big', 'empty'].map((name) => ({ name })),
  rows,
);

describe('a table built from rows', () => {
  it('reads numbers, big integers and booleans as numbers, with NaN for null', () => {
    expect([...columnOf(table, 'number', 'number').values]).toEqual([1, 2.5, Number.NaN, 4]);
    expect([...columnOf(table, 'flag', 'number').values]).toEqual([1, 0, Number.NaN, 1]);
    expect([...columnOf(table, 'big', 'number').values]).toEqual([10, 20, Number.NaN, 40]);
    expect([...columnOf(table, 'empty', 'number').values]).toEqual([Number.NaN, Number.NaN, Number.NaN, Number.NaN]);
  });

  it('codes strings by level, with -1 for null and the empty string', () => {
    expect(table.columns.text).toEqual({ kind: 'category', codes: Int32Array.of(0, -1, 1, 0), levels: ['a', 'b'] });
    expect(tableFromRows([{ name: 't' }], [['']]).columns.t).toMatchObject({ codes: Int32Array.of(-1), levels: [] });
  });

  it('reads numbers as categories when asked', () => {
    const forced = tableFromRows([{ name: 'n', kind: 'category' }], [[1], [20n], [true], [Number.NaN]]);
    expect(forced.columns.n).toEqual({
      kind: 'category',
      codes: Int32Array.of(0, 1, 2, -1),
      levels: ['1', '20', 'true'],
    });
  });

  it('names column and row of a value it cannot use', () => {
    const read = () => tableFromRows([{ name: 'n', kind: 'number' }], [[1], ['x']]);
    expect(read).toThrow('Column "n", row 2: the text "x" cannot be used as a number.');
    expect(() => tableFromRows([{ name: 'd' }], [[new Date()]])).toThrow('Column "d", row 1: a value of type object');
  });

  it('is sliced by rows without copying values or levels', () => {
    const slice = sliceTable(table, 1, 3);
    const text = columnOf(slice, 'text', 'category');
    expect(slice.rowCount).toBe(2);
    expect([...text.codes]).toEqual([-1, 1]);
    expect(text.levels).toBe(columnOf(table, 'text', 'category').levels);
    expect(columnOf(slice, 'number', 'number').values.buffer).toBe(columnOf(table, 'number', 'number').values.buffer);
    expect(sliceTable(table, 3, 99).rowCount).toBe(1);
  });

  it('gives chosen rows in the chosen order', () => {
    const chosen = selectRows(table, Int32Array.of(3, 0));
    expect([...columnOf(chosen, 'number', 'number').values]).toEqual([4, 1]);
    expect(chosen.rowCount).toBe(2);
  });
});
