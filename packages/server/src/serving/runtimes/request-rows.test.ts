import type { InferRequest, TensorMeta } from '@millwright/contract';
import { describe, expect, it } from 'vitest';
import { inputPlanOf, readRequestRows } from './request-rows.ts';

const plan = inputPlanOf([
  { name: 'amount', datatype: 'FP64', shape: [-1, 1] },
  { name: 'country', datatype: 'BYTES', shape: [-1, 1] },
] as TensorMeta[]);
const only = (datatype: TensorMeta['datatype'], shape = [-1, 1]) => inputPlanOf([{ name: 'x', datatype, shape }]);
const amount = (more: object = {}) => ({ name: 'amount', shape: [2, 1], datatype: 'FP64', data: [1, 2], ...more });
const country = (more: object = {}) => ({
  name: 'country',
  shape: [2, 1],
  datatype: 'BYTES',
  data: ['DE', 'FR'],
  ...more,
});
const read = (inputs: unknown, of = plan, unitColumn: string | null = null) =>
  readRequestRows(of, { inputs } as InferRequest, unitColumn);
const x = (data: unknown, more: object = {}) => [{ name: 'x', shape: [1], datatype: 'FP64', data, ...more }];

describe('reading a request', () => {
  it('takes the inputs in any order, flat or nested, of shape [n, 1] or [n]', () => {
    expect(read([country({ data: [['DE'], ['FR']] }), amount({ shape: [2] })])).toEqual({
      rows: 2,
      columns: [
        [1, 2],
        ['DE', 'FR'],
      ],
      extras: [],
    });
  });

  it('reads null as a missing value and leaves the request as it was', () => {
    const data = [1, null];
    expect(read([amount({ data }), country({ data: [null, 'FR'] })]).columns).toEqual([
      [1, Number.NaN],
      ['', 'FR'],
    ]);
    expect(data).toEqual([1, null]);
  });

  it('takes every datatype of numbers where the model takes numbers', () => {
    for (const datatype of ['FP32', 'FP64', 'INT64', 'UINT8'])
      expect(read(x([3], { datatype }), only('FP64')).columns).toEqual([[3]]);
    expect(read(x([true], { datatype: 'BOOL' }), only('BOOL')).columns).toEqual([[1]]);
  });

  it('keeps all digits of a bigint for INT64', () => {
    expect(read(x([9_223_372_036_854_775_807n], { datatype: 'INT64' }), only('INT64')).columns).toEqual([
      [9_223_372_036_854_775_807n],
    ]);
    expect(() => read(x([9_223_372_036_854_775_808n], { datatype: 'INT64' }), only('INT64'))).toThrow(
      "Input 'x' value 1: does not fit in INT64",
    );
    expect(() => read(x([2 ** 60], { datatype: 'INT64' }), only('INT64'))).toThrow('2^53');
  });

  it.each([
    [
      'an unknown input',
      [amount(), country(), { ...amount(), name: 'amuont' }],
      "Input 'amuont' is not an input of the model, which takes 'amount', 'country'",
    ],
    ['a missing input', [amount()], "Input 'country' is missing"],
    ['an input given twice', [amount(), amount(), country()], "Input 'amount' is given twice"],
    [
      'other numbers of rows',
      [amount(), country({ shape: [1, 1], data: ['DE'] })],
      "Input 'country' has 1 rows, the ones before it have 2",
    ],
    [
      'another shape',
      [amount({ shape: [1, 2] }), country()],
      "Input 'amount' has the shape [1, 2], the model takes [-1, 1]",
    ],
    ['too few values', [amount({ data: [1] }), country()], "Input 'amount' has 1 values, its shape makes 2"],
    [
      'another datatype',
      [amount({ datatype: 'BYTES', data: ['1', '2'] }), country()],
      "Input 'amount' has the datatype BYTES, the model takes FP64",
    ],
    [
      'a string for a number',
      [amount({ data: [1, '2'] }), country()],
      "Input 'amount' value 2: is a string, not a number",
    ],
    [
      'a number for a string',
      [amount(), country({ data: ['DE', 3] })],
      "Input 'country' value 2: is a number, not a string",
    ],
    [
      'an infinite number',
      [amount({ data: [1, Number.POSITIVE_INFINITY] }), country()],
      "Input 'amount' value 2: is not a finite FP64 number",
    ],
    [
      'nesting unlike the shape',
      [amount({ data: [[1, 2]] }), country()],
      "Input 'amount' is not nested as its shape [2, 1] says",
    ],
    ['deep nesting', [amount({ data: [[[1]], [[2]]] }), country()], "Input 'amount' is nested deeper than its shape"],
    ['no rows', [amount({ shape: [0, 1], data: [] }), country()], "Input 'amount' has no rows"],
    ['a shape that is no list', [amount({ shape: 2 }), country()], "Input 'amount' has no shape"],
    ['no data', [amount({ data: undefined }), country()], "Input 'amount' has no list 'data'"],
    ['no inputs', [], "'inputs' must be a list"],
    ['inputs that are no list', { amount: 1 }, "'inputs' must be a list"],
    ['an input without a name', [{ shape: [1] }], 'Every input needs a name'],
    ['null for an input', [null], 'Every input needs a name'],
  ])('refuses %s and names it', (_what, inputs, message) => {
    expect(() => read(inputs)).toThrow(message);
  });

  it('refuses fractions for whole numbers and numbers that do not fit', () => {
    expect(() => read(x([1.5]), only('INT32'))).toThrow('is not a whole number');
    expect(() => read(x([2 ** 31]), only('INT32'))).toThrow('does not fit in INT32');
    expect(() => read(x([1e300]), only('FP32'))).toThrow('is not a finite FP32 number');
    expect(() => read(x([null]), only('INT32'))).toThrow('is null, not a number');
  });

  it('takes vectors as the model has them', () => {
    expect(read(x([[1, 2, 3]], { shape: [1, 3] }), only('FP32', [-1, 3])).columns).toEqual([[1, 2, 3]]);
    expect(() => read(x([1, 2, 3], { shape: [3] }), only('FP32', [-1, 3]))).toThrow('the model takes [-1, 3]');
  });

  it('takes along the unit column and what is only to be captured', () => {
    const unit = { name: 'customer', shape: [2], datatype: 'BYTES', data: ['a', 'b'] };
    const time = { name: 'time', shape: [2], datatype: 'INT64', data: [5, 6], parameters: { capture_only: true } };
    expect(read([amount(), country(), unit, time], plan, 'customer').extras).toEqual([
      { name: 'customer', values: ['a', 'b'] },
      { name: 'time', values: [5, 6] },
    ]);
    expect(() => read([amount(), country(), unit])).toThrow("'customer' is not an input");
  });
});
