import { describe, expect, it } from 'vitest';
import { linesWithin, prepareParallel, scaleOf } from './parallel.ts';
import { prepareScatter } from './scatter.ts';

const run = (id: string, values: Record<string, number | string | null>) => ({ id, label: id, values });
const axes = ['rate', 'kind', 'accuracy'].map((id) => ({ id, label: id }));

describe('scaleOf', () => {
  it('is logarithmic only over three powers of ten of positive values', () => {
    expect(scaleOf(['0.0001', '0.1']).kind).toBe('log');
    expect(scaleOf(['0.001', '0.1']).kind).toBe('linear');
    expect(scaleOf([0, 1000]).kind).toBe('linear');
    expect(scaleOf(['0.0001', '0.01', '1']).place('0.01')).toBeCloseTo(0.5);
  });
  it('orders words and puts a single value in the middle', () => {
    const words = scaleOf(['ridge', 'logistic', '10', '9']);
    expect(words.kind).toBe('words');
    expect(words.ticks.map((tick) => tick.label)).toEqual(['9', '10', 'logistic', 'ridge']);
    expect(scaleOf([5, 5]).place(5)).toBe(0.5);
  });
  it('has no place for what is missing or not finite', () => {
    const scale = scaleOf([1, 2, 'NaN', null]);
    expect(scale.kind).toBe('linear');
    expect(['NaN', 'Infinity', null, undefined, ''].map((value) => scale.place(value))).toEqual([
      null,
      null,
      null,
      null,
      null,
    ]);
  });
});

describe('prepareParallel', () => {
  const prepared = prepareParallel(
    [run('a', { rate: '0.1', kind: 'x', accuracy: 0.9 }), run('b', { rate: '0.3', kind: 'y', accuracy: 'NaN' })],
    { axes },
  );
  it('leaves a gap where a line has no value', () => {
    expect(prepared.lines.map((line) => line.points)).toEqual([
      [0, 0, 0.5],
      [1, 1, null],
    ]);
  });
  it('names the best on the last axis', () => {
    expect(prepared.sentence).toContain('The highest accuracy is 0.9 of a');
  });
  it('says how many axes and lines are left out', () => {
    const capped = prepareParallel([run('a', {}), run('b', {})], { axes, axisLimit: 2, lineLimit: 1 });
    expect(capped.note).toBe('2 of 3 axes, 1 of 2 lines');
  });
  it('finds the lines within all chosen spans', () => {
    expect(linesWithin(prepared.lines, { 0: [0, 0.5] })).toEqual(['a']);
    expect(linesWithin(prepared.lines, { 0: [0, 1], 2: [0, 1] })).toEqual(['a']);
    expect(linesWithin(prepared.lines, {})).toEqual(['a', 'b']);
  });
});

describe('prepareScatter', () => {
  it('does not draw, but counts, what lacks a value', () => {
    const prepared = prepareScatter(
      [
        { id: 'a', label: 'a', x: '1', y: 0.5 },
        { id: 'b', label: 'b', x: '2', y: null },
      ],
      { xLabel: 'rate', yLabel: 'accuracy' },
    );
    expect(prepared.points.map((point) => point.id)).toEqual(['a']);
    expect(prepared.note).toBe('1 of 2 lack a value');
  });
});
