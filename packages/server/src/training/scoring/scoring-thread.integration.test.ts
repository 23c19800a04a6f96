import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { exportOnnx } from '../onnx.ts';
import { tableFromRows } from '../table.ts';
import { targetFromValues } from '../target.ts';
import { trainerNamed } from '../trainers.ts';
import { createScoringThread } from './scoring-thread.ts';

describe('the scoring thread', () => {
  const thread = createScoringThread();
  afterAll(() => thread.close());
  const rows = tableFromRows(
    [{ name: 'x' }],
    Array.from({ length: 30 }, (_, row) => [row]),
  );
  const fileOf = (slope: number): string => {
    const target = targetFromValues(
      'regression',
      'y',
      Array.from({ length: 30 }, (_, row) => slope * row),
    );
    const path = join(tmpdir(), `millwright-scoring-${process.pid}-${slope}.onnx`);
    writeFileSync(path, exportOnnx(trainerNamed('ridge').fit(rows, target, ['x'], { lambda: 1e-9 })));
    return path;
  };
  const job = (slope: number, path: string, x: number) => ({
    digest: `sha256:${slope}`,
    path,
    rows: 1,
    feeds: [{ name: 'x', datatype: 'FP64' as const, values: Float64Array.of(x) }],
    outputs: ['value'],
  });

  it('answers many models in any order, also more than it keeps loaded', async () => {
    const slopes = [1, 2, 3, 4, 5, 6];
    const files = slopes.map(fileOf);
    const order = [0, 1, 2, 3, 4, 5, 0, 5, 1, 0];
    const found = await Promise.all(order.map((index) => thread.run(job(slopes[index]!, files[index]!, 10))));
    found.forEach(([values], at) => expect((values as Float64Array)[0]).toBeCloseTo(10 * slopes[order[at]!]!, 5));
  });

  it('goes on after a model file that is none and after it was closed', async () => {
    const bad = join(tmpdir(), `millwright-scoring-${process.pid}-bad.onnx`);
    writeFileSync(bad, 'no model');
    await expect(thread.run(job(99, bad, 1))).rejects.toThrow();
    const file = fileOf(2);
    expect((await thread.run(job(2, file, 3)))[0]).toHaveLength(1);
    await thread.close();
    await thread.close();
    expect(((await thread.run(job(2, file, 3)))[0] as Float64Array)[0]).toBeCloseTo(6, 5);
  });
});
