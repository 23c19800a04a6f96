import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { denseDesign } from './design-matrix.ts';
import { fitLogistic } from './logistic.ts';
import { predict } from './predict.ts';
import { fitRidge } from './ridge.ts';
import { tableFromRows } from './table.ts';
import { targetFromValues } from './target.ts';
import { trainerNamed } from './trainers.ts';

interface LinearCase {
  name: string;
  lambda: number;
  columns: number;
  /** Row-major, like the weights below. */
  x: number[];
  y: number[];
  sampleWeights?: number[];
}

interface Golden {
  source: string;
  logistic: (LinearCase & { classCount: number; weights: number[]; intercept: number[] })[];
  ridge: (LinearCase & { weights: number[]; intercept: number })[];
  pipeline: {
    age: number[];
    income: (number | null)[];
    /** Separated by spaces. */
    town: string;
    labels: string;
    values: number[];
    logisticLambda: number;
    probabilities: number[];
    ridgeLambda: number;
    predictions: number[];
  };
}

const golden: Golden = JSON.parse(readFileSync(new URL('./fixtures/linear-models.json', import.meta.url), 'utf8'));

function designOf({ x, columns }: LinearCase) {
  return denseDesign(x.length / columns, columns, Float64Array.from(x));
}

function expectClose(found: readonly number[], wanted: readonly number[]) {
  expect(found.length).toBe(wanted.length);
  const largest = Math.max(...wanted.map((value, index) => Math.abs(value - found[index]!)));
  expect(largest).toBeLessThan(1e-5);
}

describe(`coefficients of ${golden.source}`, () => {
  const cases = golden.logistic.flatMap((golden) =>
    (['newton', 'lbfgs'] as const).map((solver) => ({ ...golden, solver })),
  );
  it.each(cases)('are reached by logistic regression with $solver: $name', (golden) => {
    const fit = fitLogistic(designOf(golden), Int32Array.from(golden.y), golden.classCount, {
      lambda: golden.lambda,
      sampleWeights: golden.sampleWeights && Float64Array.from(golden.sampleWeights),
      solver: golden.solver,
      tolerance: 1e-9,
      maxIterations: 1_000,
    });
    expect(fit.converged).toBe(true);
    expectClose(fit.weights.flat(), golden.weights);
    expectClose(fit.intercept, golden.intercept);
  });

  it.each(golden.ridge)('are reached by ridge regression: $name', (golden) => {
    const sampleWeights = golden.sampleWeights && Float64Array.from(golden.sampleWeights);
    const fit = fitRidge(designOf(golden), Float64Array.from(golden.y), { lambda: golden.lambda, sampleWeights });
    expectClose([...fit.weights, fit.intercept], [...golden.weights, golden.intercept]);
  });
});

describe(`predictions of a ${golden.source} pipeline with imputation, indicator, scaling and one-hot encoding`, () => {
  const { age, income, values, ...wanted } = golden.pipeline;
  const town = wanted.town.split(' ');
  const labels = wanted.labels.split(' ');
  const table = tableFromRows(
    [{ name: 'age' }, { name: 'income' }, { name: 'town' }],
    age.map((value, row) => [value, income[row], town[row]]),
  );
  const features = ['age', 'income', 'town'];

  it('are those of the logistic trainer', () => {
    const target = targetFromValues('classification', 'labels', labels);
    const params = { lambda: wanted.logisticLambda, tolerance: 1e-10 };
    const model = trainerNamed('logistic').fit(table, target, features, params);
    expect(model.classes).toEqual(['no', 'yes']);
    expectClose([...predict(model, table).probabilities!], wanted.probabilities);
  });

  it('are those of the ridge trainer', () => {
    const target = targetFromValues('regression', 'values', values);
    const model = trainerNamed('ridge').fit(table, target, features, { lambda: wanted.ridgeLambda });
    expectClose([...predict(model, table).values!], wanted.predictions);
  });
});
