import type { Signature } from '@millwright/contract';
import { describe, expect, it } from 'vitest';
import { readInputs, readReply, textsOf } from './infer-request.ts';

const signature: Signature = {
  task: 'classification',
  target: 'fraud',
  classes: ['no', 'yes'],
  inputs: [
    { name: 'amount', datatype: 'FP32', shape: [-1, 1] },
    { name: 'hour', datatype: 'INT64', shape: [-1, 1] },
    { name: 'label_in', feature: 'label', datatype: 'BYTES', shape: [-1, 1] },
    { name: 'online', datatype: 'BOOL', shape: [-1, 1] },
  ],
  outputs: [],
};
const texts = { amount: '12.5', hour: '4', label_in: 'a', online: 'true' };

describe('readInputs', () => {
  it('makes a request of one row with the data types of the signature', () => {
    expect(readInputs(signature, texts).request?.inputs).toEqual([
      { name: 'amount', shape: [1, 1], datatype: 'FP32', data: [12.5] },
      { name: 'hour', shape: [1, 1], datatype: 'INT64', data: [4] },
      { name: 'label_in', shape: [1, 1], datatype: 'BYTES', data: ['a'] },
      { name: 'online', shape: [1, 1], datatype: 'BOOL', data: [true] },
    ]);
  });
  it('sends nothing typed as a missing value where the data type knows one', () => {
    const { request } = readInputs(signature, { ...texts, amount: '', label_in: '' });
    expect(request?.inputs.map((input) => input.data[0])).toEqual([null, 4, null, true]);
  });
  it.each([
    ['amount', 'abc'],
    ['amount', '1e999'],
    ['hour', '4.5'],
    ['hour', ''],
    ['hour', '99999999999999999999'],
    ['online', ''],
  ])('refuses %s = "%s" beside the field', (name, text) => {
    const { request, problems } = readInputs(signature, { ...texts, [name]: text });
    expect(request).toBeNull();
    expect(Object.keys(problems)).toEqual([name]);
  });
});
describe('textsOf', () => {
  it('fills the form out of a captured prediction', () => {
    expect(textsOf(signature, { amount: 3, hour: null, label: 'b', online: false })).toEqual({
      amount: '3',
      hour: '',
      label_in: 'b',
      online: 'false',
    });
  });
});
describe('readReply', () => {
  const reply = {
    model_name: 'e',
    model_version: '3',
    id: 'r',
    parameters: { prediction_ids: ['p1'], variant: 'champion' },
  };
  it('tells the answer and the classes, most probable first', () => {
    const outputs = [
      { name: 'label', shape: [1], datatype: 'BYTES' as const, data: ['yes'] },
      { name: 'probabilities', shape: [1, 2], datatype: 'FP32' as const, data: [0.2, 0.8] },
    ];
    expect(readReply(signature, { ...reply, outputs })).toEqual({
      answer: 'yes',
      classes: [
        { label: 'yes', probability: 0.8 },
        { label: 'no', probability: 0.2 },
      ],
      predictionId: 'p1',
      variant: 'champion',
    });
  });
  it('tells the value of a regression', () => {
    const outputs = [{ name: 'value', shape: [1, 1], datatype: 'FP64' as const, data: [42.5] }];
    expect(readReply({ ...signature, classes: null }, { ...reply, outputs })).toMatchObject({
      answer: '42.5',
      classes: [],
    });
  });
});
