import type { Window } from '@millwright/contract';
import { describe, expect, it } from 'vitest';
import { prepareBullets } from './bullet.ts';
import { colourOf } from './colours.ts';
import { prepareConfusion } from './confusion.ts';
import { prepareDistribution } from './distribution.ts';
import { prepareGantt } from './gantt.ts';
import { prepareHeatMap } from './heat-map.ts';
import { prepareIntervals } from './intervals.ts';
import { prepareSeries, smooth } from './series.ts';
import { prepareShares } from './shares.ts';

describe('colourOf', () => {
  it('gives an entity the same colour every time and eight entities eight colours, none of them that of a role', () => {
    const names = Array.from({ length: 8 }, (_none, index) => `run ${index}`);
    const colours = names.map(colourOf);
    expect(new Set(colours).size).toBe(8);
    expect(colours).not.toContain('var(--series-1)');
    expect(names.map(colourOf)).toEqual(colours);
    expect(colourOf('champion')).toBe('var(--series-1)');
    expect(colourOf('reference')).toBe('var(--reference)');
  });
});

describe('prepareSeries', () => {
  const line = (label: string, points: [number, number | null][]) => ({
    entity: label,
    label,
    points: points.map(([x, y]) => ({ x, y })),
  });
  it('leaves a gap where a line has no value, never zero', () => {
    const { xs, lines } = prepareSeries(
      [
        line('a', [
          [1, 5],
          [3, Number.NaN],
        ]),
        line('b', [
          [2, 7],
          [3, 8],
        ]),
      ],
      { what: 'Loss', xKind: 'step' },
    );
    expect(xs).toEqual([1, 2, 3]);
    expect(lines.map((one) => one.ys)).toEqual([
      [5, null, null],
      [null, 7, 8],
    ]);
  });
  it('says how many series are drawn of how many', () => {
    const many = Array.from({ length: 30 }, (_none, index) => line(`s${index}`, [[0, index]]));
    const { lines, note } = prepareSeries(many, { what: 'Loss', xKind: 'step', limit: 5 });
    expect([lines.length, note]).toEqual([5, '5 of 30 series']);
  });
  it('describes itself in a sentence and as a table', () => {
    const { sentence, table } = prepareSeries(
      [
        line('a', [
          [1, 0.5],
          [2, 0.25],
        ]),
      ],
      { what: 'Loss', xKind: 'step', unit: 'share' },
    );
    expect(sentence).toBe('Loss over 2 steps: a goes from 50 % to 25 %.');
    expect(table).toEqual({
      head: ['Step', 'a'],
      rows: [
        ['1', '50 %'],
        ['2', '25 %'],
      ],
    });
  });
  it('draws the smoothed line over the pale raw one and keeps bounds of the raw', () => {
    const { lines } = prepareSeries(
      [
        {
          entity: 'a',
          label: 'a',
          points: [
            { x: 0, y: 1, low: 0, high: 2 },
            { x: 1, y: 3, low: 2, high: 4 },
          ],
        },
      ],
      { what: 'Loss', xKind: 'step', smoothing: 0.5 },
    );
    expect(lines.map((one) => [one.label, one.pale, one.lows])).toEqual([
      ['a, raw', true, [0, 2]],
      ['a', false, null],
    ]);
    expect(smooth([2, 2, null, 2], 0.9)).toEqual([expect.closeTo(2), expect.closeTo(2), null, expect.closeTo(2)]);
  });
});

describe('prepareDistribution', () => {
  it('compares shares, not counts, because the samples differ in size', () => {
    const { bars, sentence } = prepareDistribution({
      column: 'amount',
      kind: 'number',
      edges: [0, 10, 30],
      labels: null,
      reference: [50, 50],
      current: [1, 3],
      referenceRows: 100,
      currentRows: 4,
    });
    expect(bars.map((bar) => [bar.from, bar.to, bar.referenceShare, bar.currentShare])).toEqual([
      [0, expect.closeTo(1 / 3), 0.5, 0.25],
      [expect.closeTo(1 / 3), 1, 0.5, 0.75],
    ]);
    expect(sentence).toContain('4 current rows against 100');
  });
  it('shows the most frequent categories and says of how many', () => {
    const labels = Array.from({ length: 50 }, (_none, index) => `c${index}`);
    const counts = labels.map((_label, index) => index);
    const { bars, note } = prepareDistribution({
      column: 'c',
      kind: 'category',
      edges: null,
      labels,
      reference: counts,
      current: counts,
      referenceRows: 0,
      currentRows: 0,
    });
    expect([bars.length, bars[0]?.label, note]).toEqual([30, 'c49', '30 of 50 values']);
  });
});

describe('prepareHeatMap', () => {
  const column = (name: string, effect: number | null, drifted = false) => ({
    column: name,
    effect,
    drifted,
    confirmed: drifted,
  });
  const window = (number: number, columns: object[]) =>
    ({ id: `w${number}`, number, modelVersion: 1, startAt: 0, columns }) as unknown as Window;
  it('puts windows in order of time and the feature with the greatest impact on top', () => {
    const map = prepareHeatMap([
      window(2, [column('a', 0.1), column('b', 0.4, true)]),
      window(1, [column('a', 0.2), column('b', null)]),
    ]);
    expect(map.windows.map((one) => one.number)).toEqual([1, 2]);
    expect(map.features.map((one) => one.name)).toEqual(['b', 'a']);
    expect(map.features[0]?.cells.map((cell) => cell.effect)).toEqual([null, 0.4]);
    expect(map.sentence).toContain('In window 2 b drifts');
  });
});

describe('prepareBullets', () => {
  it('shades the allowed side and names what failed', () => {
    const { bullets, sentence } = prepareBullets([
      { label: 'accuracy', value: 0.8, threshold: 0.9, direction: 'at-least', passed: false },
      { label: 'rmse', value: 2, threshold: 4, direction: 'at-most', passed: true },
    ]);
    expect(bullets[0]).toMatchObject({ value: 0.8, allowedFrom: 0.9, allowedTo: 1 });
    expect(bullets[1]).toMatchObject({ allowedFrom: 0, allowedTo: expect.closeTo(4 / 4.6) });
    expect(sentence).toBe('1 of 2 conditions are not met: accuracy.');
  });
  it('puts no difference in the middle, however small the differences are', () => {
    const { bullets } = prepareBullets([
      { label: 'loss', value: -0.01, threshold: 0.005, direction: 'at-most', passed: true, signed: true },
    ]);
    expect(bullets[0]).toMatchObject({ zero: 0.5, allowedFrom: 0 });
    expect(bullets[0]?.value).toBeCloseTo(0.5 - 0.5 / 1.15);
    expect(bullets[0]?.threshold).toBeCloseTo(0.5 + 0.25 / 1.15);
  });
  it('shades nothing without a threshold', () => {
    const { bullets } = prepareBullets([
      { label: 'loss', value: null, threshold: null, direction: 'at-most', passed: false, skipped: true },
    ]);
    expect(bullets[0]).toMatchObject({ allowedFrom: 0, allowedTo: 0 });
  });
});

describe('the other charts', () => {
  it('confusion: shares are of the truth', () => {
    const { cells, sentence } = prepareConfusion(
      [
        [8, 2],
        [0, 0],
      ],
      ['no', 'yes'],
    );
    expect(cells.map((cell) => cell.share)).toEqual([0.8, 0.2, 0, 0]);
    expect(sentence).toBe('8 of 10 are right (80 %).');
  });
  it('Gantt: what runs ends now, what waits has no bar', () => {
    const { bars, totalMs, sentence } = prepareGantt(
      [
        { id: 'a', label: 'train', state: 'succeeded', startedAt: 1000, endedAt: 3000 },
        { id: 'b', label: 'roll out', state: 'running', startedAt: 3000, endedAt: null },
        { id: 'c', label: 'end', state: 'pending', startedAt: null, endedAt: null },
      ],
      5000,
    );
    expect(totalMs).toBe(4000);
    expect(bars.map((bar) => [bar.from, bar.to, bar.open])).toEqual([
      [0, 0.5, false],
      [0.5, 1, true],
      [0, 0, false],
    ]);
    expect(sentence).toContain('2 of 3 steps started');
  });
  it('shares: parts lie side by side', () => {
    expect(
      prepareShares(
        [
          { entity: 'champion', label: 'v1', share: 0.75 },
          { entity: 'challenger', label: 'v2', share: 0.25 },
        ],
        'Traffic',
      ),
    ).toMatchObject({
      sentence: 'Traffic: 75 % to v1 and 25 % to v2.',
      parts: [
        { from: 0, to: 0.75 },
        { from: 0.75, to: 1 },
      ],
    });
  });
  it('intervals: the line of no difference is on the scale', () => {
    const { rows, zero } = prepareIntervals([{ entity: 'a', label: 'a', value: -0.1, low: -0.2, high: -0.05 }], {
      what: 'Difference',
      zeroAt: 0,
    });
    expect(zero).toBeGreaterThan(rows[0]?.high ?? 1);
    expect(zero).toBeLessThan(1);
  });
});
