import { afterAll, describe, expect, it } from 'vitest';
import { randomFrom } from './fixtures/random-problem.ts';
import { checkAgreement } from './runtime-check.ts';
import { createTrainingThreads } from './run-in-worker.ts';
import type { TrainingRequest } from './run-in-worker.ts';
import { tableFromRows } from './table.ts';
import { targetFromValues } from './target.ts';
import { trainerNamed } from './trainers.ts';

function aRequest(rowCount = 300): TrainingRequest {
  const random = randomFrom(11);
  const rows = Array.from({ length: rowCount }, () => [
    random(),
    random() < 0.1 ? null : random(),
    random() < 0.3 ? 'ä' : 'b',
    'x',
  ]);
  const table = tableFromRows(
    ['first', 'second', 'third', 'unused'].map((name) => ({ name })),
    rows,
  );
  const target = targetFromValues(
    'classification',
    'y',
    rows.map((row) => Number(row[0]) + random() > 1),
  );
  return { trainer: 'logistic', table, target, features: ['first', 'second', 'third'], metadata: { dataset: 'd1' } };
}

describe('training in a worker thread', () => {
  const threads = createTrainingThreads();
  afterAll(() => threads.close());

  it('gives the model that the trainer gives, its graph, signature, agreement and progress', async () => {
    const request = aRequest();
    const iterations: number[] = [];
    const result = await threads.train(request, { onProgress: ({ iteration }) => iterations.push(iteration) });
    const { table, target, features } = request;
    expect(result.model).toEqual(trainerNamed('logistic').fit(table, target, features));
    expect(iterations).toEqual(Array.from({ length: result.model.summary.iterations }, (_, index) => index + 1));
    expect(result.agreement).toMatchObject({ rows: 302, labelDisagreements: 0 });
    expect(result.agreement.maxAbsoluteDifference).toBeLessThan(1e-12);
    expect(result.signature.inputs.map(({ name }) => name)).toEqual(features);
    expect((await checkAgreement(result.onnx, result.model, table)).rows).toBe(300);
    expect(new TextDecoder().decode(result.onnx)).toContain('millwright');
  });

  it('leaves the arrays of the caller usable', async () => {
    const request = aRequest();
    const before = structuredClone(request);
    await threads.train(request);
    expect(request).toEqual(before);
  });

  it('rejects with the error of the trainer', async () => {
    const request = { ...aRequest(), features: ['first', 'nowhere'] };
    await expect(threads.train(request)).rejects.toMatchObject({
      name: 'TrainingError',
      code: 'feature-missing',
      message: 'Feature "nowhere" is not a column of the table.',
    });
  });

  it('rejects with the reason of the signal when aborted before and at any moment of the work', async () => {
    const reason = new Error('cancelled by its owner');
    await expect(threads.train(aRequest(), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const startedAt = performance.now();
    await threads.train(aRequest());
    const durationMs = performance.now() - startedAt;
    const outcomes: unknown[] = [];
    for (let attempt = 0; attempt <= 16; attempt++) {
      const controller = new AbortController();
      const timer = setTimeout(() => controller.abort(reason), (attempt / 16) * durationMs);
      outcomes.push(await threads.train(aRequest(), { signal: controller.signal }).catch((error: unknown) => error));
      clearTimeout(timer);
    }
    expect(outcomes[0]).toBe(reason);
    for (const outcome of outcomes) expect(outcome === reason || Object.hasOwn(outcome as object, 'onnx')).toBe(true);
  }, 30_000);

  it('rejects with what the progress listener throws', async () => {
    const failure = new Error('the metric could not be stored');
    const onProgress = () => {
      throw failure;
    };
    await expect(threads.train(aRequest(), { onProgress })).rejects.toBe(failure);
  });

  it('goes on in a thread that is warm, also after a failure, and in another one after an abort', async () => {
    const own = createTrainingThreads();
    await own.train(aRequest());
    await expect(own.train({ ...aRequest(), features: ['nowhere'] })).rejects.toThrow('nowhere');
    const controller = new AbortController();
    const cancelled = own.train(aRequest(20_000), { signal: controller.signal });
    controller.abort(new Error('cancelled'));
    const [first, second, outcome] = await Promise.all([
      own.train(aRequest()),
      own.train(aRequest(200)),
      cancelled.catch((error: unknown) => error),
    ]);
    expect([first.model.summary.rowCount, second.model.summary.rowCount]).toEqual([300, 200]);
    expect(outcome).toEqual(new Error('cancelled'));
    await own.close();
  });

  it('ends its thread when no training comes', async () => {
    const own = createTrainingThreads({ idleMs: 1 });
    await own.train(aRequest());
    await new Promise((resolve) => setTimeout(resolve, 20));
    await own.train(aRequest());
    await own.close();
  });

  it('rejects when the thread crashes', async () => {
    const limited = createTrainingThreads({ resourceLimits: { maxOldGenerationSizeMb: 4 } }).train(aRequest(30_000));
    await expect(limited).rejects.toThrow(/The training thread crashed: .*memory/);
  });
});
