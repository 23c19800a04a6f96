import { describe, expect, it } from 'vitest';
import type { ColumnData, ColumnProfile } from './index.ts';
import { useWorkspace } from './workspace.ts';

const workspace = useWorkspace();

async function profileOf(column: ColumnData): Promise<ColumnProfile> {
  const outPath = workspace.fresh();
  await workspace.tables.writeColumns([column], outPath);
  const { columns } = await workspace.tables.profile([outPath]);
  if (!columns[0]) throw new Error('no column');
  return columns[0];
}

const numbers = (...values: number[]): ColumnData => ({ name: 'x', type: 'number', values: Float64Array.from(values) });

describe('profile', () => {
  it('describes numbers as the textbook does', async () => {
    // numpy: mean 4.8, std(ddof=1) 3.9623225512317903, quantile (linear) of [1, 2, 4, 6, 11].
    const profile = await profileOf(numbers(1, 2, 4, 6, 11, Number.NaN));
    expect(profile).toMatchObject({ name: 'x', type: 'number', count: 5, missing: 1, distinct: 5, min: 1, max: 11 });
    expect(profile.mean).toBeCloseTo(4.8, 12);
    expect(profile.stddev).toBeCloseTo(3.9623225512317903, 12);
    [1.2, 2, 4, 6, 10].forEach((quantile, index) => {
      expect(profile.quantiles?.[index]).toBeCloseTo(quantile, 12);
    });
    expect(profile.histogram?.edges).toEqual(Array.from({ length: 21 }, (_, edge) => expect.closeTo(1 + edge / 2, 12)));
    const counts = new Array(20).fill(0);
    for (const bin of [0, 2, 6, 10, 19]) counts[bin] = 1;
    expect(profile.histogram?.counts).toEqual(counts);
  });

  it('survives values whose squares and range exceed a double', async () => {
    const profile = await profileOf(numbers(-1.7e308, 1.7e308, 0, 1e-300));
    expect(profile).toMatchObject({ min: -1.7e308, max: 1.7e308, mean: 0 });
    expect(profile.stddev).toBeCloseTo(1.7e308 * Math.sqrt(2 / 3), -300);
    expect(profile.histogram?.counts.reduce((sum, count) => sum + count)).toBe(4);
    expect(profile.histogram?.edges.every(Number.isFinite)).toBe(true);
  });

  it('gives constants one bin, and columns without values none', async () => {
    expect(await profileOf(numbers(7, 7, 7))).toMatchObject({
      distinct: 1,
      stddev: 0,
      histogram: { edges: [7, 7], counts: [3] },
    });
    const single = await profileOf(numbers(0));
    expect(single).toMatchObject({ mean: 0, histogram: { edges: [0, 0], counts: [1] } });
    expect(single).not.toHaveProperty('stddev');
    const empty = await profileOf(numbers(Number.NaN, Number.NaN));
    expect(empty).toEqual({ name: 'x', type: 'number', count: 0, missing: 2, distinct: 0 });
  });

  it('counts every value of a random column in exactly one bin', async () => {
    const values = Float64Array.from(
      { length: 5000 },
      (_, index) => Math.sin(index * 12.9898) * 43758.5453 + 1e-9 * index,
    );
    const { histogram, min, max } = await profileOf({ name: 'x', type: 'number', values });
    const edges = histogram?.edges ?? [];
    expect([edges[0], edges[20]]).toEqual([min, max]);
    const counted = edges.slice(0, 20).map((edge, bin) => {
      const end = edges[bin + 1] ?? Number.NaN;
      return values.filter((value) => value >= edge && (value < end || (bin === 19 && value === end))).length;
    });
    const differences = counted.map((count, bin) => Math.abs(count - (histogram?.counts[bin] ?? 0)));
    expect(histogram?.counts.reduce((sum, count) => sum + count)).toBe(5000);
    expect(Math.max(...differences)).toBeLessThanOrEqual(1);
  });

  it('lists the most frequent strings and booleans, ties in order', async () => {
    const values = [...'bbbaaac'.split(''), null];
    expect(await profileOf({ name: 's', type: 'string', values })).toMatchObject({
      count: 7,
      missing: 1,
      distinct: 3,
      top: [
        { value: 'a', count: 3 },
        { value: 'b', count: 3 },
        { value: 'c', count: 1 },
      ],
    });
    const many = Array.from({ length: 100 }, (_, index) => `v${index}`);
    expect((await profileOf({ name: 's', type: 'string', values: many })).top).toHaveLength(20);
    const flags = Float64Array.of(1, 0, 1, Number.NaN);
    expect((await profileOf({ name: 'b', type: 'boolean', values: flags })).top).toEqual([
      { value: 'true', count: 2 },
      { value: 'false', count: 1 },
    ]);
  });

  it('gives instants in epoch milliseconds, without a mean', async () => {
    const values = Float64Array.of(Date.UTC(2026, 0, 1), Date.UTC(2026, 0, 21));
    const profile = await profileOf({ name: 't', type: 'timestamp', values });
    expect(profile).toMatchObject({
      min: values[0],
      max: values[1],
      histogram: { counts: [1, ...new Array(18).fill(0), 1] },
    });
    expect(profile).not.toHaveProperty('mean');
  });

  it('estimates above a million rows and says so', async () => {
    const outPath = workspace.fresh();
    await workspace.tables.writeQuery('SELECT i::DOUBLE AS x FROM range(1000001) t(i)', { outPath });
    const { estimated, rowCount, columns } = await workspace.tables.profile([outPath]);
    expect({ estimated, rowCount }).toEqual({ estimated: true, rowCount: 1_000_001 });
    const median = columns[0]?.quantiles?.[2] ?? 0;
    expect(Math.abs(median - 500_000)).toBeLessThan(5000);
    expect(Math.abs((columns[0]?.distinct ?? 0) / 1_000_001 - 1)).toBeLessThan(0.2);
  });
});
