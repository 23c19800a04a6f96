import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { agreementRows } from './agreement-rows.ts';
import { exportOnnx } from './onnx.ts';
import { predict } from './predict.ts';
import { randomFrom, randomProblem } from './fixtures/random-problem.ts';
import { checkAgreement } from './runtime-check.ts';
import { signatureOf } from './signature.ts';
import { tableFromRows } from './table.ts';
import { targetFromValues } from './target.ts';
import { trainerNamed } from './trainers.ts';

const seeds = Array.from({ length: 40 }, (_, index) => index + 1);

describe('an exported graph', () => {
  it.each(seeds)('agrees with its trainer on training, unseen and damaged rows (seed %i)', async (seed) => {
    const { task, table, target, features, unseen, params } = randomProblem(seed);
    const model = trainerNamed(task === 'regression' ? 'ridge' : 'logistic').fit(table, target, features, params);
    const restored = JSON.parse(JSON.stringify(model));
    const onnx = exportOnnx(restored);
    for (const rows of [table, unseen, agreementRows(model, table)]) {
      const agreement = await checkAgreement(onnx, restored, rows);
      expect(agreement.rows).toBe(rows.rowCount);
      const largest = Math.max(1, ...(predict(model, rows).values ?? []).map(Math.abs));
      expect(agreement.maxAbsoluteDifference).toBeLessThanOrEqual(1e-12 * largest);
    }
  });

  it('is loaded with the names, types and shapes of its signature', async () => {
    const { model, onnx } = aClassifier();
    const session = await InferenceSession.create(onnx);
    expect(session.inputNames).toEqual(['size', 'colour']);
    expect(session.outputNames).toEqual(['label', 'probabilities']);
    expect(session.inputMetadata).toMatchObject([
      { name: 'size', type: 'float64', shape: ['rows', 1] },
      { name: 'colour', type: 'string', shape: ['rows', 1] },
    ]);
    expect(signatureOf(model)).toMatchObject({
      task: 'classification',
      inputs: [
        { name: 'size', feature: 'size', datatype: 'FP64', shape: [-1, 1] },
        { name: 'colour', feature: 'colour', datatype: 'BYTES', shape: [-1, 1] },
      ],
      outputs: [
        { name: 'label', datatype: 'BYTES', shape: [-1] },
        { name: 'probabilities', datatype: 'FP64', shape: [-1, 2] },
      ],
      classes: ['no', 'ja ✓'].sort(),
    });
  });

  it('answers labels as strings and probabilities that sum to one', async () => {
    const { model, table, onnx } = aClassifier();
    const session = await InferenceSession.create(onnx);
    const result = await session.run({
      size: new Tensor('float64', Float64Array.of(0.9, Number.NaN, -0.9), [3, 1]),
      colour: new Tensor('string', ['rot', '', 'never seen'], [3, 1]),
    });
    expect(new Set(predict(model, table).labels)).toEqual(new Set(model.classes));
    expect(result.label!.dims).toEqual([3]);
    expect(result.label!.data[0]).toBe('ja ✓');
    expect(result.label!.data[2]).toBe('no');
    expect(result.probabilities!.dims).toEqual([3, 2]);
    const probabilities = result.probabilities!.data as Float64Array;
    for (const row of [0, 1, 2]) expect(probabilities[2 * row]! + probabilities[2 * row + 1]!).toBeCloseTo(1, 12);
  });

  it('keeps features apart that are called like its outputs or inner values', async () => {
    const names = [
      'label',
      'value',
      'probabilities',
      'label_input',
      '',
      'pipeline/medians',
      '__proto__',
      'constructor',
    ];
    const random = randomFrom(5);
    const rows = Array.from({ length: 60 }, () =>
      names.map((_, index) => (index % 2 ? `level ${Math.floor(random() * 3)}` : random())),
    );
    const table = tableFromRows(
      names.map((name) => ({ name })),
      rows,
    );
    const target = targetFromValues(
      'classification',
      'y',
      rows.map((row) => Number(row[0]) > 0.5),
    );
    const model = trainerNamed('logistic').fit(table, target, names);
    const inputs = signatureOf(model).inputs;
    expect(inputs.map(({ feature }) => feature)).toEqual(names);
    expect(new Set(inputs.map(({ name }) => name)).size).toBe(names.length);
    expect((await checkAgreement(exportOnnx(model), model, table)).labelDisagreements).toBe(0);
  });
});

describe('the agreement check', () => {
  it('refuses a graph whose weights differ from the model', async () => {
    const { model, table, onnx } = aClassifier();
    const other = { ...model, intercept: [model.intercept[0]! + 0.001] };
    await expect(checkAgreement(onnx, other, table)).rejects.toMatchObject({ code: 'runtime-disagrees' });
  });

  it('refuses a graph whose labels are exchanged', async () => {
    const { model, table, onnx } = aClassifier();
    const other = { ...model, classes: model.classes!.toReversed() };
    await expect(checkAgreement(onnx, other, table)).rejects.toMatchObject({ code: 'runtime-disagrees' });
  });
});

function aClassifier() {
  const random = randomFrom(1);
  const rows = Array.from({ length: 200 }, () => [random() * 2 - 1, ['rot', 'grün', null][Math.floor(random() * 3)]]);
  const table = tableFromRows([{ name: 'size' }, { name: 'colour' }], rows);
  const target = targetFromValues(
    'classification',
    'y',
    rows.map(([size]) => (Number(size) > 0 ? 'ja ✓' : 'no')),
  );
  const model = trainerNamed('logistic').fit(table, target, ['size', 'colour']);
  return { model, table, onnx: exportOnnx(model) };
}
