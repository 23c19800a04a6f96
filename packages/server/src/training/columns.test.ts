import { describe, expect, it } from 'vitest';
import { orderBy, planColumns, tableColumn, targetOf } from './columns.ts';

const columns = [
  { name: 'at', type: 'timestamp' },
  { name: 'amount', type: 'number' },
  { name: 'country', type: 'string' },
  { name: 'fraud', type: 'boolean' },
] as const;

describe('the columns of a training', () => {
  it('learns from every column but target and time', () => {
    const plan = planColumns(columns, { target: 'fraud', timeColumn: 'at' });
    expect(plan.features).toEqual(['amount', 'country']);
  });
  it('refuses a timestamp as a feature unless it is named', () => {
    expect(() => planColumns(columns, { target: 'fraud', timeColumn: null })).toThrow('"at" is a timestamp');
    const named = planColumns(columns, { target: 'fraud', timeColumn: null, features: ['at', 'amount'] });
    expect(named.features).toEqual(['at', 'amount']);
  });
  it('names what is missing or used twice', () => {
    expect(() => planColumns(columns, { target: 'x', timeColumn: null })).toThrow('there are: at, amount, country');
    expect(() => planColumns(columns, { target: 'fraud', timeColumn: 'x' })).toThrow('time column "x" is not a column');
    expect(() => planColumns(columns, { target: 'fraud', timeColumn: null, features: ['x'] })).toThrow('feature "x"');
    expect(() => planColumns(columns, { target: 'fraud', timeColumn: null, features: ['fraud'] })).toThrow(
      'feature too',
    );
    expect(() => planColumns(columns, { target: 'at', timeColumn: null })).toThrow('is a timestamp');
    expect(() => planColumns(columns, { target: 'fraud', timeColumn: 'fraud' })).toThrow('both target and time');
  });
  it('reads labels of any type as text and keeps missing ones missing', () => {
    const numbers = targetOf(
      { name: 'y', type: 'integer', values: Float64Array.of(1, 0, Number.NaN, 1) },
      'classification',
    );
    expect(numbers).toEqual({ kind: 'category', codes: Int32Array.of(0, 1, -1, 0), levels: ['1', '0'] });
    const flags = targetOf({ name: 'y', type: 'boolean', values: Float64Array.of(1, 0, Number.NaN) }, 'classification');
    expect(flags).toEqual({ kind: 'category', codes: Int32Array.of(0, 1, -1), levels: ['true', 'false'] });
    expect(() => targetOf({ name: 'y', type: 'string', values: ['a'] }, 'regression')).toThrow('holds text');
  });
  it('makes categories of text and numbers of the rest', () => {
    expect(tableColumn({ name: 'c', type: 'string', values: ['b', null, ''] })).toMatchObject({
      kind: 'category',
      codes: Int32Array.of(0, -1, -1),
    });
    expect(tableColumn({ name: 'c', type: 'boolean', values: Float64Array.of(1) }).kind).toBe('number');
  });
});

describe('time order', () => {
  const numbers = (...values: number[]) => orderBy({ name: 't', type: 'number', values: Float64Array.from(values) });
  it('keeps equal rows as they were and puts unknown times first', () => {
    expect(numbers(3, 1, Number.NaN, 1, 2)).toEqual(Int32Array.of(2, 1, 3, 4, 0));
  });
  it('changes nothing where the order is right', () => {
    expect(numbers(Number.NaN, 1, 1, 2)).toBeNull();
    expect(orderBy({ name: 't', type: 'string', values: ['2024-02', '2024-01', null] })).toEqual(
      Int32Array.of(2, 1, 0),
    );
  });
});
