import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLog } from '#platform/log';
import { systemClock } from '#platform/clock';
import { aFraudModel, aLine } from '../fixtures/models.ts';
import { InferencePool, type ModelFile } from './inference-pool.ts';
import { type InferenceThread, type ThreadEvents, startInferenceThread } from './inference-thread.ts';

const log = createLog({ level: 'error', clock: systemClock, write: () => undefined });
let dir: string;
let pool: InferencePool;
const threads: { events: ThreadEvents; thread: InferenceThread; batches: number[] }[] = [];

/** Real threads whose batches are noted. */
const noted = (events: ThreadEvents): InferenceThread => {
  const thread = startInferenceThread(events);
  const entry = { events, thread, batches: [] as number[] };
  threads.push(entry);
  return {
    ...thread,
    post: (message, transfer) => (
      message.type === 'run' && entry.batches.push(message.rows), thread.post(message, transfer)
    ),
  };
};

const aFile = (name: string, model = aLine(2, 1)): ModelFile => {
  const path = join(dir, `${name}.onnx`);
  writeFileSync(path, model.onnx);
  return { digest: name, tensors: model.signature, path: async () => path };
};

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'millwright-pool-'));
  threads.length = 0;
  pool = new InferencePool({ threads: 1, clock: systemClock, log, startThread: noted });
});
afterEach(async () => {
  await pool.close();
  rmSync(dir, { recursive: true });
});

describe('the inference pool', () => {
  it('gives every request of a batch its own rows', async () => {
    await pool.load(aFile('line'));
    const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => pool.run('line', [[i, i + 0.5]], 2)));
    answers.forEach(([value], i) => expect([...((value?.data ?? []) as Float64Array)]).toEqual([2 * i + 1, 2 * i + 2]));
    expect(threads[0]?.batches.length).toBeLessThan(20);
  });

  it('takes strings', async () => {
    await pool.load(aFile('fraud', aFraudModel(100)));
    const [label] = await pool.run(
      'fraud',
      [
        [5, 5],
        ['DE', 'XX'],
      ],
      2,
    );
    expect(label).toEqual({ data: ['ok', 'fraud'], dims: [2] });
  });

  it('refuses what is no model', async () => {
    const path = join(dir, 'broken.onnx');
    writeFileSync(path, 'not a model');
    await expect(
      pool.load({ digest: 'broken', tensors: aLine(1, 1).signature, path: async () => path }),
    ).rejects.toMatchObject({ code: 'MODEL_REFUSED' });
    await expect(pool.run('broken', [[1]], 1)).rejects.toMatchObject({ code: 'MODEL_NOT_READY' });
  });

  it('refuses a model that does not give what its signature says', async () => {
    const file = aFile('line');
    await expect(
      pool.load({
        ...file,
        tensors: { ...file.tensors, outputs: [{ name: 'nothing', datatype: 'FP64', shape: [-1, 1] }] },
      }),
    ).rejects.toMatchObject({ code: 'MODEL_REFUSED' });
  });

  it('keeps a model until its last user lets go, and answers what was asked before', async () => {
    const file = aFile('line');
    await pool.load(file);
    await pool.load(file);
    pool.release('line');
    const asked = pool.run('line', [[1]], 1);
    pool.release('line');
    expect(await asked).toHaveLength(1);
    await expect(pool.run('line', [[1]], 1)).rejects.toMatchObject({ code: 'MODEL_NOT_READY' });
  });

  it('fails what a dead thread had and goes on with a new one', async () => {
    await pool.load(aFile('line'));
    // The real thread ends by itself; the pool hears of a crash while it waits for the answer.
    const asked = pool.run('line', [[1]], 1);
    const failed = expect(asked).rejects.toMatchObject({ code: 'MODEL_NOT_READY' });
    await new Promise((resolve) => setImmediate(resolve));
    threads[0]?.events.crashed('test');
    await failed;
    await expect(pool.run('line', [[1]], 1)).rejects.toMatchObject({ code: 'MODEL_NOT_READY' });
    await expect
      .poll(
        () =>
          pool.run('line', [[4]], 1).then(
            ([value]) => value?.data[0],
            () => null,
          ),
        { timeout: 5000 },
      )
      .toBe(9);
    await threads[0]?.thread.close();
  });

  it('answers OVERLOADED when too much waits', async () => {
    const small = new InferencePool({ threads: 1, clock: systemClock, log, maxQueuedRequests: 5 });
    await small.load(aFile('line'));
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => small.run('line', [[1]], 1)));
    expect(results.map(({ status }) => status)).toEqual([
      ...new Array<string>(5).fill('fulfilled'),
      ...new Array<string>(3).fill('rejected'),
    ]);
    await small.close();
  });

  it('fails a request whose deadline has passed', async () => {
    let now = 0;
    const late = new InferencePool({
      threads: 1,
      clock: { now: () => now },
      log,
      deadlineMs: 100,
      startThread: (events) => ({
        ...startInferenceThread({ ...events, message: (message) => message.type !== 'ran' && events.message(message) }),
      }),
    });
    await late.load(aFile('line'));
    const asked = late.run('line', [[1]], 1);
    now = 1000;
    await expect(asked).rejects.toMatchObject({ code: 'OVERLOADED' });
    await late.close();
  });
});
