import { describe, expect, it } from 'vitest';
import { type TableColumn, chosenColumns, columnList, layOut, nextSort, readSort } from './columns.ts';

const column = (id: string, more: Partial<TableColumn<object>> = {}): TableColumn<object> => ({
  id,
  header: id,
  value: () => id,
  ...more,
});

describe('chosenColumns', () => {
  const columns = [column('name'), column('a,b%'), column('extra', { hidden: true })];
  it('shows all but the hidden ones at first', () => {
    expect(chosenColumns(columns, undefined).map((one) => one.id)).toEqual(['name', 'a,b%']);
  });
  it('follows the list in the address, also with odd names, and skips what is unknown', () => {
    const list = columnList(['extra', 'a,b%']);
    expect(chosenColumns(columns, `${list},gone`).map((one) => one.id)).toEqual(['extra', 'a,b%']);
  });
  it('falls back when nothing on the list exists', () => {
    expect(chosenColumns(columns, 'gone')).toHaveLength(2);
  });
});

describe('nextSort', () => {
  it('goes round: best first, the other way, as it came', () => {
    expect(nextSort(null, 'name', false)).toBe('name');
    expect(nextSort(readSort('name'), 'name', false)).toBe('-name');
    expect(nextSort(readSort('-name'), 'name', false)).toBeNull();
    expect(nextSort(readSort('name'), 'auc', true)).toBe('-auc');
    expect(nextSort(readSort('-auc'), 'auc', true)).toBe('auc');
    expect(nextSort(readSort('auc'), 'auc', true)).toBeNull();
  });
});

describe('layOut', () => {
  it('gives what is left over to the growing columns', () => {
    expect(layOut([{ width: 100 }, { width: 100, grow: true }], 300)).toEqual([
      { left: 0, width: 100 },
      { left: 100, width: 200 },
    ]);
  });
  it('never squeezes a column', () => {
    expect(layOut([{ width: 100 }, { width: 100 }], 50)).toEqual([
      { left: 0, width: 100 },
      { left: 100, width: 100 },
    ]);
  });
});
