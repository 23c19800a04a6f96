import type { ContractTest } from '@millwright/contract';
import { describe, expect, it } from 'vitest';
import { draftOf, testOf } from './test-draft.ts';

const tests: ContractTest[] = [
  { name: 'columns', kind: 'signature', inputs: [{ name: 'amount', type: 'number' }, { name: 'a: b' }] },
  { name: 'answers', kind: 'signature', inputs: [], outputs: [{ name: 'label', type: 'text' }], weight: 'advisory' },
  { name: 'tagged', kind: 'metadata', tags: { team: 'risk=high', checked: null }, description: true },
  { name: 'linked', kind: 'metadata', run: true },
  { name: 'small', kind: 'size', maxBytes: 1_234_567 },
  { name: 'there', kind: 'files', paths: ['MLmodel', 'data/model.onnx'] },
  {
    name: 'golden',
    kind: 'examples',
    weight: 'where-executable',
    examples: [
      { inputs: { amount: 12.5, note: 'a -> b' }, outputs: { label: 'ok' } },
      { inputs: { amount: null, late: false }, outputs: { scores: [0.1, 0.9] } },
    ],
    tolerance: 0.001,
  },
  { name: 'fast', kind: 'latency', row: { amount: 1 }, maxP95Ms: 5, calls: 50 },
  {
    name: 'abroad',
    kind: 'slice',
    datasetVersionId: 'dsv_01M8Q8GD23DZERM2P1R09J2YA1',
    target: 'fraud',
    where: { column: 'abroad', equals: true },
    metric: 'f1',
    atLeast: 0.8,
  },
];

describe('the draft of a test', () => {
  it.each(tests)('of kind $kind ($name) means the test it was made from', (test) => {
    expect(testOf(draftOf(test))).toEqual({ test });
  });
  it.each([
    ['a name', { name: ' ', kind: 'size', fields: { megabytes: '1' } }, 'name'],
    ['a number', { name: 'x', kind: 'size', fields: { megabytes: 'ten' } }, 'must be a number'],
    ['a file', { name: 'x', kind: 'files', fields: {} }, 'at least one file'],
    ['an arrow', { name: 'x', kind: 'examples', fields: { examples: '{"a":1}' } }, 'inputs -> outputs'],
    ['JSON', { name: 'x', kind: 'latency', fields: { row: '[1]', maxP95Ms: '5' } }, 'an object in JSON'],
    ['the data', { name: 'x', kind: 'slice', fields: { target: 'y' } }, 'Choose the data set version'],
  ] as const)('says when it lacks %s', (_what, draft, problem) => {
    expect(testOf({ weight: 'required', ...draft })).toEqual({ problem: expect.stringContaining(problem) });
  });
});
