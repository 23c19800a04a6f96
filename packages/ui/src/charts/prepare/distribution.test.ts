import { describe, expect, it } from 'vitest';
import { prepareDistribution } from './distribution.ts';

const over = (edges: number[]) =>
  prepareDistribution({
    column: 'amount',
    kind: 'number',
    edges,
    labels: null,
    reference: [5, 5, 5, 5],
    current: [1, 2, 3, 14],
    referenceRows: 20,
    currentRows: 20,
  });

describe('prepareDistribution', () => {
  it('puts bins of one width on a scale', () => {
    expect(over([0, 10, 20, 30, 40]).ticks.map((tick) => tick.label)).toEqual(['0', '10', '20', '30', '40']);
  });
  it('puts bins of quantiles side by side, with their edges below', () => {
    const { bars, ticks } = over([0, 1, 2, 10, 500]);
    expect(bars.map((bar) => [bar.from, bar.to])).toEqual([
      [0, 0.25],
      [0.25, 0.5],
      [0.5, 0.75],
      [0.75, 1],
    ]);
    expect(ticks.map((tick) => [tick.at, tick.label])).toEqual([
      [0, '0'],
      [0.25, '1'],
      [0.5, '2'],
      [0.75, '10'],
      [1, '500'],
    ]);
  });
});
