import type { Signature } from '@millwright/contract';
import { describe, expect, it } from 'vitest';
import type { TrainingTable } from '../table.ts';
import type { Feed } from './messages.ts';
import { score } from './score.ts';
import type { ScoringJob, ScoringThread } from './scoring-thread.ts';

const signature: Signature = {
  task: 'regression',
  target: 'y',
  classes: null,
  inputs: [
    { name: 'size', datatype: 'FP64', shape: [-1, 1] },
    { name: 'value_input', datatype: 'BYTES', shape: [-1, 1], feature: 'value' },
  ],
  outputs: [{ name: 'value', datatype: 'FP64', shape: [-1, 1] }],
};
const aTable = (rowCount: number): TrainingTable => ({
  rowCount,
  columns: {
    size: {
      kind: 'number',
      values: Float64Array.from({ length: rowCount }, (_, row) => (row === 1 ? Number.NaN : row)),
    },
    value: {
      kind: 'category',
      codes: Int32Array.from({ length: rowCount }, (_, row) => (row % 3) - 1),
      levels: ['a', 'b'],
    },
  },
});
/** Answers the first input, row by row. */
const echo = (jobs: ScoringJob[]): ScoringThread => ({
  run: async (job) => {
    jobs.push(job);
    return [Float64Array.from(Array.from<unknown>(job.feeds[0]!.values), Number)];
  },
  close: async () => {},
});
const model = { digest: 'sha256:0', path: '/model.onnx', signature };

describe('scoring', () => {
  it('feeds a missing number as NaN and a missing text as empty, each under the name of its tensor', async () => {
    const jobs: ScoringJob[] = [];
    await score(echo(jobs), model, aTable(4));
    expect(jobs[0]?.feeds).toEqual([
      { name: 'size', datatype: 'FP64', values: Float64Array.of(0, Number.NaN, 2, 3) },
      { name: 'value_input', datatype: 'BYTES', values: ['', 'a', 'b', ''] },
    ] satisfies Feed[]);
  });
  it('puts chunks together in the order of the rows', async () => {
    const jobs: ScoringJob[] = [];
    const table = aTable(40_000);
    const { values } = await score(echo(jobs), model, table);
    expect(jobs.map(({ rows }) => rows)).toEqual([16_384, 16_384, 7232]);
    expect(values).toEqual((table.columns['size'] as { values: Float64Array }).values);
  });
  it('answers no rows with no predictions', async () => {
    expect(await score(echo([]), model, aTable(0))).toEqual({ values: new Float64Array(0) });
  });
  it('feeds whole numbers and booleans, which know no missing value, as 0 where one is missing', async () => {
    const jobs: ScoringJob[] = [];
    const typed = (datatype: 'INT64' | 'INT32' | 'BOOL' | 'FP32') =>
      score(
        echo(jobs),
        { ...model, signature: { ...signature, inputs: [{ ...signature.inputs[0]!, datatype }] } },
        aTable(3),
      );
    for (const datatype of ['INT64', 'INT32', 'BOOL', 'FP32'] as const) await typed(datatype);
    expect(jobs.map(({ feeds }) => feeds[0]!.values)).toEqual([
      BigInt64Array.of(0n, 0n, 2n),
      Int32Array.of(0, 0, 2),
      Uint8Array.of(0, 0, 1),
      Float32Array.of(0, Number.NaN, 2),
    ]);
  });
  it('says which column the model and the table do not agree on', async () => {
    const { size: _size, ...fewer } = aTable(1).columns;
    const missing = score(echo([]), model, { rowCount: 1, columns: fewer });
    await expect(missing).rejects.toMatchObject({ code: 'MODEL_REFUSED', message: expect.stringContaining('"size"') });
    const swapped = score(echo([]), model, {
      rowCount: 1,
      columns: { ...aTable(1).columns, value: aTable(1).columns['size']! },
    });
    await expect(swapped).rejects.toThrow('takes text for "value", but that column holds numbers');
  });
});
