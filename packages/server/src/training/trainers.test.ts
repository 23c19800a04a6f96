import { describe, expect, it } from 'vitest';
import { randomFrom } from './fixtures/random-problem.ts';
import { predict } from './predict.ts';
import { tableFromRows } from './table.ts';
import { targetFromValues } from './target.ts';
import { trainerNamed, trainers } from './trainers.ts';

const logistic = trainerNamed('logistic');
const ridge = trainerNamed('ridge');

function aTable(rowCount = 50) {
  const random = randomFrom(3);
  const rows = Array.from({ length: rowCount }, () => [random(), random() < 0.5 ? 'left' : 'right']);
  return tableFromRows([{ name: 'size' }, { name: 'side' }], rows);
}

function labels(count: number, label: (row: number) => unknown) {
  return targetFromValues(
    'classification',
    'y',
    Array.from({ length: count }, (_, row) => label(row)),
  );
}

describe('a trainer', () => {
  it.each([
    [
      'a target of one class',
      'target-one-class',
      'one class only ("a")',
      () =>
        logistic.fit(
          aTable(),
          labels(50, () => 'a'),
          ['size'],
        ),
    ],
    [
      'a table without rows',
      'no-rows',
      'the table is empty',
      () =>
        logistic.fit(
          aTable(0),
          labels(0, () => 'a'),
          ['size'],
        ),
    ],
    [
      'a target without values',
      'no-rows',
      'no row has a target value',
      () =>
        logistic.fit(
          aTable(),
          labels(50, () => null),
          ['size'],
        ),
    ],
    [
      'no features',
      'no-usable-features',
      'no feature was named',
      () =>
        logistic.fit(
          aTable(),
          labels(50, (row) => row % 2),
          [],
        ),
    ],
    [
      'an unknown feature',
      'feature-missing',
      '"weight" is not a column',
      () =>
        logistic.fit(
          aTable(),
          labels(50, (row) => row % 2),
          ['weight'],
        ),
    ],
    [
      'an inherited name',
      'feature-missing',
      '"toString" is not a column',
      () =>
        logistic.fit(
          aTable(),
          labels(50, (row) => row % 2),
          ['toString'],
        ),
    ],
    [
      'a repeated feature',
      'feature-repeated',
      '"size" is listed twice',
      () =>
        logistic.fit(
          aTable(),
          labels(50, (row) => row % 2),
          ['size', 'size'],
        ),
    ],
    [
      'a target of another length',
      'target-length',
      'has 49 rows, the table 50',
      () =>
        logistic.fit(
          aTable(),
          labels(49, (row) => row % 2),
          ['size'],
        ),
    ],
    [
      'labels for a regression',
      'target-kind',
      'needs numbers',
      () =>
        ridge.fit(
          aTable(),
          labels(50, (row) => row % 2),
          ['size'],
        ),
    ],
    [
      'an unknown parameter',
      'params-invalid',
      'no parameter "depth"',
      () =>
        ridge.fit(
          aTable(),
          labels(50, () => 1),
          ['size'],
          { depth: 3 },
        ),
    ],
    [
      'a parameter out of range',
      'params-invalid',
      '"lambda" must be a number, at least',
      () =>
        ridge.fit(
          aTable(),
          labels(50, () => 1),
          ['size'],
          { lambda: 0 },
        ),
    ],
    [
      'a parameter that is text',
      'params-invalid',
      '"maxIterations" must be a whole number',
      () =>
        logistic.fit(
          aTable(),
          labels(50, () => 1),
          ['size'],
          { maxIterations: '9' },
        ),
    ],
    ['an unknown trainer', 'trainer-unknown', 'known: logistic, ridge', () => trainerNamed('forest')],
    [
      'negative sample weights',
      'weights-invalid',
      'Sample weights',
      () =>
        logistic.fit(
          aTable(),
          labels(50, (row) => row % 2),
          ['size'],
          {},
          undefined,
          new Float64Array(50).fill(-1),
        ),
    ],
  ])('refuses %s', (_, code, message, attempt) => {
    expect(attempt).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) }));
  });

  it('leaves out rows without a target and counts them', () => {
    const table = aTable();
    const values = Array.from({ length: 50 }, (_, row) => (row % 5 === 0 ? Number.NaN : row));
    const model = ridge.fit(table, targetFromValues('regression', 'y', values), ['size', 'side']);
    expect(model.summary).toMatchObject({ rowCount: 40, droppedRowCount: 10 });
    const classifier = logistic.fit(
      table,
      labels(50, (row) => (row < 3 ? null : row % 2)),
      ['size'],
    );
    expect(classifier.summary).toMatchObject({ rowCount: 47, droppedRowCount: 3 });
  });

  it('reports a falling loss per iteration, the last one being that of the model', () => {
    const losses: number[] = [];
    const model = logistic.fit(
      aTable(),
      labels(50, (row) => row % 3),
      ['size', 'side'],
      {},
      ({ loss, iteration }) => {
        losses.push(loss);
        expect(iteration).toBe(losses.length);
      },
    );
    expect(losses.length).toBe(model.summary.iterations);
    expect(losses.toSorted((a, b) => b - a)).toEqual(losses);
    expect(losses.at(-1)).toBe(model.summary.loss);
    expect(model.summary.converged).toBe(true);
  });

  it('says when it stopped before converging', () => {
    const model = logistic.fit(
      aTable(),
      labels(50, (row) => row % 2),
      ['size'],
      { maxIterations: 1, tolerance: 1e-12 },
    );
    expect(model.summary).toMatchObject({ iterations: 1, converged: false });
  });

  it('counts a sample weight of two like the row twice, and zero like no row', () => {
    const single = tableFromRows([{ name: 'x' }], [[-1], [0.5], [1], [7]]);
    const repeated = tableFromRows([{ name: 'x' }], [[-1], [0.5], [0.5], [1], [7]]);
    const weights = Float64Array.of(1, 2, 1, 0);
    // Scaling is learnt without weights, so the models only agree where the penalty does not matter.
    const params = { lambda: 1e-9 };
    const values = Float64Array.of(1, 2, 4, 9);
    const a = ridge.fit(single, { kind: 'number', values }, ['x'], params, undefined, weights);
    const repeatedValues = Float64Array.of(1, 2, 2, 4, Number.NaN);
    const b = ridge.fit(repeated, { kind: 'number', values: repeatedValues }, ['x'], params);
    predict(a, single).values!.forEach((value, row) => {
      expect(value).toBeCloseTo(predict(b, single).values![row]!, 6);
    });
  });

  it('gives the same model for the same input', () => {
    const fit = () =>
      JSON.stringify(
        logistic.fit(
          aTable(),
          labels(50, (row) => row % 4),
          ['size', 'side'],
        ),
      );
    expect(fit()).toBe(fit());
  });

  it('orders numeric classes by value and others by text', () => {
    const classesOf = (...values: unknown[]) =>
      logistic.fit(
        aTable(),
        labels(50, (row) => values[row % values.length]),
        ['size'],
      ).classes;
    expect(classesOf(10, 9, 1)).toEqual(['1', '9', '10']);
    expect(classesOf('10', '9', 'x')).toEqual(['10', '9', 'x']);
    expect(classesOf(true, false)).toEqual(['false', 'true']);
  });

  it('states defaults that its own schema accepts', () => {
    expect(trainers.map(({ name, task }) => [name, task])).toEqual([
      ['logistic', 'classification'],
      ['ridge', 'regression'],
    ]);
    for (const trainer of trainers) {
      const defaults = Object.fromEntries(
        Object.entries(trainer.parameters.properties).map(([key, { default: value }]) => [key, value]),
      );
      const target =
        trainer.task === 'regression' ? targetFromValues('regression', 'y', [1, 2, 3, 4]) : labels(4, (row) => row % 2);
      expect(trainer.fit(aTable(4), target, ['size'], defaults).params).toEqual(defaults);
    }
  });

  it('refuses to predict on a table without its features', () => {
    const model = logistic.fit(
      aTable(),
      labels(50, (row) => row % 2),
      ['size', 'side'],
    );
    expect(() => predict(model, tableFromRows([{ name: 'size' }], [[1]]))).toThrow(
      '"side" is not a column of the table',
    );
    const text = tableFromRows([{ name: 'size' }, { name: 'side' }], [['1', 'left']]);
    expect(() => predict(model, text)).toThrow('"size" must be a number column, but it is a category one');
  });
});
