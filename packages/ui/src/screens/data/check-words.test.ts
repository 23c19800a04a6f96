import { describe, expect, it } from 'vitest';
import { type CheckForm, checkWords, parametersOf } from './check-words.ts';

const form = (part: Partial<CheckForm>): CheckForm => ({
  kind: 'in-range',
  column: 'amount',
  type: '',
  min: '',
  max: '',
  values: '',
  tolerancePercent: '',
  ...part,
});

describe('parametersOf', () => {
  it('leaves out an open end of a range and turns percent into a share', () => {
    expect(parametersOf(form({ min: '0', tolerancePercent: '1.5' }), 'number')).toEqual({ min: 0, maxFraction: 0.015 });
  });
  it('reads values as the type of the column says', () => {
    const typed = form({ kind: 'in-set', values: '1\n2\n\n' });
    expect(parametersOf(typed, 'integer')).toEqual({ values: [1, 2], maxFraction: 0 });
    expect(parametersOf(typed, 'string')).toEqual({ values: ['1', '2'], maxFraction: 0 });
    expect(parametersOf(form({ kind: 'in-set', values: 'True\nfalse' }), 'boolean')).toEqual({
      values: [true, false],
      maxFraction: 0,
    });
  });
});
describe('checkWords', () => {
  it('says a range with one end open and its tolerance', () => {
    expect(checkWords({ kind: 'in-range', parameters: { min: 0, max: null, maxFraction: 0.01 } })).toBe(
      'at least 0, up to 1 % may differ',
    );
  });
  it('shortens long sets', () => {
    expect(checkWords({ kind: 'in-set', parameters: { values: [1, 2, 3, 4, 5, 6, 7] } })).toBe(
      'one of 1, 2, 3, 4, 5 and 2 more',
    );
  });
});
