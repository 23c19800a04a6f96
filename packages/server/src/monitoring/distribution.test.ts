import { prepareReference } from '@millwright/stats';
import { describe, expect, it } from 'vitest';
import { asKind } from './column-values.ts';
import { compareColumn } from './distribution.ts';
import { referenceRange } from './references/reference.ts';

const sum = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0);

describe('the distribution of a column', () => {
  it('counts every number of both sides, outside of the reference too', () => {
    const reference = prepareReference(
      Array.from({ length: 1000 }, (_, i) => i),
      'number',
    );
    const found = compareColumn('x', reference, {
      kind: 'number',
      values: Float64Array.of(-50, 500, 5000, Number.NaN),
    });
    expect([found.edges![0], found.edges!.at(-1)]).toEqual([-50, 5000]);
    expect([sum(found.reference), sum(found.current)]).toEqual([1000, 3]);
    expect(found).toMatchObject({ referenceRows: 1000, currentRows: 4, labels: null });
  });

  it('has a bin for a constant column, and for one without any value', () => {
    const constant = compareColumn('x', prepareReference([3, 3, 3], 'number'), {
      kind: 'number',
      values: Float64Array.of(3, 3),
    });
    expect(constant).toMatchObject({ edges: [2.5, 3.5], reference: [3], current: [2] });
    const none = compareColumn('x', prepareReference([null, null], 'number'), {
      kind: 'number',
      values: Float64Array.of(Number.NaN),
    });
    expect(none).toMatchObject({ reference: [0], current: [0], referenceRows: 2, currentRows: 1 });
  });

  it('names the most frequent categories, gathers the others and shows what is missing', () => {
    const values = Array.from({ length: 600 }, (_, i) => `c${i % 30}`);
    const current = { kind: 'category', values: ['new', 'new', null] } as const;
    const found = compareColumn(
      'x',
      prepareReference(values, 'category'),
      asKind({ ...current, values: [...current.values] }, 'category', 3),
    );
    expect(found.labels).toHaveLength(22);
    expect(found.labels!.slice(-2)).toEqual(['(other)', '(missing)']);
    expect([found.labels![0], found.current[0], found.reference[0]]).toEqual(['new', 2, 0]);
    expect([sum(found.reference), sum(found.current)]).toEqual([600, 3]);
  });
});

describe('the values of a column', () => {
  it('are read as the model takes them', () => {
    expect([...asKind({ kind: 'category', values: ['1.5', 'true', '', null, 'x'] }, 'number', 5).values]).toEqual([
      1.5,
      1,
      Number.NaN,
      Number.NaN,
      Number.NaN,
    ]);
    expect(asKind({ kind: 'number', values: Float64Array.of(2, Number.NaN) }, 'category', 2).values).toEqual([
      '2',
      null,
    ]);
    expect(asKind(undefined, 'category', 2).values).toEqual([null, null]);
  });
});

describe('the rows of a reference', () => {
  it('are the newest of those that were learned from', () => {
    expect(referenceRange(10_000, { holdoutFrom: 8000, window: null })).toEqual({ from: 3000, to: 8000 });
    expect(referenceRange(10_000, { holdoutFrom: 8000, window: 400 })).toEqual({ from: 7600, to: 8000 });
    expect(referenceRange(10_000, null)).toEqual({ from: 5000, to: 10_000 });
    expect(referenceRange(300, { holdoutFrom: 225, window: 1000 })).toEqual({ from: 0, to: 225 });
  });
});
