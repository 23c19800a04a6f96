import { describe, expect, it } from 'vitest';
import { histogramOf } from './histogram.ts';

describe('histogramOf', () => {
  it('counts every value once, the greatest in the last bin', () => {
    const { edges, current } = histogramOf('loss', [0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(edges?.map((edge) => Math.round(edge * 100) / 100)).toEqual([0, 2.67, 5.33, 8]);
    expect(current).toEqual([3, 3, 3]);
  });
  it('has one bin where all values are the same', () => {
    expect(histogramOf('loss', [2, 2, 2])).toMatchObject({ edges: [2, 3], current: [3] });
  });
});
